import type { Day } from "#core";
import type { Verdict } from "#evidence";
import type { Evaluation, MetricInterval } from "#learn";
import type { FilterRow } from "./forecast-ablation.ts";
import type { OutageRow } from "./forecast-outage.ts";
import type { PowerCheck } from "./forecast-power.ts";
import type { Fault } from "./forecast-fault.ts";
import type { FailureTerms } from "./forecast-filter-spec.ts";

/** One of the document's criteria as it falls. */
export interface DocumentCriterion {
  readonly name: string;
  readonly target: string;
  readonly value: MetricInterval;
  /** Whether the estimate meets it, and whether the whole interval does or does not. */
  readonly met: boolean;
  readonly certain: boolean;
}

/** A contender's forecasts out of sample. */
export interface ContenderSummary {
  readonly name: string;
  /** Area under the ROC curve and log-loss of each seed. */
  readonly seeds: readonly {
    readonly seed: number;
    readonly auc: number;
    readonly logLoss: number;
  }[];
  readonly failed: readonly {
    readonly seed: number;
    readonly training: number;
    readonly why: string;
  }[];
  readonly episodes: { readonly announced: number; readonly atOnce: number };
  /** Sessions by fault. */
  readonly faults: Readonly<Record<Fault, number>>;
  /** Trainings after which every session got the same probability: nothing was learned that held on the tail. */
  readonly flat: number;
  /** How often each threshold was chosen. */
  readonly thresholds: readonly { readonly threshold: number; readonly trainings: number }[];
  /** Forecast probability against what happened, in tenths of the forecasts. */
  readonly calibration: readonly {
    readonly forecast: number;
    readonly observed: number;
    readonly count: number;
  }[];
}

/** What a study of a filter found: `result.json`. NaN is null there. */
export interface FilterResult {
  readonly kind: "filter";
  readonly study: string;
  readonly preset: string;
  readonly title: string;
  readonly simulated: boolean;
  readonly lookAhead: boolean;
  readonly snapshot: string;
  readonly code: string;
  readonly run: string;
  readonly period: { readonly start: Day; readonly end: Day; readonly sessions: number };
  readonly target: string;
  readonly baseRate: number;
  readonly episodes: number;
  /** First day, sessions and whether a loss was in it. */
  readonly trainings: number;
  readonly seeds: readonly number[];
  /** False where the filter is switched off: nothing is filtered and nothing judged. */
  readonly enabled: boolean;
  readonly failure: FailureTerms;
  /** Probabilities. */
  readonly evaluation: Evaluation;
  /** Alarms at each contender's thresholds. */
  readonly alarms: Evaluation;
  readonly contenders: readonly ContenderSummary[];
  readonly document: readonly DocumentCriterion[];
  readonly power: PowerCheck;
  readonly sleeve: { readonly start: Day; readonly end: Day; readonly sessions: number };
  readonly ablation: readonly FilterRow[];
  readonly outages: readonly OutageRow[];
  readonly verdict: Verdict | null;
  readonly trials: number;
  /** Name of the folder with the stored daily table; "" where none is asked for. */
  readonly table: string;
}

/** What a monitoring page shows, a value a forecast row: `monitoring.json`. */
export interface FilterMonitoring {
  readonly days: Int32Array;
  readonly probability: Float64Array;
  readonly risk: Float64Array;
  readonly limit: Float64Array;
  readonly label: Float64Array;
  readonly fault: readonly Fault[];
  /** Calendar days since the last close that the model knows. */
  readonly age: Int32Array;
  readonly z: Float64Array;
  readonly zFeature: readonly string[];
  readonly psi: Float64Array;
  /** Over the last 252 labelled rows: share of alarms that were right, of risk rows with an alarm, and Brier score. */
  readonly precision: Float64Array;
  readonly recall: Float64Array;
  readonly brier: Float64Array;
}
