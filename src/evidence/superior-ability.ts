import type { Key } from "#core";
import { log, mean, stationaryBootstrap } from "#num";
import { longRunVariance, politisWhite } from "./block-length.ts";
import { resample } from "./resample.ts";
import { minus } from "./series.ts";

export interface ComparisonOptions {
  readonly key: Key;
  /** 2,000 unless said. */
  readonly resamples?: number;
  /** Mean block of the stationary bootstrap; the mean Politis–White length of the differences unless said. */
  readonly blockLength?: number;
}

export interface SuperiorAbility {
  /** max(0, max √n d̄ / ω̂): the best studentised mean difference. */
  readonly statistic: number;
  /** Lower, consistent (the one to use) and upper p-values of "no stream has a higher mean than the benchmark". */
  readonly pValues: { readonly lower: number; readonly consistent: number; readonly upper: number };
  readonly blockLength: number;
}

/**
 * Test for superior predictive ability: is the best of many streams better in the mean than the benchmark? ω̂² is the
 * stationary bootstrap's own long-run variance; the consistent version recentres the resamples of streams that are
 * clearly worse (√n d̄ / ω̂ < −√(2 log log n)) at their mean and the rest at zero.
 * Hansen, "A test for superior predictive ability", Journal of Business & Economic Statistics 23 (2005) 365–380.
 * Throws `RangeError` for streams of unequal length.
 */
export function superiorAbility(
  benchmark: Float64Array,
  streams: readonly Float64Array[],
  options: ComparisonOptions,
): SuperiorAbility {
  const n = benchmark.length;
  if (streams.some((s) => s.length !== n)) throw new RangeError("streams differ in length");
  const differences = streams.map((s) => minus(s, benchmark));
  const { means, draws, blockLength } = resampledMeans(differences, options);
  const root = Math.sqrt(n);
  const spreads = differences.map((d) => Math.sqrt(longRunVariance(d, blockLength).stationary));
  const scores = means.map((m, k) => (root * m) / spreads[k]!);
  const statistic = Math.max(0, ...scores.filter((s) => !Number.isNaN(s)));
  const bound = -Math.sqrt(2 * log(log(n)));
  const pValue = (recentre: (score: number) => number) => {
    const centres = scores.map(recentre);
    const resamples = draws[0]!.length;
    let above = 0;
    for (let b = 0; b < resamples; b++) {
      let largest = 0;
      for (let k = 0; k < draws.length; k++) {
        const deviation = (root * (draws[k]![b]! - means[k]!)) / spreads[k]! + centres[k]!;
        if (deviation > largest) largest = deviation;
      }
      // At the boundary counts: where no stream is better at all, the p-value is 1.
      if (largest >= statistic) above++;
    }
    return above / resamples;
  };
  return Object.freeze({
    statistic,
    pValues: {
      lower: pValue((score) => Math.min(score, 0)),
      consistent: pValue((score) => (score < bound ? score : 0)),
      upper: pValue(() => 0),
    },
    blockLength,
  });
}

/** Means of series and of their resamples on the same days. */
export function resampledMeans(series: readonly Float64Array[], options: ComparisonOptions) {
  const n = series[0]?.length ?? 0;
  const blockLength =
    options.blockLength ?? mean(series.map((values) => politisWhite(values).stationary));
  const draws = resample(
    series.map((returns) => ({ returns, statistic: "mean" as const })),
    {
      sampler: stationaryBootstrap(n, blockLength, options.key),
      resamples: options.resamples ?? 2000,
      periodsPerYear: 1,
    },
  );
  return { means: series.map((values) => mean(values)), draws, blockLength };
}
