import type { Day, DayNumber } from "#core";
import type { Verdict } from "#evidence";
import type { Figure } from "./figure.ts";
import type { Table } from "./table.ts";
import type { Regime } from "./regime-runs.ts";

/**
 * Metrics by name, as `performance` gives them and others beside them (`turnover`, `timeInMarket`, `trades`):
 * numbers are shown, other values ignored.
 */
export type MetricSet = object;

/** Everything a tear sheet shows. Returns are simple and daily; NaN is missing. All daily arrays have the length of `days`. */
export interface TearSheetData {
  readonly title: string;
  readonly study: string;
  readonly preset: string;
  /** True where the prices are the built-in simulated market's: stamped SIMULATED. */
  readonly simulated: boolean;
  /** True where an order may fill before its decision was possible: stamped LOOK-AHEAD. */
  readonly lookAhead: boolean;
  readonly verdict: Verdict | null;
  readonly days: Int32Array;
  /** The first curve of role "strategy" is the one judged. */
  readonly curves: readonly Curve[];
  readonly regime: Regime | null;
  /** Share of net asset value invested at the close. May be empty. */
  readonly exposure: Float64Array;
  /** Sum of |traded value| / net asset value of the day, one-way. May be empty. */
  readonly turnover: Float64Array;
  readonly metrics: readonly NamedMetrics[];
  readonly intervals: readonly Interval[];
  /** Strategy minus benchmark, paired. */
  readonly differences: readonly Difference[];
  readonly subPeriods: readonly SubPeriod[];
  readonly events: readonly MarketEvent[];
  /** Worst first. */
  readonly drawdowns: readonly Drawdown[];
  /** Costs times 0, 1, 2, 3. */
  readonly costSensitivity: readonly { readonly multiple: number; readonly metrics: MetricSet }[];
  /** Decisions delayed by 0, 1, 2, 5 sessions; 0 is the normal next-session fill. */
  readonly delaySensitivity: readonly { readonly delay: number; readonly metrics: MetricSet }[];
  readonly fan: Fan | null;
  readonly presets: readonly PresetResult[];
  readonly conventions: readonly ConventionRow[] | null;
  /** Hashes, versions, seeds, snapshot. */
  readonly provenance: readonly { readonly name: string; readonly value: string }[];
  readonly notes: readonly string[];
  /** Tables and figures of the study itself. */
  readonly moreTables: readonly Table[];
  readonly moreFigures: readonly Figure[];
}

export interface Curve {
  readonly name: string;
  readonly role: "strategy" | "benchmark" | "preset";
  readonly returns: Float64Array;
}

export interface NamedMetrics {
  readonly name: string;
  readonly metrics: MetricSet;
}

export interface Interval {
  readonly series: string;
  /** Name as in the metrics: decides label and format. */
  readonly metric: string;
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

export interface Difference {
  readonly benchmark: string;
  readonly metric: string;
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

export interface SubPeriod {
  readonly name: string;
  readonly start: Day;
  readonly end: Day;
  readonly rows: readonly NamedMetrics[];
}

export interface MarketEvent {
  readonly name: string;
  readonly start: Day;
  readonly end: Day;
  readonly rows: readonly {
    readonly name: string;
    readonly return: number;
    /** Negative or zero. */
    readonly maxDrawdown: number;
  }[];
  /** The state of the regime day by day; may be empty. */
  readonly states: readonly { readonly day: DayNumber; readonly state: string }[];
}

export interface Drawdown {
  readonly start: DayNumber;
  readonly trough: DayNumber;
  /** `null` where it has not recovered. */
  readonly recovery: DayNumber | null;
  /** Negative. */
  readonly depth: number;
  /** State of the regime at the start; empty where there is none. */
  readonly stateAtStart: string;
}

/** Quantiles of wealth (start 1) over bootstrap resamples. */
export interface Fan {
  readonly days: Int32Array;
  readonly bands: readonly { readonly quantile: number; readonly values: Float64Array }[];
}

export interface PresetResult {
  readonly name: string;
  readonly metrics: MetricSet;
  /** "PASS", "KILL", "NOT PROVEN" or empty. */
  readonly verdict: string;
  readonly lookAhead: boolean;
}

/** One metric under the conventions of other tools. */
export interface ConventionRow {
  readonly metric: string;
  readonly ours: number;
  readonly quantstats: number;
  readonly empyrical: number;
  readonly pyfolio: number;
  /** Why they differ. */
  readonly note?: string;
}
