import { normalCdf, normalQuantile } from "#num";

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
