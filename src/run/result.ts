import type { Day } from "#core";
import type { ConventionRow, Metrics, Verdict } from "#evidence";
import type { GateValidation } from "#features";
import type { Intervals } from "./evaluation.ts";

/** What an original reported. */
export type Published = Partial<
  Record<"sharpe" | "totalReturn" | "cagr" | "maxDrawdown" | "correlation", number | undefined>
>;

/** Metrics of a named stretch, for the strategy and each benchmark. */
export interface SubPeriod {
  readonly name: string;
  readonly start: Day;
  readonly end: Day;
  /** What the original reported of it, where it did. */
  readonly published?: Published | undefined;
  readonly metrics: Metrics;
  readonly benchmarks: Readonly<Record<string, Metrics>>;
}

/** A named event: returns, drawdowns inside it, and the gate day by day. */
export interface EventResult extends SubPeriod {
  readonly gate: readonly { readonly day: Day; readonly state: string }[];
}

/** One preset beside the others. */
export interface PresetSummary {
  readonly preset: string;
  readonly lookAhead: boolean;
  readonly trades: number;
  readonly timeInMarket: number;
  readonly metrics: Metrics;
  /** What the original reported, where it did. */
  readonly published: Published;
  readonly benchmarks: Readonly<Record<string, Metrics>>;
  readonly subPeriods: readonly SubPeriod[];
  readonly events: readonly SubPeriod[];
  readonly verdict: Verdict | null;
}

/** What a run found: `result.json`, and what `run --json` prints. NaN is null there. */
export interface RunResult {
  readonly study: string;
  readonly preset: string;
  readonly title: string;
  readonly simulated: boolean;
  /** An order may have filled before its decision was possible. */
  readonly lookAhead: boolean;
  readonly snapshot: string;
  readonly code: string;
  readonly period: { readonly start: Day; readonly end: Day; readonly sessions: number };
  readonly metrics: Metrics;
  readonly intervals: Intervals;
  readonly benchmarks: Readonly<Record<string, Metrics>>;
  /** Strategy less benchmark, paired. */
  readonly differences: Readonly<Record<string, Intervals>>;
  /** Shown only: the mix at the mean exposure of the whole period, known afterwards. */
  readonly exPostMix: Metrics | null;
  readonly subPeriods: readonly SubPeriod[];
  readonly events: readonly EventResult[];
  readonly drawdowns: readonly {
    readonly depth: number;
    readonly peak: Day;
    readonly trough: Day;
    readonly recovery: Day | null;
    readonly gate: string;
  }[];
  readonly trades: number;
  readonly rejections: number;
  readonly timeInMarket: number;
  readonly meanExposure: number;
  /** Traded value a year as a multiple of NAV. */
  readonly turnover: number;
  /** Costs a year as a share of NAV. */
  readonly costs: number;
  readonly correlation: number;
  readonly gate: GateValidation | null;
  readonly vrp: { readonly mean: number; readonly std: number; readonly positive: number } | null;
  readonly sensitivity: {
    readonly costs: readonly { readonly multiple: number; readonly metrics: Metrics }[];
    readonly delays: readonly { readonly delay: number; readonly metrics: Metrics }[];
  };
  readonly presets: readonly PresetSummary[];
  readonly verdict: Verdict | null;
  readonly verdicts: readonly Verdict[];
  /** Each metric as other tools would give it. */
  readonly conventions: readonly ConventionRow[];
  /** Findings of quality rules that were let through by name. */
  readonly allowed: readonly string[];
  /** What the study wants its readers to know. */
  readonly notes: readonly string[];
  /** Name of the run's folder. */
  readonly run: string;
}

/** Daily arrays of a run: `series.json`. */
export interface RunSeries {
  readonly days: Int32Array;
  readonly curves: readonly {
    readonly name: string;
    readonly role: "strategy" | "benchmark" | "preset";
    readonly returns: Float64Array;
  }[];
  readonly exposure: Float64Array;
  readonly turnover: Float64Array;
  /** Gate state, CLOSED 0 … OPEN 2; empty where the study has none. */
  readonly gate: Float64Array;
  /** Quantiles of bootstrapped wealth. */
  readonly fan: readonly { readonly quantile: number; readonly values: Float64Array }[];
}
