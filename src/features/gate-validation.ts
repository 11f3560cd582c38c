import { GATE } from "./gate.ts";

/** How well a gate tells crises from calm, over the rows where its state is known. */
export interface GateValidation {
  readonly sessions: number;
  /** Shares of sessions by state. */
  readonly open: number;
  readonly reduce: number;
  readonly closed: number;
  /** Share of crisis sessions that were not OPEN; wanted ≥ 80 %. */
  readonly crisisDetected: number;
  readonly crisisSessions: number;
  /** Share of the other sessions that were not OPEN; wanted ≤ 30 %. */
  readonly falsePositives: number;
  /** Mean length of a spell in one state, sessions; wanted ≥ 5. */
  readonly meanSpell: number;
  readonly meanOpenSpell: number;
  /** Share of changes that belong to an OPEN → CLOSED → OPEN within five sessions; wanted ≤ 10 %. */
  readonly flipFlops: number;
}

interface Spell {
  readonly state: number;
  readonly length: number;
}

function spells(states: Float64Array): Spell[] {
  const out: { state: number; length: number }[] = [];
  for (const state of states) {
    const last = out.at(-1);
    if (last && last.state === state) last.length++;
    else if (!Number.isNaN(state)) out.push({ state, length: 1 });
  }
  return out;
}

function share(count: number, of: number): number {
  return of === 0 ? NaN : count / of;
}

function mean(lengths: readonly number[]): number {
  return share(
    lengths.reduce((sum, x) => sum + x, 0),
    lengths.length,
  );
}

/** Validates a column of gate states against a mask that is 1 on crisis sessions. */
export function validateGate(states: Float64Array, crisis: Uint8Array): GateValidation {
  const count = [0, 0, 0];
  const guarded = [0, 0];
  const days = [0, 0];
  states.forEach((state, t) => {
    if (Number.isNaN(state)) return;
    count[state]!++;
    days[crisis[t]!]!++;
    if (state !== GATE.OPEN) guarded[crisis[t]!]!++;
  });
  const known = days[0]! + days[1]!;
  const runs = spells(states);
  const flips = runs.filter(
    ({ state, length }, i) =>
      state === GATE.CLOSED &&
      length <= 5 &&
      runs[i - 1]?.state === GATE.OPEN &&
      runs[i + 1]?.state === GATE.OPEN,
  );
  return {
    sessions: known,
    open: share(count[GATE.OPEN]!, known),
    reduce: share(count[GATE.REDUCE]!, known),
    closed: share(count[GATE.CLOSED]!, known),
    crisisDetected: share(guarded[1]!, days[1]!),
    crisisSessions: days[1]!,
    falsePositives: share(guarded[0]!, days[0]!),
    meanSpell: mean(runs.map(({ length }) => length)),
    meanOpenSpell: mean(
      runs.filter(({ state }) => state === GATE.OPEN).map(({ length }) => length),
    ),
    flipFlops: share(2 * flips.length, runs.length - 1),
  };
}
