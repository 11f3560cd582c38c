import { indexOf, lastAtOrBefore, toDay, toNumber, VolterraError } from "#core";
import type { Samples } from "#learn";

/** One training and the rows it is used for. */
export interface Training {
  /** Day of the last close that it knows. */
  readonly asOf: number;
  /** Rows learned from; rows held out for early stopping, calibration and the threshold. */
  readonly head: Int32Array;
  readonly tail: Int32Array;
  /** Rows forecast with it. */
  readonly test: Int32Array;
}

export interface RetrainingPlan {
  /** First day that is forecast. */
  readonly from: string;
  readonly sessions: number;
  readonly days: number;
  readonly afterLoss: boolean;
  /** Share of the training rows that is held out. */
  readonly held: number;
}

/** Sessions on which a loss is in the labels: `horizon` after one that no other preceded by fewer than `horizon`. */
export function lossSessions(held: Float64Array, loss: number, horizon: number): number[] {
  const out: number[] = [];
  let last = -Infinity;
  held.forEach((r, t) => {
    if (!(r <= -loss)) return;
    if (t - last >= horizon) out.push(t + horizon);
    last = t;
  });
  return out;
}

/**
 * When models are trained again, on what, and which rows they forecast: each row once, by the newest training. Labels
 * that reach into the rows behind them are left out. Throws `VolterraError("EMPTY_WINDOW")` where the first training has
 * fewer than forty rows.
 */
export function planRetraining(
  rows: Samples,
  sessions: Int32Array,
  losses: readonly number[],
  plan: RetrainingPlan,
): Training[] {
  const { times, horizon } = rows;
  const first = lastAtOrBefore(times, toNumber(plan.from) - 1) + 1;
  const at = times.map((day) => indexOf(sessions, day));
  const starts: number[] = [];
  for (let row = first; row < times.length; row++) {
    const start = starts.at(-1);
    const due =
      start === undefined ||
      at[row]! - at[start]! >= plan.sessions ||
      times[row]! - times[start - 1]! > plan.days ||
      (plan.afterLoss && losses.some((t) => t > at[start]! && t <= at[row]!));
    if (due) starts.push(row);
  }
  if (starts.length === 0 || first - horizon < FEWEST) {
    throw new VolterraError(
      "EMPTY_WINDOW",
      `${Math.max(first - horizon, 0)} rows before ${plan.from} are too few to train on`,
      `The rows run from ${toDay(times[0]!)} to ${toDay(times.at(-1)!)}.`,
    );
  }
  return starts.map((start, i) => {
    const known = range(0, start - horizon).filter((row) => !Number.isNaN(rows.target[row]!));
    const cut = known.length - Math.round(plan.held * known.length);
    return {
      asOf: times[start - 1]!,
      head: known.subarray(0, cut - horizon),
      tail: known.subarray(cut),
      test: range(start, starts[i + 1] ?? times.length),
    };
  });
}

/** Fewest rows of a first training. */
const FEWEST = 40;

function range(from: number, to: number): Int32Array {
  return Int32Array.from({ length: to - from }, (_, i) => from + i);
}
