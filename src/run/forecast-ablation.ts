import type { Emit, Key } from "#core";
import {
  bootstrapIntervals,
  type Interval,
  type Metrics,
  minus,
  performance,
  winRateOf,
} from "#evidence";
import type { Simulation } from "#backtest";
import { stream, withCosts } from "./evaluation.ts";
import type { FilterColumns } from "./forecast-fault.ts";
import type { Spec } from "./spec.ts";
import type { Job, Workbench } from "./workbench.ts";

/** Names under which the strategy reads a filter. */
const COLUMNS = {
  riskColumn: "forecast.risk",
  riskLimitColumn: "forecast.limit",
  riskShareColumn: "forecast.share",
} as const;

/** The sleeve on a workbench, to be simulated under filters. */
export interface Sleeve {
  readonly spec: Spec;
  readonly bench: Workbench;
  /** Return of cash by session of the sleeve's window. */
  readonly riskFree: Float64Array;
}

/** Simulates the sleeve, under a filter where one is given. */
export async function simulateFiltered(
  { spec, bench }: Sleeve,
  filter?: FilterColumns,
  options: { readonly trace?: boolean; readonly twofold?: boolean } = {},
): Promise<Simulation> {
  const params = filter ? { ...spec.strategy.params, ...COLUMNS } : spec.strategy.params;
  const job: Job = {
    strategy: { ...spec.strategy, params },
    execution: spec.execution,
    window: spec.window,
    nav: spec.account.nav,
    trace: options.trace ?? false,
    ...(filter && {
      extra: {
        [COLUMNS.riskColumn]: filter.risk,
        [COLUMNS.riskLimitColumn]: filter.limit,
        [COLUMNS.riskShareColumn]: filter.share,
      },
    }),
  };
  const costed = options.twofold ? withCosts(job, 2, job.trace) : job;
  return (await bench.prepare(costed))();
}

/** A decision of the sleeve that passes all its rules: what a filter could still change. */
export interface OpenDecision {
  /** Row of the market. */
  readonly t: number;
  readonly kind: "entry" | "resize";
}

/** Decisions that came as far as a size. */
export function openDecisions({ decisions }: Simulation): OpenDecision[] {
  return decisions
    .filter(({ findings }) => findings.some(({ rule }) => rule === "contracts"))
    .map(({ t, reason }) => ({ t, kind: reason.includes("resized") ? "resize" : "entry" }));
}

/** One filter beside no filter. */
export interface FilterRow {
  readonly name: string;
  /** Null for the mean of the seeds. */
  readonly seed: number | null;
  /** "chosen" on the held-out rows of each training, or one for all. */
  readonly threshold: number | "chosen" | "none";
  /** Decisions of the unfiltered sleeve that it blocks or halves. */
  readonly blocked: number;
  readonly metrics: Metrics;
  /** Share of the days with a position that beat bills, and their number. */
  readonly winRate: number;
  readonly daysHeld: number;
  /** Filtered less unfiltered, paired; null without a filter. */
  readonly differences: Readonly<Record<"sharpe" | "max-drawdown" | "win-rate", Interval>> | null;
}

/** Compares a filtered simulation with the unfiltered one. */
export function compareFilter(
  sleeve: Sleeve,
  about: Pick<FilterRow, "name" | "seed" | "threshold" | "blocked">,
  simulation: Simulation,
  against: { readonly base: Simulation; readonly key: Key; readonly resamples: number } | null,
): FilterRow {
  const { riskFree } = sleeve;
  const overCash = minus(simulation.returns, riskFree);
  const { winRate, days: daysHeld } = winRateOf(overCash);
  const metrics = performance(stream(simulation), { riskFree });
  const row = { ...about, metrics, winRate, daysHeld };
  if (!against) return { ...row, differences: null };
  const { base, key, resamples } = against;
  if (simulation.returns.every((r, i) => r === base.returns[i])) {
    return { ...row, differences: SAME };
  }
  const paired = bootstrapIntervals(
    simulation.returns,
    ["sharpe", "max-drawdown"],
    { key: key.fold("returns"), resamples },
    base.returns,
  );
  const wins = bootstrapIntervals(
    overCash,
    ["win-rate"],
    { key: key.fold("over cash"), resamples },
    minus(base.returns, riskFree),
  );
  return { ...row, differences: { ...paired, ...wins } };
}

const NIL: Interval = { estimate: 0, low: 0, high: 0, standardError: 0, blockLength: 1 };
/** A filter that changes nothing. */
const SAME = { sharpe: NIL, "max-drawdown": NIL, "win-rate": NIL };

/** Decisions of the unfiltered sleeve that a filter blocks or makes smaller. */
export function countBlocked(open: readonly OpenDecision[], filter: FilterColumns): number {
  return open.filter(({ t }) => filter.risk[t]! >= filter.limit[t]! || filter.share[t]! < 1).length;
}

/** Tells progress of a list of simulations. */
export function counted(emit: Emit, name: string, total: number): () => void {
  let done = 0;
  return () => emit({ kind: "progress", name, done: ++done, total });
}
