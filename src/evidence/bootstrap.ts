import type { Key } from "#core";
import {
  circularBootstrap,
  quantile,
  sortedQuantile,
  stationaryBootstrap,
  std,
  type BlockSampler,
} from "#num";
import { politisWhite } from "./block-length.ts";
import { minus } from "./series.ts";
import { measure, resample } from "./resample.ts";
import { influences, isPathStatistic, type Statistic } from "./statistic.ts";

export interface BootstrapOptions {
  readonly key: Key;
  /** 2,000 unless said. */
  readonly resamples?: number;
  /** Two-sided: the interval leaves α / 2 on either side. 0.05 unless said. */
  readonly alpha?: number;
  readonly bootstrap?: "stationary" | "circular";
  /** Block length in observations; Politis–White on the influences of the statistics unless said. */
  readonly blockLength?: number;
  readonly periodsPerYear?: number;
  /**
   * "basic" (the default): estimate − quantiles of (resampled − estimate), the pivot of a location. "percentile": the
   * quantiles themselves, right for a realised extreme such as the drawdown, which is always used for it.
   */
  readonly method?: "basic" | "percentile";
}

/** A statistic with its interval. */
export interface Interval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  /** Standard deviation of the resampled statistic. */
  readonly standardError: number;
  readonly blockLength: number;
}

/**
 * Block-bootstrap intervals of several statistics of one stream from the same resamples; with a `benchmark`,
 * of the paired differences (statistic of the stream − statistic of the benchmark on the same resampled days).
 * Throws `RangeError` for unequal lengths or fewer than nine returns.
 */
export function bootstrapIntervals<S extends Statistic>(
  returns: Float64Array,
  statistics: readonly S[],
  options: BootstrapOptions,
  benchmark?: Float64Array,
): Record<S, Interval> {
  const { resamples = 2000, alpha = 0.05, periodsPerYear = 252, method = "basic" } = options;
  if (returns.length < 9) throw new RangeError(`${returns.length} returns are too few to resample`);
  if (benchmark && benchmark.length !== returns.length) {
    throw new RangeError(`lengths differ: ${returns.length} and ${benchmark.length}`);
  }
  const sampler = makeSampler(
    statistics.flatMap((s) => pairedInfluences(returns, s, benchmark)),
    options,
  );
  const plan = { sampler, resamples, periodsPerYear };
  const estimates = measure(returns, statistics, periodsPerYear);
  const draws = resample(
    statistics.map((statistic) => ({ returns, statistic })),
    plan,
  );
  if (benchmark) {
    const others = measure(benchmark, statistics, periodsPerYear);
    const otherDraws = resample(
      statistics.map((statistic) => ({ returns: benchmark, statistic })),
      plan,
    );
    others.forEach((other, s) => {
      estimates[s]! -= other;
      draws[s] = minus(draws[s]!, otherDraws[s]!);
    });
  }
  const entries = statistics.map((statistic, s) => {
    const estimate = estimates[s]!;
    const [below, above] = [quantile(draws[s]!, alpha / 2), quantile(draws[s]!, 1 - alpha / 2)];
    const percentile = method === "percentile" || isPathStatistic(statistic);
    return [
      statistic,
      Object.freeze({
        estimate,
        low: percentile ? below : 2 * estimate - above,
        high: percentile ? above : 2 * estimate - below,
        standardError: std(draws[s]!, 1),
        blockLength: sampler.blockLength,
      }),
    ] as const;
  });
  return Object.fromEntries(entries) as Record<S, Interval>;
}

/** The influences of a statistic's difference between two streams, or of one stream's statistic. */
export function pairedInfluences(
  returns: Float64Array,
  statistic: Statistic,
  benchmark?: Float64Array,
): Float64Array[] {
  const own = influences(returns, statistic);
  if (!benchmark) return own;
  const other = influences(benchmark, statistic);
  return own.map((values, i) => minus(values, other[i]!));
}

/** A sampler whose blocks are as long as the most dependent of the series asks for. */
function makeSampler(series: readonly Float64Array[], options: BootstrapOptions): BlockSampler {
  const kind = options.bootstrap ?? "stationary";
  const length =
    options.blockLength ?? Math.max(...series.map((values) => politisWhite(values)[kind]));
  const make = kind === "stationary" ? stationaryBootstrap : circularBootstrap;
  return make(series[0]!.length, length, options.key);
}

/** Quantile paths of resampled wealth, for a fan chart: `paths[q][t]` is the q-th quantile after t + 1 returns. */
export function wealthFan(
  returns: Float64Array,
  probabilities: readonly number[],
  options: BootstrapOptions,
): Float64Array[] {
  const { resamples = 500 } = options;
  const n = returns.length;
  const sampler = makeSampler([returns], options);
  const wealth = new Float64Array(n * resamples);
  const from = new Int32Array(n);
  const to = new Int32Array(n);
  for (let b = 0; b < resamples; b++) {
    const count = sampler.runs(b, from, to);
    let level = 1;
    let at = 0;
    for (let i = 0; i < count; i++) {
      for (let t = from[i]!; t < to[i]!; t++) {
        level *= 1 + returns[t]!;
        wealth[at++ * resamples + b] = level;
      }
    }
  }
  const out = probabilities.map(() => new Float64Array(n));
  for (let t = 0; t < n; t++) {
    const day = wealth.subarray(t * resamples, (t + 1) * resamples).toSorted();
    probabilities.forEach((p, q) => (out[q]![t] = sortedQuantile(day, p)));
  }
  return out;
}
