/** The front of the VX curve on one day: prices in points, calendar days to expiry, and VIX itself. */
export interface CurveFront {
  readonly f1: number;
  readonly f2: number;
  readonly f3: number;
  readonly dte1: number;
  readonly dte2: number;
  readonly dte3: number;
  readonly spot: number;
}

/** Which two points enclose 30 days; `none` where a point is missing or the days do not increase. */
export type Bracket = "spot-f1" | "f1-f2" | "f2-f3" | "none";

const MATURITY = 30;

function between(low: number, high: number, lowDays: number, highDays: number): number {
  const weight = (highDays - MATURITY) / (highDays - lowDays);
  return weight * low + (1 - weight) * high;
}

/**
 * Price of a VX contract of 30 days, in points: linear in calendar days between the two points of the curve that
 * enclose 30 days. F1 and F2 as a rule; F2 and F3 where F2 is inside 30 days; VIX as the point of zero days
 * where F1 is beyond. NaN with bracket `none` where a needed point is missing.
 */
export function constantMaturity30(curve: CurveFront): { value: number; bracket: Bracket } {
  const { f1, f2, f3, dte1, dte2, dte3, spot } = curve;
  let value = NaN;
  let bracket: Bracket = "none";
  if (dte1 > MATURITY) {
    bracket = "spot-f1";
    value = between(spot, f1, 0, dte1);
  } else if (dte1 > 0 && dte1 < dte2 && dte2 >= MATURITY) {
    bracket = "f1-f2";
    value = between(f1, f2, dte1, dte2);
  } else if (dte1 > 0 && dte1 < dte2 && dte2 < dte3 && dte3 >= MATURITY) {
    bracket = "f2-f3";
    value = between(f2, f3, dte2, dte3);
  }
  return Number.isFinite(value) ? { value, bracket } : { value: NaN, bracket: "none" };
}

/**
 * The same between F1 and F2 alone with the weight of F1 clamped to 0 … 1, as the ML-filter document states it:
 * F1 where F1 is beyond 30 days, F2 where F2 is inside. Biased there; kept for `as-documented` presets.
 */
export function constantMaturity30Clamped(
  curve: Pick<CurveFront, "f1" | "f2" | "dte1" | "dte2">,
): number {
  const { f1, f2, dte1, dte2 } = curve;
  if (!(dte2 > dte1)) return NaN;
  const weight = Math.min(1, Math.max(0, (dte2 - MATURITY) / (dte2 - dte1)));
  return weight * f1 + (1 - weight) * f2;
}
