import { GATE } from "./gate.ts";

/** How long a gate took to answer one signal. */
export interface GateReaction {
  /** Row of the signal. */
  readonly row: number;
  /** Sessions to the first that is not OPEN, or CLOSED: 0 where it was so already; null where the signal ended first. */
  readonly notOpen: number | null;
  readonly closed: number | null;
}

/** 1 where VIX closes above 30 points. */
export function vixSignal(vix: Float64Array): Uint8Array {
  return Uint8Array.from(vix, (x) => (x > 30 ? 1 : 0));
}

/** 1 where a close is 5 % or more below the highest of the last 252. */
export function fallSignal(close: Float64Array): Uint8Array {
  return Uint8Array.from(close, (x, t) => {
    const highest = close.subarray(Math.max(t - 251, 0), t + 1).reduce((a, b) => Math.max(a, b));
    return x <= 0.95 * highest ? 1 : 0;
  });
}

/**
 * Reactions of a gate to each new signal: one that comes after `quiet` sessions without. An episode lasts until the
 * condition has been false for `quiet` sessions; what the gate does later is no answer to it. Signals before the gate
 * exists are left out.
 */
export function gateReactions(
  states: Float64Array,
  condition: Uint8Array,
  quiet = 21,
): GateReaction[] {
  const out: GateReaction[] = [];
  let calm = 0;
  let row = -1;
  for (let t = 0; t <= condition.length; t++) {
    const isOn = condition[t] === 1;
    if (isOn && row < 0 && calm >= quiet && !Number.isNaN(states[t]!)) row = t;
    calm = isOn ? 0 : calm + 1;
    const isOver = t === condition.length || calm === quiet;
    if (row < 0 || !isOver) continue;
    const episode = states.subarray(row, t);
    const first = (match: (state: number) => boolean) => {
      const at = episode.findIndex(match);
      return at < 0 ? null : at;
    };
    out.push({
      row,
      notOpen: first((state) => state < GATE.OPEN),
      closed: first((state) => state === GATE.CLOSED),
    });
    row = -1;
  }
  return out;
}
