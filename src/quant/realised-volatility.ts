/**
 * Realised volatility of windows of sessions: annualised decimals (252 sessions), one value a row from the prices of
 * the last `window` rows; NaN through the warm-up and wherever a needed price is missing.
 */
import { SESSIONS_PER_YEAR } from "#core";
import { log } from "#num";

/** Daily prices of one instrument, equally long. */
export interface Bars {
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
}

/** √(252 · value of each full window of rows); `statistic` sees rows `from` … `to` inclusive. */
function rolling(
  n: number,
  window: number,
  first: number,
  statistic: (from: number, to: number) => number,
): Float64Array {
  const out = new Float64Array(n).fill(NaN);
  for (let t = first + window - 1; t < n; t++) {
    out[t] = Math.sqrt(SESSIONS_PER_YEAR * statistic(t - window + 1, t));
  }
  return out;
}

function checkWindow(window: number, least: number): void {
  if (!(Number.isInteger(window) && window >= least)) {
    throw new RangeError(`a window of ${window} sessions; at least ${least}`);
  }
}

/** Sample variance (n − 1) of f over rows, two passes. */
function sampleVariance(from: number, to: number, f: (i: number) => number): number {
  const n = to - from + 1;
  let sum = 0;
  for (let i = from; i <= to; i++) sum += f(i);
  const mean = sum / n;
  let squares = 0;
  for (let i = from; i <= to; i++) squares += (f(i) - mean) ** 2;
  return squares / (n - 1);
}

function mean(from: number, to: number, f: (i: number) => number): number {
  let sum = 0;
  for (let i = from; i <= to; i++) sum += f(i);
  return sum / (to - from + 1);
}

/** Standard deviation (n − 1) of the last `window` log returns of closing prices; the first value is at row `window`. */
export function closeToCloseVolatility(close: Float64Array, window: number): Float64Array {
  checkWindow(window, 2);
  const returns = close.map((c, i) => (i > 0 ? log(c / close[i - 1]!) : NaN));
  return rolling(close.length, window, 1, (from, to) =>
    sampleVariance(from, to, (i) => returns[i]!),
  );
}

/** √(252 · mean ln(H/L)² / (4 ln 2)): M. Parkinson, Journal of Business 53 (1980), 61–65. */
export function parkinsonVolatility(
  high: Float64Array,
  low: Float64Array,
  window: number,
): Float64Array {
  checkWindow(window, 1);
  const squares = high.map((h, i) => log(h / low[i]!) ** 2 / (4 * Math.LN2));
  return rolling(high.length, window, 0, (from, to) => mean(from, to, (i) => squares[i]!));
}

/**
 * √(252 · mean[½·ln(H/L)² − (2 ln 2 − 1)·ln(C/O)²]): M. Garman & M. Klass, Journal of Business 53 (1980), 67–78.
 * Blind to the gap from close to open. NaN where a window's mean is negative.
 */
export function garmanKlassVolatility(bars: Bars, window: number): Float64Array {
  checkWindow(window, 1);
  const { open, high, low, close } = bars;
  const terms = close.map(
    (c, i) => 0.5 * log(high[i]! / low[i]!) ** 2 - (2 * Math.LN2 - 1) * log(c / open[i]!) ** 2,
  );
  return rolling(close.length, window, 0, (from, to) => mean(from, to, (i) => terms[i]!));
}

/**
 * D. Yang & Q. Zhang, Journal of Business 73 (2000), 477–491: overnight variance + k · open-to-close variance +
 * (1 − k) · Rogers-Satchell, k = 0.34/(1.34 + (n + 1)/(n − 1)). Free of drift and of the opening gap. The first
 * value is at row `window`.
 */
export function yangZhangVolatility(bars: Bars, window: number): Float64Array {
  checkWindow(window, 2);
  const { open, high, low, close } = bars;
  const overnight = open.map((o, i) => (i > 0 ? log(o / close[i - 1]!) : NaN));
  const session = close.map((c, i) => log(c / open[i]!));
  const range = high.map((h, i) => {
    const up = log(h / open[i]!);
    const down = log(low[i]! / open[i]!);
    return up * (up - session[i]!) + down * (down - session[i]!);
  });
  const k = 0.34 / (1.34 + (window + 1) / (window - 1));
  return rolling(
    close.length,
    window,
    1,
    (from, to) =>
      sampleVariance(from, to, (i) => overnight[i]!) +
      k * sampleVariance(from, to, (i) => session[i]!) +
      (1 - k) * mean(from, to, (i) => range[i]!),
  );
}
