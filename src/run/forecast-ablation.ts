import { type Emit, type Key, lastAtOrBefore, parts, toNumber, uniforms } from "#core";
import {
  bootstrapIntervals,
  type Interval,
  type Metrics,
  minimumDetectableEffect,
  performance,
  type ReturnSeries,
  within,
} from "#evidence";
import { mean, normalQuantile, quantile, resampledIndices, std, stationaryBootstrap } from "#num";
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

/** What can be found at all, known before any filter is simulated. */
export interface PowerCheck {
  readonly entries: number;
  readonly resizes: number;
  readonly sessions: number;
  /** Share of the decisions that the random filters block, and their number. */
  readonly share: number;
  readonly filters: number;
  /** Median standard error of the paired difference in Sharpe ratio. */
  readonly standardError: number;
  /** Smallest difference found four times in five by a one-sided test at 5 %. */
  readonly minimumDetectableEffect: number;
  /** Spread of the differences that blocking at random alone makes: 5 %, 50 %, 95 %. */
  readonly byChance: readonly number[];
}

/** Blocks decisions at random and measures how well a difference in Sharpe ratio could be told. */
export async function checkPower(
  sleeve: Sleeve,
  base: Simulation,
  options: {
    readonly share: number;
    readonly filters: number;
    readonly key: Key;
    readonly resamples: number;
  },
): Promise<PowerCheck> {
  const { share, filters, key } = options;
  const open = openDecisions(base);
  const { sessions } = sleeve.bench.market;
  const errors: number[] = [];
  const differences: number[] = [];
  for (let i = 0; i < filters; i++) {
    const draws = uniforms(key.fold("random filter", i), sessions.length);
    const risk = draws.map((u) => (u < share ? 1 : 0));
    const columns = { risk, limit: risk.map(() => 0.5), share: risk.map(() => 1) };
    const { returns } = await simulateFiltered(sleeve, columns);
    const { sharpe } = bootstrapIntervals(
      returns,
      ["sharpe"],
      { key: key.fold("power", i), resamples: options.resamples },
      base.returns,
    );
    errors.push(sharpe.standardError);
    differences.push(sharpe.estimate);
  }
  const standardError = quantile(Float64Array.from(errors), 0.5);
  const test = { threshold: 0, standardError, criticalValue: normalQuantile(0.95) };
  return {
    entries: open.filter(({ kind }) => kind === "entry").length,
    resizes: open.filter(({ kind }) => kind === "resize").length,
    sessions: base.days.length,
    share,
    filters,
    standardError,
    minimumDetectableEffect: minimumDetectableEffect(test),
    byChance: [0.05, 0.5, 0.95].map((p) => quantile(Float64Array.from(differences), p)),
  };
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
  /** Share of months with a position that beat bills. */
  readonly winRate: number;
  readonly months: number;
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
  const own = monthsOf(simulation, riskFree);
  const { winRate, months } = winRateOf(own, range(own.length));
  const metrics = performance(stream(simulation), { riskFree });
  if (!against) return { ...about, metrics, winRate, months, differences: null };
  const { base, key, resamples } = against;
  if (simulation.returns.every((r, i) => r === base.returns[i])) {
    return { ...about, metrics, winRate, months, differences: SAME };
  }
  const paired = bootstrapIntervals(
    simulation.returns,
    ["sharpe", "max-drawdown"],
    { key: key.fold("returns"), resamples },
    base.returns,
  );
  const wins = winRateDifference(own, monthsOf(base, riskFree), key.fold("months"), resamples);
  return { ...about, metrics, winRate, months, differences: { ...paired, "win-rate": wins } };
}

const NIL: Interval = { estimate: 0, low: 0, high: 0, standardError: 0, blockLength: 1 };
/** A filter that changes nothing. */
const SAME = { sharpe: NIL, "max-drawdown": NIL, "win-rate": NIL };

/** A calendar month: whether anything was held in it, and its return over bills. */
interface Month {
  readonly held: boolean;
  readonly excess: number;
}

