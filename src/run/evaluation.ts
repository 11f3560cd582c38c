import { type Emit, key, type Key, lastAtOrBefore, toNumber } from "#core";
import {
  bootstrapIntervals,
  type Interval,
  type KillTest,
  type Metrics,
  performance,
  type ReturnSeries,
  type Verdict,
  wealthFan,
  within,
} from "#evidence";
import { expandingMean } from "#features";
import type { Simulation } from "#backtest";
import type { Catalog } from "./catalog.ts";
import type { Spec } from "./spec.ts";
import type { Ledger } from "./ledger.ts";
import { type TrialCount, trialOf } from "./trials.ts";
import { judgeTrial } from "./verdicts.ts";
import { type Job, windowRows, type Workbench } from "./workbench.ts";

/** Statistics with an interval. */
const STATISTICS = ["sharpe", "cagr", "max-drawdown"] as const;
export type IntervalStatistic = (typeof STATISTICS)[number];
export type Intervals = Record<IntervalStatistic, Interval>;

/** Quantiles of the bootstrap fan. */
const FAN = [0.05, 0.25, 0.5, 0.75, 0.95];

/** A strategy under one preset, simulated beside its benchmarks. */
export interface Runs {
  readonly spec: Spec;
  readonly simulation: Simulation;
  readonly twofoldCosts: Simulation;
  readonly benchmarks: Readonly<Record<string, Simulation>>;
  /** Simple return of cash by session of the simulation. */
  readonly riskFree: Float64Array;
}

/** Simulates a spec, the same at twofold costs, and its benchmarks under the same execution. */
export async function simulateSpec(spec: Spec, bench: Workbench, trace = true): Promise<Runs> {
  const job: Job = {
    strategy: spec.strategy,
    execution: spec.execution,
    window: spec.window,
    nav: spec.account.nav,
    trace,
  };
  const simulation = (await bench.prepare(job))();
  const twofoldCosts = (await bench.prepare(withCosts(job, 2, false)))();
  const extra = { "strategy.meanExposure": meanExposure(bench, spec, simulation) };
  const benchmarks: Record<string, Simulation> = {};
  for (const [name, strategy] of Object.entries(spec.benchmarks)) {
    benchmarks[name] = (await bench.prepare({ ...job, strategy, extra, trace: false }))();
  }
  return { spec, simulation, twofoldCosts, benchmarks, riskFree: await billReturns(bench, spec) };
}

/** A job whose costs are multiplied. */
export function withCosts(job: Job, multiple: number, trace: boolean): Job {
  const { execution } = job;
  const costs = { ...execution.costs, multiple: execution.costs.multiple * multiple };
  return { ...job, execution: { ...execution, costs }, trace };
}

/** Mean exposure so far by row of the market: what a mix that copies the strategy's average knew. */
function meanExposure(bench: Workbench, spec: Spec, { exposure }: Simulation): Float64Array {
  const { from } = windowRows(bench.market, spec.window);
  const rows = new Float64Array(bench.market.sessions.length).fill(NaN);
  rows.set(exposure, from);
  return expandingMean(rows);
}

/** Return of a Treasury bill over each session of the window, at the rate known the session before. */
export async function billReturns(bench: Workbench, spec: Spec): Promise<Float64Array> {
  const rate = await bench.feature("bill-rate");
  const { sessions } = bench.market;
  const { from, to } = windowRows(bench.market, spec.window);
  return sessions.slice(from, to + 1).reduce(
    (out, day, i) => {
      const t = from + i;
      const known = t > 0 ? rate[t - 1]! : NaN;
      out[i] = Number.isNaN(known) ? 0 : (known * (day - sessions[t - 1]!)) / 365;
      return out;
    },
    new Float64Array(to - from + 1),
  );
}

/** Daily returns of a simulation as evidence. */
export function stream({ days, returns }: Simulation): ReturnSeries {
  return { days, returns };
}

/** Metrics of a simulation inside a window, beside the first benchmark. */
export function measure(runs: Runs, simulation: Simulation, span = runs.spec.window): Metrics {
  const { days } = simulation;
  const from = lastAtOrBefore(days, toNumber(span.start) - 1) + 1;
  const to = lastAtOrBefore(days, toNumber(span.end)) + 1;
  const benchmark = Object.values(runs.benchmarks)[0];
  return performance(within(stream(simulation), span), {
    riskFree: runs.riskFree.subarray(from, to),
    ...(benchmark && { benchmark: benchmark.returns.subarray(from, to) }),
  });
}

