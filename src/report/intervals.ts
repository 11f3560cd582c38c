import type { Intervals } from "#run";
import type { Difference, Interval } from "./tear-sheet-data.ts";

/** The intervals of a series as rows. */
export function intervalRows(series: string, intervals: Intervals): Interval[] {
  return Object.entries(intervals).map(([metric, { estimate, low, high }]) => ({
    series,
    metric,
    estimate,
    low,
    high,
  }));
}

/** The intervals of paired differences as rows, by benchmark. */
export function differenceRows(differences: Readonly<Record<string, Intervals>>): Difference[] {
  return Object.entries(differences).flatMap(([benchmark, intervals]) =>
    intervalRows(benchmark, intervals).map(({ series, ...row }) => ({ benchmark: series, ...row })),
  );
}
