import { type DayNumber, type Emit, key, lastAtOrBefore, silent, toDay, toNumber } from "#core";
import { conventions, drawdowns, type Metrics, monthlyReturns, type Verdict } from "#evidence";
import { GATE_NAMES, validateGate } from "#features";
import { mean, std } from "#num";
import type { Simulation } from "#backtest";
import type { Market } from "#market";
import type { Catalog } from "./catalog.ts";
import { codeVersion } from "./code-version.ts";
import {
  judgeRuns,
  measure,
  measureFan,
  measureIntervals,
  type Runs,
  simulateSensitivity,
  simulateSpec,
  stream,
} from "./evaluation.ts";
import type { EventResult, PresetSummary, RunResult, RunSeries, SubPeriod } from "./result.ts";
import { gateOf, loadStrategy } from "./portfolio.ts";
import { resolveSpec, type Spec } from "./spec.ts";
import type { Study } from "./study.ts";
import {
  countLedgerTrials,
  fillSpec,
  finishedTrials,
  resultOf,
  type TrialCount,
  trialOf,
} from "./trials.ts";
import type { Ledger } from "./ledger.ts";
import { openWorkbench, windowRows, type Workbench } from "./workbench.ts";

/** What a run of a strategy study needs. */
export interface StrategyRun {
  readonly study: Study;
  readonly market: Market;
  readonly catalog: Catalog;
  readonly emit?: Emit;
  /** Holds the intents of the presets already. */
  readonly ledger: Ledger;
  /** Called once everything has been read, before anything is recorded or judged; may throw. */
  readonly onRead?: (lastSession: DayNumber) => void;
}

/** Everything a run of a strategy study found. */
export interface StrategyEvaluation {
  readonly spec: Spec;
  readonly result: Omit<RunResult, "run" | "code">;
  readonly series: RunSeries;
  readonly simulation: Simulation;
  /** Row of the market of the simulation's first session. */
  readonly firstRow: number;
}

/** Runs a study: the chosen preset in full, the others beside it. */
export async function runStrategyStudy(run: StrategyRun): Promise<StrategyEvaluation> {
  const { study, market, catalog, emit = silent } = run;
  const bench = openWorkbench(market, catalog);
  const specs = await Promise.all(
    study.presets.map((preset) => fillSpec(catalog, resolveSpec(study, preset))),
  );
  const all = new Map<string, Runs>();
  for (const [done, preset] of study.presets.entries()) {
    emit({ kind: "progress", name: "presets", done, total: study.presets.length });
    all.set(preset, await simulateSpec(specs[done]!, bench));
  }
  const chosen = all.get(study.preset)!;
  run.onRead?.(chosen.simulation.days.at(-1)!);
  const { ledger } = run;
  const trials = await recordTrials(run, [...all.values()]);

  emit({ kind: "stage", name: "judge", detail: "bootstrap and kill-tests" });
  const presets: PresetSummary[] = [];
  let verdicts: Verdict[] = [];
  for (const [preset, runs] of all) {
    // The chosen preset is judged by every contract, the others by the one that decides.
    const which = preset === study.preset ? "all" : "first";
    const judged = await judgeRuns(runs, { ledger, trials }, catalog, which);
    if (preset === study.preset) verdicts = judged;
    presets.push(summarise(preset, runs, judged[0] ?? null));
  }
  const intervals = measureIntervals(
    chosen.simulation.returns,
    chosen.benchmarks,
    resampling(chosen.spec, "intervals"),
  );
  const sensitivity = await simulateSensitivity(chosen, bench, emit);
  const gate = await gateStates(chosen.spec, bench, catalog);
  const { simulation, spec } = chosen;

  const result = {
    study: spec.study,
    preset: spec.preset,
    title: spec.title,
    simulated: market.simulated,
    lookAhead: spec.execution.fill === "same-open",
    snapshot: market.snapshot,
    period: {
      start: toDay(simulation.days[0]!),
      end: toDay(simulation.days.at(-1)!),
      sessions: simulation.days.length,
    },
    metrics: measure(chosen, simulation),
    intervals: intervals.own,
    benchmarks: measureBenchmarks(chosen),
    differences: intervals.differences,
    exPostMix: await exPostMix(chosen, bench),
    subPeriods: subPeriods(chosen, spec.periods),
    events: subPeriods(chosen, spec.events).map((event) => withGate(event, simulation.days, gate)),
    drawdowns: drawdowns(stream(simulation), 5).map(({ depth, peak, trough, recovery }) => ({
      depth,
      peak: toDay(peak),
      trough: toDay(trough),
      recovery: recovery === null ? null : toDay(recovery),
      gate: stateOn(simulation.days, gate, peak),
    })),
    ...tradingFigures(simulation),
    correlation: measure(chosen, simulation).correlation,
    gate: gate.length === 0 ? null : validateGate(gate, crisisMask(spec, simulation.days)),
    vrp: await premiumFigures(spec, bench),
    sensitivity: {
      costs: sensitivity.costs.map(({ multiple, simulation: s }) => ({
        multiple,
        metrics: measure(chosen, s),
      })),
      delays: sensitivity.delays.map(({ delay, simulation: s }) => ({
        delay,
        metrics: measure(chosen, s),
      })),
    },
    presets,
    verdict: verdicts[0] ?? null,
    verdicts,
    conventions: conventions(stream(simulation), {
      riskFree: chosen.riskFree,
      ...firstBenchmark(chosen),
    }),
    allowed: spec.data.allow,
    notes: spec.notes,
  };
  const firstRow = windowRows(market, spec.window).from;
  return { spec, result, series: seriesOf(chosen, all, gate), simulation, firstRow };
}

