import { type Key, integers } from "#core";
import { quantile, std } from "#num";
import { TAIL } from "./tail.ts";

/** A number a path, by seed, of one method on one set of paths; path i of a seed is the same for all methods. */
export type Sample = readonly Float64Array[];

/** A statistic with its one-sided bounds and the p-values of both sides of a threshold. */
export interface Compared {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  readonly standardError: number;
  /** Share of the resamples on the wrong side of the threshold, for "above" and for "below"; at least 1/(B + 1). */
  readonly pAbove: number;
  readonly pBelow: number;
}

export interface ComparisonOptions {
  readonly key: Key;
  readonly threshold?: number;
  /** 1,000 unless said. */
  readonly resamples?: number;
  /** One-sided; 0.05 unless said. */
  readonly alpha?: number;
}

/** A statistic of the tail losses and the means of several samples, averaged over seeds. */
export type SampleStatistic = (tails: readonly number[], means: readonly number[]) => number;

/** `compareMany` for one statistic. */
export function compare(
  samples: readonly Sample[],
  of: SampleStatistic,
  options: ComparisonOptions,
): Compared {
  return compareMany(samples, [of], options)[0]!;
}

/**
 * Bootstrap of statistics of several samples on common draws: seeds with replacement and, within each, paths with
 * replacement, the same for all samples of that many paths. A statistic sees the tail loss and the mean of each sample,
 * averaged over the drawn seeds. Bounds are basic: 2·estimate − quantile. One seed alone resamples paths only.
 */
export function compareMany(
  samples: readonly Sample[],
  statistics: readonly SampleStatistic[],
  options: ComparisonOptions,
): Compared[] {
  const { key, threshold = 0, resamples = 1000, alpha = 0.05 } = options;
  const seeds = samples[0]!.length;
  const prepared = samples.map((sample) => sample.map(sortTail));
  const sizes = [...new Set(samples.map((sample) => sample[0]!.length))];
  /** How often each path is drawn, by number of paths and seed. */
  const counts = new Map(
    sizes.map((n) => [n, Array.from({ length: seeds }, () => new Uint16Array(n).fill(1))]),
  );
  const tails = new Float64Array(samples.length);
  const means = new Float64Array(samples.length);
  const measure = (draw: (s: number) => number): number[] => {
    tails.fill(0);
    means.fill(0);
    for (let s = 0; s < seeds; s++) {
      const seed = draw(s);
      prepared.forEach((rows, m) => {
        const row = rows[seed]!;
        const { tail, mean } = tailOf(row, counts.get(row.pnl.length)![seed]!);
        tails[m]! += tail / seeds;
        means[m]! += mean / seeds;
      });
    }
    const [byTail, byMean] = [Array.from(tails), Array.from(means)];
    return statistics.map((of) => of(byTail, byMean));
  };
  const estimates = measure((s) => s);
  const draws = statistics.map(() => new Float64Array(resamples));
  for (let b = 0; b < resamples; b++) {
    const own = key.fold("resample", b);
    for (const [n, rows] of counts) {
      rows.forEach((row, s) => {
        row.fill(0);
        for (const i of integers(own.fold("paths", n, s), n, n)) row[i]! += 1;
      });
    }
    const picked = integers(own.fold("seeds"), seeds, seeds);
    measure((s) => picked[s]!).forEach((value, i) => (draws[i]![b] = value));
  }
  return estimates.map((estimate, i) => {
    const pivots = draws[i]!.map((d) => 2 * estimate - d);
    const share = (wrong: (d: number) => boolean) =>
      (1 + pivots.reduce((n, d) => n + (wrong(d) ? 1 : 0), 0)) / (resamples + 1);
    return {
      estimate,
      low: quantile(pivots, alpha),
      high: quantile(pivots, 1 - alpha),
      standardError: std(draws[i]!, 1),
      pAbove: share((d) => d <= threshold),
      pBelow: share((d) => d >= threshold),
    };
  });
}

interface Sorted {
  readonly pnl: Float64Array;
  /** Paths from the worst on. */
  readonly order: Int32Array;
}

function sortTail(pnl: Float64Array): Sorted {
  const order = Int32Array.from(pnl, (_, i) => i).toSorted((a, b) => pnl[a]! - pnl[b]! || a - b);
  return { pnl, order };
}

/** Tail loss and mean of a sample drawn `counts` times each. */
function tailOf({ pnl, order }: Sorted, counts: Uint16Array): { tail: number; mean: number } {
  const wanted = Math.max(1, Math.floor(TAIL * pnl.length));
  let left = wanted;
  let loss = 0;
  for (let at = 0; left > 0; at++) {
    const i = order[at]!;
    const taken = Math.min(left, counts[i]!);
    loss -= taken * pnl[i]!;
    left -= taken;
  }
  let sum = 0;
  for (let i = 0; i < pnl.length; i++) sum += counts[i]! * pnl[i]!;
  return { tail: loss / wanted, mean: sum / pnl.length };
}
