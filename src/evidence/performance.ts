import type { DayNumber } from "#core";
import { correlation, excessKurtosis, expm1, log1p, mean, quantile, skewness, slope } from "#num";
import { drawdowns } from "./drawdown.ts";
import { minus, type ReturnSeries } from "./series.ts";
import { measure } from "./resample.ts";
import { isFlat } from "./trial-panel.ts";

export interface PerformanceOptions {
  /** Simple return of cash on each of the series' days, decimal. */
  readonly riskFree?: Float64Array;
  /** Simple return of the benchmark on each of the series' days, decimal. */
  readonly benchmark?: Float64Array;
  /** Observations a year; 252 unless said. */
  readonly periodsPerYear?: number;
  /** Years as n / periodsPerYear ("sessions", the default) or as (last day − first day + 1) / 365.25. */
  readonly yearsBy?: "sessions" | "calendar";
}

/** Figures of a return stream; NaN where one is undefined. Returns are simple, decimal. */
export interface Metrics {
  /** Number of returns. */
  readonly n: number;
  readonly years: number;
  /** Π(1 + r) − 1; −1 after a return of −1 or less (ruin). */
  readonly totalReturn: number;
  /** (1 + totalReturn)^(1 / years) − 1. */
  readonly cagr: number;
  /** Sample standard deviation (n − 1) × √periods. */
  readonly volatility: number;
  /** Mean / sample standard deviation × √periods, without a risk-free rate. NaN for a series flat up to rounding. */
  readonly sharpe: number;
  /** The same of r − riskFree; NaN without a risk-free rate, and for a series that is cash and something constant. */
  readonly sharpeExcess: number;
  /** Mean / √(Σ min(r, 0)² / n) × √periods: target 0, divided by all n. NaN where no return is negative. */
  readonly sortino: number;
  /** cagr / −maxDrawdown; NaN without a drawdown. */
  readonly calmar: number;
  /** Lowest wealth / previous peak − 1, ≤ 0, the start being a peak. */
  readonly maxDrawdown: number;
  /** Day of the last peak before it (the first day of the series where the start was the peak). */
  readonly maxDrawdownPeak: DayNumber | null;
  readonly maxDrawdownTrough: DayNumber | null;
  /** First day on which wealth is back at the peak; null where it never was. */
  readonly maxDrawdownRecovery: DayNumber | null;
  /** Historical 5 % quantile of returns (type 7), signed: usually negative. */
  readonly var95: number;
  /** Mean of the ⌊0.05 (n − 1)⌋ + 1 worst returns, signed. */
  readonly cvar95: number;
  /** Population skewness g₁ = m₃ / m₂^1.5. */
  readonly skew: number;
  /** Population kurtosis m₄ / m₂² − 3. */
  readonly excessKurtosis: number;
  /** Share of all returns above zero. */
  readonly hitRate: number;
  readonly best: number;
  readonly worst: number;
  /** Pearson correlation with the benchmark's returns; NaN without one. */
  readonly correlation: number;
  /** Least-squares slope on the benchmark's returns; NaN without one. */
  readonly beta: number;
}

/**
 * Performance of a return stream by the conventions stated at each figure. Flat, one-day, all-loss, ruined and
 * empty series give NaN or the stated value, never an error. Throws `RangeError` for arrays of other lengths.
 */
export function performance(series: ReturnSeries, options: PerformanceOptions = {}): Metrics {
  const { riskFree, benchmark, periodsPerYear = 252 } = options;
  const { returns } = series;
  const n = returns.length;
  for (const other of [series.days, riskFree, benchmark]) {
    if (other && other.length !== n)
      throw new RangeError(`${other.length} values for ${n} returns`);
  }
  const [volatility, totalReturn, cvar95, hitRate] = measure(
    returns,
    ["volatility", "total-return", "cvar95", "hit-rate"],
    periodsPerYear,
  ) as [number, number, number, number];
  // What is left of a constant after rounding has neither shape nor companions.
  const shaped = isFlat(returns) ? new Float64Array() : returns;
  const years =
    options.yearsBy === "calendar"
      ? n === 0
        ? 0
        : (series.days[n - 1]! - series.days[0]! + 1) / 365.25
      : n / periodsPerYear;
  const cagr = expm1(log1p(totalReturn) / years);
  const deepest = drawdowns(series, 1)[0];
  const maxDrawdown = n === 0 ? NaN : (deepest?.depth ?? 0);
  return Object.freeze({
    n,
    years,
    totalReturn: n === 0 ? NaN : totalReturn,
    cagr,
    volatility,
    sharpe: sharpeOf(returns, periodsPerYear),
    sharpeExcess: riskFree ? sharpeOf(minus(returns, riskFree), periodsPerYear) : NaN,
    sortino: sortino(returns, periodsPerYear),
    calmar: maxDrawdown < 0 ? cagr / -maxDrawdown : NaN,
    maxDrawdown,
    maxDrawdownPeak: deepest?.peak ?? null,
    maxDrawdownTrough: deepest?.trough ?? null,
    maxDrawdownRecovery: deepest?.recovery ?? null,
    var95: quantile(returns, 0.05),
    cvar95,
    skew: skewness(shaped),
    excessKurtosis: excessKurtosis(shaped),
    hitRate,
    best: n === 0 ? NaN : returns.reduce((a, b) => Math.max(a, b)),
    worst: n === 0 ? NaN : returns.reduce((a, b) => Math.min(a, b)),
    correlation: benchmark && shaped.length > 0 ? correlation(returns, benchmark) : NaN,
    beta: benchmark ? slope(benchmark, returns) : NaN,
  });
}

/** Annual Sharpe ratio; NaN where the returns are equal up to the rounding of wealth, for noise is no risk. */
function sharpeOf(returns: Float64Array, periodsPerYear: number): number {
  return isFlat(returns) ? NaN : measure(returns, ["sharpe"], periodsPerYear)[0]!;
}

function sortino(returns: Float64Array, periodsPerYear: number): number {
  const downside = Math.sqrt(mean(returns.map((r) => (r < 0 ? r * r : 0))));
  return downside > 0 ? (mean(returns) / downside) * Math.sqrt(periodsPerYear) : NaN;
}

/**
 * Annual Sharpe ratio (no risk-free) of the `window` returns up to and including each day; NaN through the
 * first window − 1 days and over flat windows.
 */
export function rollingSharpe(
  returns: Float64Array,
  window: number,
  periodsPerYear = 252,
): Float64Array {
  if (!(Number.isInteger(window) && window > 1)) throw new RangeError(`a window of ${window}`);
  return returns.map((_, t) =>
    t < window - 1 ? NaN : sharpeOf(returns.subarray(t - window + 1, t + 1), periodsPerYear),
  );
}
