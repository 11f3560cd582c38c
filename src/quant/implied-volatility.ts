/**
 * Implied volatility over the whole domain: the value is put into Black's dimensionless form and solved where it is
 * nearly linear in the total volatility, by Halley steps kept inside a bracket. After P. Jäckel, "Let's be
 * rational", Wilmott 2015(75), 40–53 (the split at the inflection point s = √(2|x|) and the two transformations).
 */
import { exp, log } from "#num";
import { type Right, checkOption } from "./black-scholes.ts";
import {
  logBlack,
  logComplement,
  logMoneyness,
  normalisedBlack,
  normalisedVega,
} from "./normalised-black.ts";

/** Why a price has no implied volatility, or `ok`. */
export type VolatilityReason =
  | "ok"
  | "missing input"
  | "expired"
  | "no underlying"
  | "below intrinsic"
  | "above maximum";

export interface ImpliedVolatility {
  /** Annualised decimal; NaN unless `reason` is `ok`. */
  readonly vol: number;
  readonly reason: VolatilityReason;
}

/** Newton's step towards the root of a function f, and f″/f′ for Halley's correction of it. */
interface Step {
  readonly newton: number;
  readonly bend: number;
}

/** The root of an increasing function on (low, high): Halley's steps, halving where they leave the bracket. */
function solve(step: (s: number) => Step, start: number, low: number, high: number): number {
  let s = start;
  for (let i = 0; i < 64; i++) {
    const { newton, bend } = step(s);
    if (newton > 0) low = s;
    else high = s;
    const correction = 1 + 0.5 * newton * bend;
    let next = s + (correction > 0.5 && correction < 2 ? newton / correction : newton);
    if (Math.abs(next - s) <= 2e-16 * s) return next;
    if (!(next > low && next < high)) next = high === Infinity ? 2 * s : 0.5 * (low + high);
    if (next === s) return s;
    s = next;
  }
  return s;
}

/** b″/b′ of `normalisedBlack` in s. */
function curvature(x: number, s: number): number {
  return (x * x) / (s * s * s) - 0.25 * s;
}

/** The total volatility s = vol·√tau with b(x, s) = value, for x ≤ 0 and 0 < value < e^(x/2). */
export function totalVolatility(x: number, value: number): number {
  const inflection = Math.sqrt(-2 * x);
  const atInflection = normalisedBlack(x, inflection);
  const most = exp(0.5 * x);
  if (value < atInflection) {
    // Below the inflection w = 1/√(−2·ln b) is nearly s/|x|.
    const depth = -2 * log(value);
    const wanted = 1 / Math.sqrt(depth);
    const step = (s: number) => {
      const { value: logValue, slope } = logBlack(x, s);
      const here = -2 * logValue;
      const newton = ((wanted - 1 / Math.sqrt(here)) * here * Math.sqrt(here)) / slope;
      return { newton, bend: (3 * slope) / here + curvature(x, s) - slope };
    };
    const start = inflection * wanted * Math.sqrt(-2 * log(atInflection));
    return solve(step, start, 0, inflection);
  }
  if (value < 0.5 * most) {
    // Just above it b itself is nearly linear.
    const step = (s: number) => {
      const newton = (value - normalisedBlack(x, s)) / normalisedVega(x, s);
      return { newton, bend: curvature(x, s) };
    };
    const start = inflection + (value - atInflection) / normalisedVega(x, inflection);
    return solve(step, start, inflection, Infinity);
  }
  // Far above ln(e^(x/2) − b) falls like −s²/8 and is concave.
  const wanted = log(most - value);
  const step = (s: number) => {
    const { value: here, slope } = logComplement(x, s);
    return { newton: (wanted - here) / slope, bend: curvature(x, s) - slope };
  };
  const start = Math.max(inflection, Math.sqrt(8 * (0.5 * x - wanted)));
  return solve(step, start, inflection, Infinity);
}

/**
 * The volatility at which `blackScholesPrice` gives `price`, with the reason where there is none:
 * `(price, spot, strike, tau, rate, carry)` as there. A price at the discounted intrinsic value has volatility 0.
 * Out-of-the-money prices determine it to about 1e-13 of itself; of an in-the-money price only what exceeds the
 * intrinsic value informs. Throws `RangeError` for a negative spot, strike or tau.
 */
export function solveImpliedVolatility(
  right: Right,
  price: number,
  spot: number,
  strike: number,
  tau: number,
  rate: number,
  carry: number = rate,
): ImpliedVolatility {
  checkOption(spot, strike, tau, 0);
  const forward = spot * exp(carry * tau);
  const undiscounted = price * exp(rate * tau);
  if (!Number.isFinite(undiscounted + forward + strike)) return none("missing input");
  if (tau === 0) return none("expired");
  if (forward === 0 || strike === 0) return none("no underlying");
  const intrinsic = right === "call" ? forward - strike : strike - forward;
  const outside = intrinsic > 0 ? undiscounted - intrinsic : undiscounted;
  if (outside < 0) return none("below intrinsic");
  if (outside >= Math.min(forward, strike)) return none("above maximum");
  if (outside === 0) return { vol: 0, reason: "ok" };
  const x = -Math.abs(logMoneyness(forward, strike));
  const value = outside / (Math.sqrt(forward) * Math.sqrt(strike));
  return { vol: totalVolatility(x, value) / Math.sqrt(tau), reason: "ok" };
}

function none(reason: VolatilityReason): ImpliedVolatility {
  return { vol: NaN, reason };
}

/** The `vol` of `solveImpliedVolatility`: NaN where no volatility gives the price. */
export function impliedVolatility(
  right: Right,
  price: number,
  spot: number,
  strike: number,
  tau: number,
  rate: number,
  carry: number = rate,
): number {
  return solveImpliedVolatility(right, price, spot, strike, tau, rate, carry).vol;
}