/** Writes the results that the ledger lacks of these data and this code, and counts what it then holds. */
async function recordTrials(
  { ledger, market }: StrategyRun,
  all: readonly Runs[],
): Promise<TrialCount> {
  const origin = { snapshot: market.snapshot, code: codeVersion() };
  const finished = finishedTrials(ledger, origin);
  const own = new Map(
    all.map((runs) => [trialOf(runs.spec).id, { runs, series: stream(runs.simulation) }]),
  );
  const results = [...own]
    .filter(([id]) => !finished.has(id))
    .map(([, { runs, series }]) =>
      resultOf(trialOf(runs.spec), measure(runs, runs.simulation), monthlyReturns(series), origin),
    );
  await ledger.append(results);
  return countLedgerTrials(ledger, new Map([...own].map(([id, { series }]) => [id, series])));
}

/** Returns of the first benchmark, where there is one. */
function firstBenchmark({ benchmarks }: Runs): { benchmark?: Float64Array } {
  const [first] = Object.values(benchmarks);
  return first ? { benchmark: first.returns } : {};
}

function measureBenchmarks(runs: Runs, window = runs.spec.window): Record<string, Metrics> {
  return Object.fromEntries(
    Object.entries(runs.benchmarks).map(([name, s]) => [name, measure(runs, s, window)]),
  );
}

function subPeriods(runs: Runs, spans: Spec["periods"]): SubPeriod[] {
  return spans.map((span) => ({
    ...span,
    metrics: measure(runs, runs.simulation, span),
    benchmarks: measureBenchmarks(runs, span),
  }));
}

function summarise(preset: string, runs: Runs, verdict: Verdict | null): PresetSummary {
  const { trades, timeInMarket } = tradingFigures(runs.simulation);
  return {
    preset,
    lookAhead: runs.spec.execution.fill === "same-open",
    trades,
    timeInMarket,
    metrics: measure(runs, runs.simulation),
    published: runs.spec.published,
    benchmarks: measureBenchmarks(runs),
    subPeriods: subPeriods(runs, runs.spec.periods),
    events: subPeriods(runs, runs.spec.events),
    verdict,
  };
}

/** How often a study resamples, and the draws of one purpose. */
function resampling({ bootstrap: { seed, resamples } }: Spec, purpose: string) {
  return { key: key(seed).fold(purpose), resamples };
}