function monthsOf({ days, returns, exposure }: Simulation, riskFree: Float64Array): Month[] {
  const out: { held: boolean; excess: number; name: number }[] = [];
  days.forEach((day, i) => {
    const { year, month } = parts(day);
    const name = 12 * year + month;
    if (out.at(-1)?.name !== name) out.push({ held: false, excess: 0, name });
    const last = out.at(-1)!;
    last.held ||= exposure[i]! > 0;
    last.excess += returns[i]! - riskFree[i]!;
  });
  return out;
}

function range(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i);
}

function winRateOf(months: readonly Month[], index: ArrayLike<number>) {
  let held = 0;
  let wins = 0;
  for (let i = 0; i < index.length; i++) {
    const month = months[index[i]!]!;
    if (!month.held) continue;
    held++;
    if (month.excess > 0) wins++;
  }
  return { winRate: wins / held, months: held };
}

/** Months that follow one another in a resample, on average. */
const MONTHS_BLOCK = 3;

function winRateDifference(
  own: readonly Month[],
  base: readonly Month[],
  key: Key,
  resamples: number,
): Interval {
  const sampler = stationaryBootstrap(own.length, MONTHS_BLOCK, key);
  const index = new Int32Array(own.length);
  const difference = (rows: ArrayLike<number>) =>
    winRateOf(own, rows).winRate - winRateOf(base, rows).winRate;
  const draws = Float64Array.from({ length: resamples }, (_, b) => {
    resampledIndices(sampler, b, index);
    return difference(index);
  }).filter((x) => !Number.isNaN(x));
  return {
    estimate: difference(range(own.length)),
    low: quantile(draws, 0.025),
    high: quantile(draws, 0.975),
    standardError: std(draws, 1),
    blockLength: MONTHS_BLOCK,
  };
}

/** Decisions of the unfiltered sleeve that a filter blocks or makes smaller. */
export function countBlocked(open: readonly OpenDecision[], filter: FilterColumns): number {
  return open.filter(({ t }) => filter.risk[t]! >= filter.limit[t]! || filter.share[t]! < 1).length;
}

/** A policy in one crisis. */
export interface OutageRow {
  readonly crisis: string;
  readonly start: string;
  readonly end: string;
  /** "no filter", "model" where it works, or the policy while it is gone. */
  readonly case: string;
  readonly totalReturn: number;
  readonly maxDrawdown: number;
  readonly meanExposure: number;
  /** Over the whole window of the sleeve. */
  readonly sharpe: number;
}

/** What a simulation did inside a stretch. */
export function measureCrisis(
  simulation: Simulation,
  span: { readonly name: string; readonly start: string; readonly end: string },
  name: string,
): OutageRow {
  const inside: ReturnSeries = within(stream(simulation), span);
  const { totalReturn, maxDrawdown } = performance(inside);
  const from = lastAtOrBefore(simulation.days, toNumber(span.start) - 1) + 1;
  const exposure = simulation.exposure.subarray(from, from + inside.days.length);
  return {
    crisis: span.name,
    start: span.start,
    end: span.end,
    case: name,
    totalReturn,
    maxDrawdown,
    meanExposure: mean(exposure),
    sharpe: performance(stream(simulation)).sharpe,
  };
}

/** A filter that is gone between two sessions, both included. */
export function withOutage(
  { risk, limit, share }: FilterColumns,
  [from, to]: readonly [number, number],
  left: number,
): FilterColumns {
  const inside = (t: number) => t >= from && t <= to;
  return {
    risk: risk.map((x, t) => (inside(t) ? NaN : x)),
    limit,
    share: share.map((x, t) => (inside(t) ? left : x)),
  };
}

/** Tells progress of a list of simulations. */
export function counted(emit: Emit, name: string, total: number): () => void {
  let done = 0;
  return () => emit({ kind: "progress", name, done: ++done, total });
}
