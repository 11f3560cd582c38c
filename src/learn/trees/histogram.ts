import { BINS } from "./bins.ts";

/** Numbers of one feature in a histogram: slope and curvature of each bin. */
export const STRIDE = 2 * BINS;

/** The rows and features to sum over. */
export interface HistogramRows {
  /** Row numbers, added in this order: the sums do not depend on who adds them. */
  readonly order: Int32Array;
  /** `[rows][features]` */
  readonly bins: Uint8Array;
  readonly features: number;
  /** Features `first … end − 1` are summed. */
  readonly first: number;
  readonly end: number;
  /** `[rows][2]`: slope and curvature. */
  readonly gradients: Float64Array;
}

/**
 * Sums slope and curvature of rows by bin: H[j][bin(i, j)] += (g_i, h_i) for each row i and feature j.
 *
 * @param histogram `[end − first][BINS][2]`, overwritten
 */
export type Accumulate = (rows: HistogramRows, histogram: Float64Array) => void;

/** The plain form, the oracle of the compiled one. */
export const accumulate: Accumulate = (rows, histogram) => {
  const { order, bins, features, first, end, gradients } = rows;
  histogram.fill(0);
  for (let q = 0; q < order.length; q++) {
    const row = order[q]!;
    const g = gradients[2 * row]!;
    const h = gradients[2 * row + 1]!;
    for (let at = row * features + first, to = 0; to < (end - first) * STRIDE; at++, to += STRIDE) {
      const bin = to + 2 * bins[at]!;
      histogram[bin]! += g;
      histogram[bin + 1]! += h;
    }
  }
};

/** `whole −= part`: the histogram of one child is its parent's without its sibling's. */
export function subtract(whole: Float64Array, part: Float64Array): void {
  for (let at = 0; at < whole.length; at++) whole[at]! -= part[at]!;
}
