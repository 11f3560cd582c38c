import type { DayNumber } from "#core";
import type { ReturnSeries } from "./series.ts";

export interface PerformanceOptions {
  /** Simple return of cash on each of the series' days, decimal. */
  readonly riskFree?: Float64Array;
  /** Simple return of the benchmark on each of the series' days, decimal. */
  readonly benchmark?: Float64Array;
  /** Observations a year; 252 unless said. */
  readonly periodsPerYear?: number;
  /** Years as n / periodsPerYear ("sessions", the default) or as days from the eve of the first to the last / 365.25. */
  readonly yearsBy?: "sessions" | "calendar";
}

/** Figures of a return stream; NaN where one is undefined. */
export interface Metrics {
  readonly n: number;
  readonly years: number;
  readonly totalReturn: number;
  readonly cagr: number;
  readonly volatility: number;
  readonly sharpe: number;
  readonly sharpeExcess: number;
  readonly sortino: number;
  readonly calmar: number;
  readonly maxDrawdown: number;
  readonly maxDrawdownPeak: DayNumber | null;
  readonly maxDrawdownTrough: DayNumber | null;
  readonly maxDrawdownRecovery: DayNumber | null;
  readonly var95: number;
  readonly cvar95: number;
  readonly skew: number;
  readonly excessKurtosis: number;
  readonly hitRate: number;
  readonly best: number;
  readonly worst: number;
  readonly correlation: number;
  readonly beta: number;
}

export declare function performance(series: ReturnSeries, options?: PerformanceOptions): Metrics;
