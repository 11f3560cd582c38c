import { mean, normalCdf, normalQuantile, rawKurtosis, skewness, std } from "#num";

/**
 * Units that are easily confused, kept apart by the compiler: a Sharpe ratio of one period or of a year, a
 * kurtosis that is 3 or 0 for a normal distribution.
 */
export type PerPeriodSharpe = number & { readonly unit: "Sharpe ratio of one period" };
export type AnnualSharpe = number & { readonly unit: "Sharpe ratio of a year" };
export type RawKurtosis = number & { readonly unit: "kurtosis, 3 when normal" };
export type ExcessKurtosis = number & { readonly unit: "kurtosis, 0 when normal" };

/** States that a plain number has the unit. */
export const perPeriodSharpe = (value: number) => value as PerPeriodSharpe;
export const annualSharpe = (value: number) => value as AnnualSharpe;
export const asRawKurtosis = (value: number) => value as RawKurtosis;
export const asExcessKurtosis = (value: number) => value as ExcessKurtosis;

/** Annual → one period: / √periods. */
export function toPerPeriod(sharpe: AnnualSharpe, periodsPerYear = 252): PerPeriodSharpe {
  return perPeriodSharpe(sharpe / Math.sqrt(periodsPerYear));
}

/** One period → annual: × √periods (returns taken as uncorrelated). */
export function toAnnual(sharpe: PerPeriodSharpe, periodsPerYear = 252): AnnualSharpe {
  return annualSharpe(sharpe * Math.sqrt(periodsPerYear));
}

/** Excess → raw kurtosis: + 3. */
export function toRawKurtosis(kurtosis: ExcessKurtosis): RawKurtosis {
  return asRawKurtosis(kurtosis + 3);
}

/** A Sharpe ratio with what its sampling error depends on. */
export interface SharpeSample {
  readonly sharpe: PerPeriodSharpe;
  /** Number of returns. */
  readonly n: number;
  readonly skew: number;
  readonly kurtosis: RawKurtosis;
}

/** The sample of a return stream; sharpe NaN for a flat one. */
export function sharpeSample(returns: Float64Array): SharpeSample {
  const skew = skewness(returns);
  const sharpe = Number.isNaN(skew) ? NaN : mean(returns) / std(returns, 1);
  return {
    sharpe: perPeriodSharpe(sharpe),
    n: returns.length,
    skew,
    kurtosis: asRawKurtosis(rawKurtosis(returns)),
  };
}

/** 1 − γ₃ SR + (γ₄ − 1)/4 SR²: n × the variance of a Sharpe ratio of independent returns (Mertens 2002). */
function spread({ sharpe, skew, kurtosis }: SharpeSample): number {
  return 1 - skew * sharpe + ((kurtosis - 1) / 4) * sharpe * sharpe;
}

/**
 * Probability that the true Sharpe ratio exceeds `threshold`: Φ((SR − SR*) √(n − 1) / √(1 − γ₃ SR + (γ₄ − 1)/4 SR²)).
 * Bailey & López de Prado, "The Sharpe ratio efficient frontier", Journal of Risk 15(2) (2012) 3–44, eq. 11.
 */
export function probabilisticSharpe(sample: SharpeSample, threshold: PerPeriodSharpe): number {
  const z = ((sample.sharpe - threshold) * Math.sqrt(sample.n - 1)) / Math.sqrt(spread(sample));
  return normalCdf(z);
}

/** Euler's constant γ. */
const EULER = 0.5772156649015329;

/**
 * Expected largest Sharpe ratio among N independent worthless trials whose Sharpe ratios have the given standard
 * deviation: σ ((1 − γ) Φ⁻¹(1 − 1/N) + γ Φ⁻¹(1 − 1/(N e))); 0 for one trial.
 * Bailey & López de Prado, "The deflated Sharpe ratio", Journal of Portfolio Management 40(5) (2014) 94–107, eq. 1.
 */
export function expectedMaximumSharpe(trials: number, deviation: PerPeriodSharpe): PerPeriodSharpe {
  if (!(trials >= 1)) throw new RangeError(`a number of trials is at least 1, not ${trials}`);
  if (trials === 1) return perPeriodSharpe(0);
  const high = normalQuantile(1 - 1 / trials);
  const higher = normalQuantile(1 - 1 / (trials * Math.E));
  // The approximation falls below zero between one and two trials, where the expectation does not.
  return perPeriodSharpe(deviation * Math.max(0, (1 - EULER) * high + EULER * higher));
}

/**
 * The probabilistic Sharpe ratio against the expected best of `trials` worthless trials (source as above, eq. 2).
 * `deviation` is the standard deviation of the trials' per-period Sharpe ratios.
 */
export function deflatedSharpe(
  sample: SharpeSample,
  trials: number,
  deviation: PerPeriodSharpe,
): number {
  return probabilisticSharpe(sample, expectedMaximumSharpe(trials, deviation));
}

/**
 * Returns needed before the probabilistic Sharpe ratio against `threshold` reaches 1 − α, at this Sharpe ratio:
 * 1 + (1 − γ₃ SR + (γ₄ − 1)/4 SR²) (Φ⁻¹(1 − α) / (SR − SR*))²; ∞ where the ratio is not above the threshold.
 * Bailey & López de Prado (2012), eq. 13.
 */
export function minimumTrackRecordLength(
  sample: SharpeSample,
  threshold: PerPeriodSharpe,
  alpha = 0.05,
): number {
  const edge = sample.sharpe - threshold;
  if (!(edge > 0)) return Number.isNaN(edge) ? NaN : Infinity;
  const z = normalQuantile(1 - alpha) / edge;
  return 1 + spread(sample) * z * z;
}
