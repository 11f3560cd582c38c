import { exp, log, normalCdf, normalQuantile } from "#num";

/** A one-sided test that rejects when (estimate − threshold) / standardError exceeds criticalValue. */
export interface OneSidedTest {
  readonly threshold: number;
  /** Of the estimate with the data at hand; falls as 1 / √n. */
  readonly standardError: number;
  /** Φ⁻¹(1 − α) for one test, more where trials were selected among. */
  readonly criticalValue: number;
}

/** Chance that the test rejects when the true value is `effect`, the estimate being about normal. */
export function powerAt(test: OneSidedTest, effect: number): number {
  return normalCdf((effect - test.threshold) / test.standardError - test.criticalValue);
}

/** The smallest true value that the test finds with the given power (four times in five unless said). */
export function minimumDetectableEffect(test: OneSidedTest, power = 0.8): number {
  return test.threshold + (test.criticalValue + normalQuantile(power)) * test.standardError;
}

/**
 * The factor by which the data must grow before the test rejects with the given power if the true value is
 * `effect`; with power 0.5 (the default), before an estimate that stays where it is would clear. ∞ where never.
 */
export function dataFactorNeeded(test: OneSidedTest, effect: number, power = 0.5): number {
  const distance = (effect - test.threshold) / test.standardError;
  if (!(distance > 0)) return Number.isNaN(distance) ? NaN : Infinity;
  const needed = Math.max(0, test.criticalValue + normalQuantile(power)) / distance;
  return needed * needed;
}

/**
 * Exact two-sided interval of a rate after `hits` in `tries` (Clopper & Pearson, Biometrika 26 (1934) 404–413): the
 * rates that a binomial test at α / 2 on either side would not reject.
 */
export function clopperPearson(
  hits: number,
  tries: number,
  alpha = 0.05,
): { readonly low: number; readonly high: number } {
  if (!(Number.isInteger(hits) && hits >= 0 && hits <= tries)) {
    throw new RangeError(`${hits} hits in ${tries} tries`);
  }
  const low = (rate: number) => 1 - binomialCdf(hits - 1, tries, rate) < alpha / 2;
  const high = (rate: number) => binomialCdf(hits, tries, rate) > alpha / 2;
  return { low: hits === 0 ? 0 : boundary(low), high: hits === tries ? 1 : boundary(high) };
}

/** The rate at which a condition that holds for low rates ceases to; the tails are monotone, so bisection finds it. */
function boundary(tooLow: (rate: number) => boolean): number {
  let low = 0;
  let high = 1;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (tooLow(middle)) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** P(X ≤ k) for X binomial, by summing terms that follow from one another. */
function binomialCdf(k: number, n: number, rate: number): number {
  if (rate <= 0) return 1;
  if (rate >= 1) return k >= n ? 1 : 0;
  const odds = log(rate) - log(1 - rate);
  let term = n * log(1 - rate);
  let total = 0;
  for (let i = 0; i <= k; i++) {
    total += exp(term);
    term += log((n - i) / (i + 1)) + odds;
  }
  return Math.min(1, total);
}
