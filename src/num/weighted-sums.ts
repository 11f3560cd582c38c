import { onEngine } from "./kernels/open.ts";

/** Sets of weights that are summed at a time. */
export const LANES = 8;

/** Pairs of rows with blocks of weights, all of length n. */
export interface WeightedRows {
  /** Of each block: weights[LANES · t + lane], to be filled by the caller; zero at first. */
  readonly blocks: readonly Float64Array[];
  /** Σ x[t]·weights[t, lane] of a pair with a block at `lane`, the same of y at LANES + lane; overwritten by the next call. */
  sums(pair: number, block: number): Float64Array;
}

/**
 * Lays pairs of rows (x, y) of length n out for sums weighted by `blocks` blocks of weights, and takes the memory back when
 * the work is done. Takes 8n (2 · pairs + LANES · blocks) bytes.
 */
export function withWeights<T>(
  { n, blocks }: { readonly n: number; readonly blocks: number },
  pairs: readonly (readonly [Float64Array, Float64Array])[],
  work: (rows: WeightedRows) => T,
): T {
  return onEngine(({ arena, kernels }) => {
    const weights = Array.from({ length: blocks }, () => arena.reserve(8 * LANES * n));
    const sums = arena.reserve(16 * LANES);
    const places = pairs.map(([x, y]) => {
      const at = [arena.reserve(8 * n), arena.reserve(8 * n)] as const;
      arena.f64(at[0], n).set(x);
      arena.f64(at[1], n).set(y);
      return at;
    });
    const totals = arena.f64(sums, 2 * LANES);
    return work({
      blocks: weights.map((at) => arena.f64(at, LANES * n)),
      sums(pair, block) {
        const [x, y] = places[pair]!;
        kernels.weightedSums(n, x, y, weights[block]!, sums);
        return totals;
      },
    });
  });
}
