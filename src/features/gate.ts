/**
 * The regime gate: one state machine for every sleeve that asks "how dangerous is it?". States are ordered, so that
 * a larger number allows more: CLOSED 0, REDUCE 1, OPEN 2.
 */
export const GATE = { CLOSED: 0, REDUCE: 1, OPEN: 2 } as const;

export const GATE_NAMES = ["CLOSED", "REDUCE", "OPEN"] as const;

export interface GateThresholds {
  /** OPEN is entered at or above this score. */
  readonly open: number;
  /** CLOSED is entered below this score. */
  readonly closed: number;
  /** OPEN is left below `open − hysteresis`; CLOSED is left at or above `closed + hysteresis`. */
  readonly hysteresis: number;
  /** Days that a state lasts at least. */
  readonly dwell: number;
}

/** Where the score alone would put the gate, from the state it is in. */
export function gateTarget(state: number, score: number, limits: GateThresholds): number {
  if (state === GATE.OPEN) {
    if (score < limits.closed) return GATE.CLOSED;
    return score < limits.open - limits.hysteresis ? GATE.REDUCE : GATE.OPEN;
  }
  if (score >= limits.open) return GATE.OPEN;
  if (state === GATE.REDUCE) return score < limits.closed ? GATE.CLOSED : GATE.REDUCE;
  return score >= limits.closed + limits.hysteresis ? GATE.REDUCE : GATE.CLOSED;
}

/** The memory of the gate: its state and the number of days it has lasted. */
export interface GateMemory {
  readonly state: number;
  readonly days: number;
}

/** OPEN with no days behind it, on the first day all inputs exist. */
export const GATE_START: GateMemory = Object.freeze({ state: GATE.OPEN, days: 0 });

/** One day: a change is taken only once the state has lasted `dwell` days; a missing score keeps the state. */
export function stepGate(memory: GateMemory, score: number, limits: GateThresholds): GateMemory {
  if (Number.isNaN(score)) return { state: memory.state, days: memory.days + 1 };
  const target = gateTarget(memory.state, score, limits);
  const change = target !== memory.state && memory.days >= limits.dwell;
  return { state: change ? target : memory.state, days: (change ? 0 : memory.days) + 1 };
}

/** The gate as a fold over a score column: the state and the days in it, NaN before the first score. */
export function foldGate(
  score: Float64Array,
  limits: GateThresholds,
): { state: Float64Array; days: Float64Array } {
  const state = new Float64Array(score.length).fill(NaN);
  const days = new Float64Array(score.length).fill(NaN);
  let memory = GATE_START;
  let started = false;
  for (let t = 0; t < score.length; t++) {
    started ||= !Number.isNaN(score[t]!);
    if (!started) continue;
    memory = stepGate(memory, score[t]!, limits);
    state[t] = memory.state;
    days[t] = memory.days;
  }
  return { state, days };
}