function total(values: Float64Array): number {
  return values.reduce((sum, x) => sum + x, 0);
}

function tradingFigures({ exposure, turnover, costs, nav, trades, rejections }: Simulation) {
  const years = exposure.length / 252;
  return {
    trades,
    rejections: rejections.length,
    timeInMarket: total(exposure.map((x) => (x > 0 ? 1 : 0))) / exposure.length,
    meanExposure: mean(exposure),
    turnover: total(turnover) / years,
    costs: total(costs.map((x, t) => x / nav[t]!)) / years,
  };
}

/** The strategy's own gate, or the usual one where it has none. Empty where the data cannot give one. */
async function gateStates(spec: Spec, bench: Workbench, catalog: Catalog): Promise<Float64Array> {
  const own = gateOf(await loadStrategy(catalog, spec.strategy));
  const { from, to } = windowRows(bench.market, spec.window);
  return (await bench.feature(own ?? "gate-state")).subarray(from, to + 1);
}

function stateName(state: number | undefined): string {
  return state === undefined ? "" : (GATE_NAMES[state] ?? "");
}

function stateOn(days: Int32Array, gate: Float64Array, day: number): string {
  return stateName(gate[lastAtOrBefore(days, day)]);
}

function withGate(event: SubPeriod, days: Int32Array, gate: Float64Array): EventResult {
  const from = lastAtOrBefore(days, toNumber(event.start) - 1) + 1;
  const to = lastAtOrBefore(days, toNumber(event.end)) + 1;
  const states = Array.from(gate.subarray(from, to), (state, i) => ({
    day: toDay(days[from + i]!),
    state: stateName(state),
  }));
  return { ...event, gate: states };
}

function crisisMask(spec: Spec, days: Int32Array): Uint8Array {
  const spans = spec.events.map(({ start, end }) => [toNumber(start), toNumber(end)] as const);
  return Uint8Array.from(days, (day) => (spans.some(([a, b]) => day >= a && day <= b) ? 1 : 0));
}

async function premiumFigures(spec: Spec, bench: Workbench): Promise<RunResult["vrp"]> {
  const { from, to } = windowRows(bench.market, spec.window);
  const known = (await bench.feature("vrp")).subarray(from, to + 1).filter((x) => !Number.isNaN(x));
  if (known.length === 0) return null;
  return {
    mean: mean(known),
    std: std(known, 1),
    positive: known.filter((x) => x > 0).length / known.length,
  };
}

/** The mix at the mean exposure of the whole period: known only afterwards, so shown and never judged by. */
async function exPostMix(runs: Runs, bench: Workbench): Promise<Metrics | null> {
  const mix = runs.spec.benchmarks["constant-mix"];
  if (!mix) return null;
  const rows = bench.market.sessions.length;
  const share = new Float64Array(rows).fill(mean(runs.simulation.exposure));
  const { execution, window, account } = runs.spec;
  const job = {
    strategy: mix,
    execution,
    window,
    nav: account.nav,
    trace: false,
    extra: { "strategy.meanExposure": share },
  };
  return measure(runs, (await bench.prepare(job))());
}

function seriesOf(chosen: Runs, all: ReadonlyMap<string, Runs>, gate: Float64Array): RunSeries {
  const { simulation, spec, benchmarks } = chosen;
  const others = [...all].filter(([name]) => name !== spec.preset);
  return {
    days: simulation.days,
    curves: [
      { name: `${spec.study} ${spec.preset}`, role: "strategy", returns: simulation.returns },
      ...Object.entries(benchmarks).map(([name, { returns }]) => ({
        name,
        role: "benchmark" as const,
        returns,
      })),
      ...others.map(([name, runs]) => ({
        name,
        role: "preset" as const,
        returns: runs.simulation.returns,
      })),
    ],
    exposure: simulation.exposure,
    turnover: simulation.turnover,
    gate,
    fan: measureFan(simulation.returns, resampling(spec, "fan")),
  };
}
