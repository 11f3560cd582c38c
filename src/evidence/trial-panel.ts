import { effectiveTrials } from "./effective-trials.ts";
import { type ReturnSeries, within, type Window } from "./series.ts";

/** The trials of a window on one grid of days, so that they can be resampled together with the candidate. */
export interface TrialPanel {
  /** Streams other than the candidate's, on the grid. */
  readonly others: readonly Float64Array[];
  /** Compounds a series of the window onto the grid. */
  readonly toGrid: (series: ReturnSeries) => Float64Array;
  /** True where the grid is the candidate's own days. */
  readonly native: boolean;
  /** Trials known by number only. */
  readonly unseen: number;
  /** Clusters among the streams, the candidate included, plus the unseen. */
  readonly effective: number;
}

/** Fewer days than this on a grid say nothing about a maximum. */
const SHORTEST = 20;

/**
 * Gathers the trials' streams that cover a window. The grid is the one that most streams share: the candidate's days,
 * or coarser ones (month ends) onto which daily series are compounded. A trial on any other grid, of a
 * part of the window, or without any movement counts as unseen.
 * `candidates`: the stream under judgement first, then its other cost levels. Streams equal to one of them are trials that
 * found nothing else: they are left out, and count as seen.
 */
export function gatherTrials(
  candidates: readonly ReturnSeries[],
  trials: { readonly total: number; readonly streams: readonly ReturnSeries[] },
  window: Window,
): TrialPanel {
  const own = candidates[0]!;
  const inside = trials.streams.map((stream) => within(stream, window));
  const grids: { readonly days: Int32Array; readonly members: ReturnSeries[] }[] = [];
  for (const stream of inside) {
    if (stream.days.length < SHORTEST || isFlat(stream.returns) || !spans(stream, own)) continue;
    const grid = grids.find((g) => sameDays(g.days, stream.days));
    if (grid) grid.members.push(stream);
    else grids.push({ days: stream.days, members: [stream] });
  }
  const alone = { days: own.days, members: [] };
  const grid = grids.toSorted((a, b) => b.members.length - a.members.length)[0] ?? alone;
  const native = sameDays(grid.days, own.days);
  const toGrid = (series: ReturnSeries) => (native ? series.returns : compound(series, grid.days));
  const copies = candidates.map(toGrid);
  const members = grid.members.map((m) => m.returns);
  const others = members.filter((returns) => !copies.some((copy) => nearlyEqual(copy, returns)));
  const seen = Math.max(members.length, others.length + 1);
  const unseen = Math.max(0, trials.total - seen);
  return {
    others,
    toGrid,
    native,
    unseen,
    effective: effectiveTrials([copies[0]!, ...others]).count + unseen,
  };
}

/** True where a stream begins and ends within a month and a week of another, as month ends do. */
function spans({ days }: ReturnSeries, other: ReturnSeries): boolean {
  const slack = 38;
  return days[0]! - other.days[0]! <= slack && other.days.at(-1)! - days.at(-1)! <= slack;
}

/** Returns compounded between the days of a coarser grid; those after its last day are left out. */
function compound({ days, returns }: ReturnSeries, grid: Int32Array): Float64Array {
  let at = 0;
  return Float64Array.from(grid, (day) => {
    let wealth = 1;
    for (; at < days.length && days[at]! <= day; at++) wealth *= 1 + returns[at]!;
    return wealth - 1;
  });
}

function nearlyEqual(a: Float64Array, b: Float64Array): boolean {
  return a.length === b.length && a.every((value, i) => Math.abs(value - b[i]!) < 1e-9);
}

/** True where all returns are equal up to rounding. */
export function isFlat(returns: Float64Array): boolean {
  return returns.every((r) => Math.abs(r - returns[0]!) <= 1e-14);
}

/** True for equal days. */
export function sameDays(a: Int32Array, b: Int32Array): boolean {
  return a.length === b.length && a.every((day, i) => day === b[i]);
}
