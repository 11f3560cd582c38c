/**
 * Black's formula without units: x = ln(forward/strike) ≤ 0, s = vol·√tau, value in units of √(forward·strike),
 *
 *   b(x, s) = e^(x/2)·Φ(h + t) − e^(−x/2)·Φ(h − t),   h = x/s, t = s/2,
 *
 * the undiscounted price of an out-of-the-money call; puts by symmetry. The forms below keep its relative accuracy
 * where the two terms cancel, after P. Jäckel, "Let's be rational", Wilmott 2015(75), 40–53.
 */
import { exp, log, log1p } from "#num";
import { cumulative, mills } from "./mills.ts";

const LN_SQRT_2PI = 0.9189385332046728;

/** Both arguments this far below zero: the asymptotic series is exact to rounding. */
const FAR = 10;
/** Below this t the difference is expanded in t. */
const SHORT = 0.05;

/**
 * R(h + t) − R(h − t) for R = Φ/φ, that is b(x, s)/φ-factor, with h ≤ 0 and t > 0. It stays representable
 * where b itself underflows.
 */
function ratioDifference(h: number, t: number): number {
  if (-h - t > FAR) return farDifference(-h, t);
  if (t < SHORT) return shortDifference(h, t);
  return mills(h + t) - mills(h - t);
}

/** R(−a) = 1/a − 1/a³ + 3/a⁵ − …, differenced term by term without cancellation. */
function farDifference(a: number, t: number): number {
  const p = 1 / (a - t);
  const q = 1 / (a + t);
  // D(n) = pⁿ − qⁿ for odd n obeys D(n+2) = (p² + q²)·D(n) − p²q²·D(n−2).
  const sum = p * p + q * q;
  const product = p * q * (p * q);
  let before = -2 * t;
  let difference = 2 * t * p * q;
  let factor = 1;
  let total = difference;
  for (let k = 1; k <= 40; k++) {
    const next = sum * difference - product * before;
    before = difference;
    difference = next;
    factor *= 1 - 2 * k;
    const term = factor * difference;
    total += term;
    if (Math.abs(term) <= 1e-17 * total) break;
  }
  return total;
}

/** 2·(t·R′ + t³·R‴/3! + …) at h, with R⁽ⁿ⁺¹⁾ = h·R⁽ⁿ⁾ + n·R⁽ⁿ⁻¹⁾. */
function shortDifference(h: number, t: number): number {
  let before = mills(h);
  let derivative = 1 + h * before;
  let power = t;
  let total = t * derivative;
  for (let n = 1; n <= 9; n += 2) {
    const even = h * derivative + n * before;
    before = even;
    derivative = h * even + (n + 1) * derivative;
    power *= (t * t) / ((n + 1) * (n + 2));
    total += power * derivative;
  }
  return 2 * total;
}

/** ln(forward/strike), without loss where the two are close. */
export function logMoneyness(forward: number, strike: number): number {
  const excess = (forward - strike) / strike;
  return Math.abs(excess) < 0.5 ? log1p(excess) : log(forward) - log(strike);
}

/** ∂b/∂s; at x = s = 0 its limit. */
export function normalisedVega(x: number, s: number): number {
  const h = x === 0 ? 0 : x / s;
  return exp(-0.5 * h * h - 0.125 * s * s - LN_SQRT_2PI);
}

/** b(x, s) for x ≤ 0, s ≥ 0: between 0 and e^(x/2). */
export function normalisedBlack(x: number, s: number): number {
  if (s === 0 || x === -Infinity) return 0;
  const h = x / s;
  const t = 0.5 * s;
  if (h + t > 0 && t >= SHORT) {
    return exp(0.5 * x) * cumulative(h + t) - exp(-0.5 * x) * cumulative(h - t);
  }
  return exp(-0.5 * (h * h + t * t) - LN_SQRT_2PI) * ratioDifference(h, t);
}

/** ln b(x, s) and d ln b/ds, finite wherever h² is; for x < 0 and s ≤ √(−2x), where h + t ≤ 0. */
export function logBlack(x: number, s: number): { value: number; slope: number } {
  const h = x / s;
  const t = 0.5 * s;
  const difference = ratioDifference(h, t);
  return { value: log(difference) - 0.5 * (h * h + t * t) - LN_SQRT_2PI, slope: 1 / difference };
}

/** ln(e^(x/2) − b(x, s)) and its derivative in s: what is missing to the upper bound. */
export function logComplement(x: number, s: number): { value: number; slope: number } {
  const h = x / s;
  const t = 0.5 * s;
  // The φ-factor is common to both terms: e^(x/2)·φ(h+t) = e^(−x/2)·φ(h−t).
  const total = mills(-h - t) + mills(h - t);
  return { value: log(total) - 0.5 * (h * h + t * t) - LN_SQRT_2PI, slope: -1 / total };
}