/** Bootstrap intervals of returns, and of their paired differences to each benchmark. */
export function measureIntervals(
  returns: Float64Array,
  benchmarks: Readonly<Record<string, { readonly returns: Float64Array }>>,
  options: { readonly key: Key; readonly resamples: number },
): { own: Intervals; differences: Record<string, Intervals> } {
  const own = bootstrapIntervals(returns, STATISTICS, options);
  const differences: Record<string, Intervals> = {};
  for (const [name, benchmark] of Object.entries(benchmarks)) {
    differences[name] = bootstrapIntervals(returns, STATISTICS, options, benchmark.returns);
  }
  return { own, differences };
}

/** Quantile paths of bootstrapped wealth. */
export type Fan = readonly { readonly quantile: number; readonly values: Float64Array }[];

/** The fan of wealth that resampled returns make, from at most 500 resamples. */
export function measureFan(
  returns: Float64Array,
  { key: source, resamples }: { readonly key: Key; readonly resamples: number },
): Fan {
  const options = { key: source, resamples: Math.min(resamples, 500) };
  const bands = wealthFan(returns, FAN, options);
  return FAN.map((quantile, i) => ({ quantile, values: bands[i]! }));
}

/** True where something was held in every window of a contract. */
function heldInEvery({ simulation }: Runs, { criteria }: KillTest): boolean {
  const { days, exposure } = simulation;
  return criteria.every(({ window }) => {
    const inside = within({ days, returns: exposure }, window).returns;
    return inside.length === 0 || inside.some((share) => share > 0);
  });
}

/**
 * Judges the runs by their first kill-test or by all of them. A test is left out where the strategy held nothing in one of
 * its windows: cash alone is no evidence for or against a claim.
 */
export async function judgeRuns(
  runs: Runs,
  { ledger, trials }: { readonly ledger: Ledger; readonly trials: TrialCount },
  catalog: Catalog,
  which: "first" | "all",
): Promise<Verdict[]> {
  const source = key(runs.spec.bootstrap.seed).fold("judge");
  const evidence = {
    streams: { 1: stream(runs.simulation), 2: stream(runs.twofoldCosts) },
    benchmarks: Object.fromEntries(
      Object.entries(runs.benchmarks).map(([name, run]) => [name, stream(run)]),
    ),
    riskFree: { days: runs.simulation.days, returns: runs.riskFree },
    trials,
  };
  const tests: KillTest[] = [];
  for (const name of runs.spec.killTests) {
    tests.push(await catalog.load<KillTest>("killtests", name));
  }
  const trial = trialOf(runs.spec);
  const together = tests.map(({ hash }) => hash);
  const verdicts: Verdict[] = [];
  for (const killTest of which === "all" ? tests : tests.slice(0, 1)) {
    if (!heldInEvery(runs, killTest)) continue;
    const asked = { ledger, trial, killTest, together };
    verdicts.push(await judgeTrial(asked, evidence, source.fold(killTest.name)));
  }
  return verdicts;
}

/** A simulation for each multiple of costs, and for each delay beyond the next session, whatever the preset fills at. */
export async function simulateSensitivity(
  { spec }: Runs,
  bench: Workbench,
  emit: Emit,
): Promise<{
  costs: { multiple: number; simulation: Simulation }[];
  delays: { delay: number; simulation: Simulation }[];
}> {
  const job: Job = {
    strategy: spec.strategy,
    execution: spec.execution,
    window: spec.window,
    nav: spec.account.nav,
    trace: false,
  };
  emit({ kind: "stage", name: "sensitivity", detail: "costs and delays" });
  const costs = [];
  for (const multiple of spec.sensitivity.costs) {
    costs.push({ multiple, simulation: (await bench.prepare(withCosts(job, multiple, false)))() });
  }
  const delays = [];
  for (const delay of spec.sensitivity.delays) {
    const later = { fill: "next-open" as const, delay: spec.execution.delay + delay };
    const execution = { ...spec.execution, ...later };
    delays.push({ delay, simulation: (await bench.prepare({ ...job, execution }))() });
  }
  return { costs, delays };
}
