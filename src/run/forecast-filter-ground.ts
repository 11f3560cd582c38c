import type { Emit } from "#core";
import type { Samples } from "#learn";
import type { Market } from "#market";
import type { Simulation } from "#backtest";
import type { Catalog } from "./catalog.ts";
import type { Sleeve } from "./forecast-ablation.ts";
import {
  type Drift,
  type Fault,
  type FilterColumns,
  filterColumns,
  findFaults,
} from "./forecast-fault.ts";
import type { RiskForecast } from "./forecast-filter-fit.ts";
import type { FailurePolicy, FilterSpec } from "./forecast-filter-spec.ts";
import type { Variant } from "./forecast-filter-trials.ts";
import type { KeptFits } from "./forecast-kept.ts";
import type { Ledger } from "./ledger.ts";

/** What a run of a filter study needs. */
export interface FilterRun {
  readonly spec: FilterSpec;
  readonly market: Market;
  readonly catalog: Catalog;
  readonly ledger: Ledger;
  readonly threads: number;
  readonly emit?: Emit;
  /** Called once the market has been read, before anything is trained or recorded. */
  readonly checkReads?: () => void;
  readonly kept?: KeptFits;
}

/** Everything that the parts of a run share once the models are trained. */
export interface Ground {
  readonly run: FilterRun;
  readonly emit: Emit;
  readonly sleeve: Sleeve;
  readonly base: Simulation;
  /** Forecast rows with their labels. */
  readonly tested: Samples;
  readonly drift: Drift;
}

/** The fault of each forecast row. */
export function faultsOf({ run, tested, drift }: Ground, forecast: RiskForecast): Fault[] {
  return findFaults(forecast, drift, tested.times, run.spec.failure);
}

/** What the sleeve hears of a forecast. */
export function columnsOf(
  ground: Ground,
  forecast: RiskForecast,
  threshold: Variant["threshold"],
  policy: FailurePolicy = ground.run.spec.failure.policy,
): FilterColumns {
  const { risk } = forecast;
  const limit = threshold === "chosen" ? forecast.limit : risk.map(() => threshold);
  const faults = faultsOf(ground, forecast);
  const heard = { times: ground.tested.times, risk, limit, faults };
  return filterColumns(ground.run.market.sessions, heard, policy);
}
