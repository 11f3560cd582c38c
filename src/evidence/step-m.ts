import type { Key } from "#core";
import { normalCdf, stationaryBootstrap } from "#num";
import { meanBlockLength, sampleEstimands, widen, type Sampled } from "./sampled.ts";
import type { Statistic } from "./statistic.ts";

/** Many one-sided hypotheses "the true value is at most the threshold", tested together. */
export interface StepDownInput {
  readonly hypotheses: readonly Sampled[];
  readonly threshold: number;
  readonly alpha: number;
  /** Further trials of which no stream is left: counted as independent, the worst case under positive dependence. */
  readonly unseen?: number;
}

export interface StepDown {
  readonly rejected: readonly boolean[];
  /** The quantile of the maximum in the step that decided each, on the normal scale. */
  readonly quantiles: Float64Array;
  /** The same widened for each standard error's degrees of freedom: what its score had to exceed. */
  readonly criticalValues: Float64Array;
  /** (centre − threshold) / standardError. */
  readonly scores: Float64Array;
  readonly steps: number;
}

/**
 * Romano–Wolf StepM: reject every hypothesis whose score exceeds the 1 − α quantile of the resampled maximum
 * deviation over all not yet rejected; repeat until a step rejects none. Controls the chance of any false rejection.
 * Romano & Wolf, "Stepwise multiple testing as formalized data snooping", Econometrica 73 (2005) 1237–1282.
 */
export function stepDown({ hypotheses, threshold, alpha, unseen = 0 }: StepDownInput): StepDown {
  const scores = Float64Array.from(hypotheses, (h) => (h.centre - threshold) / h.standardError);
  const criticalValues = new Float64Array(hypotheses.length);
  const quantiles = new Float64Array(hypotheses.length);
  const rejected = hypotheses.map(() => false);
  // What has no value (the Sharpe ratio of a flat stream) cannot be rejected, nor be the largest by chance.
  let open = hypotheses.map((_, i) => i).filter((i) => !Number.isNaN(hypotheses[i]!.estimate));
  let steps = 0;
  for (let fallen = open; fallen.length > 0 && open.length > 0; steps++) {
    const quantile = maximumQuantile(
      open.map((i) => hypotheses[i]!.deviations),
      alpha,
      unseen,
    );
    for (const i of open) {
      quantiles[i] = quantile;
      criticalValues[i] = widen(quantile, hypotheses[i]!.freedom);
    }
    fallen = open.filter((i) => scores[i]! > criticalValues[i]!);
    for (const i of fallen) rejected[i] = true;
    open = open.filter((i) => !rejected[i]);
  }
  return Object.freeze({ rejected, quantiles, criticalValues, scores, steps });
}

/**
 * The smallest c with F(c) Φ(c)^unseen ≥ 1 − α, F being the distribution of the largest deviation over the streams: of B
 * resamples and the sample itself, which counts as above them all (Davison & Hinkley 1997, § 4.2.3).
 */
export function maximumQuantile(
  deviations: readonly Float64Array[],
  alpha: number,
  unseen = 0,
): number {
  const largest = new Float64Array(deviations[0]!.length).fill(-Infinity);
  for (const values of deviations) {
    for (let b = 0; b < largest.length; b++) {
      // A resample that has no value (a flat draw) must not make the test easier.
      if (!(values[b]! <= largest[b]!))
        largest[b] = Number.isNaN(values[b]!) ? Infinity : values[b]!;
    }
  }
  largest.sort();
  const below = (c: number) => {
    let low = 0;
    let high = largest.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (largest[middle]! <= c) low = middle + 1;
      else high = middle;
    }
    return (low / (largest.length + 1)) * power(normalCdf(c), unseen);
  };
  let low = -40;
  let high = 40;
  if (below(high) < 1 - alpha) return Infinity;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (below(middle) >= 1 - alpha) high = middle;
    else low = middle;
  }
  return high;
}

/** x to a whole power by squaring: the same bits everywhere, unlike `**`. */
function power(x: number, exponent: number): number {
  let result = 1;
  for (let e = exponent, square = x; e > 0; e = Math.floor(e / 2), square *= square) {
    if (e % 2 === 1) result *= square;
  }
  return result;
}

export interface StepMOptions {
  readonly key: Key;
  readonly statistic?: Statistic;
  readonly benchmark?: Float64Array;
  readonly threshold?: number;
  readonly resamples?: number;
  readonly alpha?: number;
  readonly unseen?: number;
  /** The mean of the streams' Politis–White lengths unless said. */
  readonly blockLength?: number;
  readonly periodsPerYear?: number;
}

/**
 * StepM over return streams of equal length: which have a statistic (Sharpe ratio unless said; a paired difference
 * with a benchmark) above the threshold, whichever of them was picked and however. Throws `RangeError` for streams of
 * unequal length.
 */
export function stepM(streams: readonly Float64Array[], options: StepMOptions): StepDown {
  const { statistic = "sharpe", benchmark, threshold = 0, alpha = 0.05, unseen = 0 } = options;
  const n = streams[0]?.length ?? 0;
  if (streams.some((s) => s.length !== n)) throw new RangeError("streams differ in length");
  const estimands = streams.map((returns) => ({ statistic, returns, benchmark }));
  const blockLength = options.blockLength ?? meanBlockLength(estimands);
  const plan = {
    sampler: stationaryBootstrap(n, blockLength, options.key),
    resamples: options.resamples ?? 2000,
    periodsPerYear: options.periodsPerYear ?? 252,
  };
  const hypotheses = sampleEstimands(estimands, plan);
  return stepDown({ hypotheses, threshold, alpha, unseen });
}
