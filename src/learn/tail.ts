import { VolterraError } from "#core";
import { type Samples, takeRows } from "./samples.ts";

/** Training rows cut in two: what is learned from, and the last rows, held out. */
export interface Tail {
  readonly head: Samples;
  readonly tail: Samples;
}

/**
 * Holds out the last share of the rows by day, for early stopping, calibration or a threshold. Rows of the head
 * whose targets reach into the tail are dropped: the last `horizon` days before it.
 */
export function cutTail(rows: Samples, share: number): Tail {
  const days = Int32Array.from(new Set(rows.times)).toSorted();
  const first = days.length - Math.round(share * days.length);
  const last = first - rows.horizon - 1;
  if (first >= days.length || last < 0) {
    throw new VolterraError(
      "MODEL",
      `${days.length} training days leave none to hold out ${share * 100} % of them`,
      "Lengthen the training window, or hold out nothing.",
    );
  }
  const all = Array.from(rows.times, (_, row) => row);
  return {
    head: takeRows(
      rows,
      all.filter((row) => rows.times[row]! <= days[last]!),
    ),
    tail: takeRows(
      rows,
      all.filter((row) => rows.times[row]! >= days[first]!),
    ),
  };
}
