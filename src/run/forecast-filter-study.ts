import { type Emit, key, lastAtOrBefore, silent, toDay, toNumber } from "#core";
import { judge, type KillTest, monthlyReturns, trialIdentity, type Verdict } from "#evidence";
import {
  auc,
  averagePrecisionMetric,
  brier,
  evaluate,
  logLoss,
  measure,
  type Prediction,
  type Samples,
  takeRows,
} from "#learn";
import type { Market } from "#market";
import type { Simulation } from "#backtest";
import type { Catalog } from "./catalog.ts";
import { billReturns, stream } from "./evaluation.ts";
import {
  checkPower,
  compareFilter,
  countBlocked,
  counted,
  type FilterRow,
  measureCrisis,
  openDecisions,
  type OutageRow,
  simulateFiltered,
  type Sleeve,
  withOutage,
} from "./forecast-ablation.ts";
import { ALARM_METRICS, alarmForecast, countAnnounced, findEpisodes } from "./forecast-alarms.ts";
import { buildRows } from "./forecast-data.ts";
import {
  type Drift,
  type Fault,
  FAULTS,
  type FilterColumns,
  filterColumns,
  findFaults,
  measureDrift,
} from "./forecast-fault.ts";
import {
  driftRows,
  fitRisk,
  type RiskContender,
  type RiskForecast,
} from "./forecast-filter-fit.ts";
import type {
  ContenderSummary,
  DocumentCriterion,
  FilterMonitoring,
  FilterResult,
} from "./forecast-filter-result.ts";
import type { FailurePolicy, FilterSpec } from "./forecast-filter-spec.ts";
import { MODEL } from "./forecast-result.ts";
import { lossSessions, planRetraining, type Training } from "./forecast-retraining.ts";
import type { Ledger } from "./ledger.ts";
import {
  contractRecords,
  countLedgerTrials,
  finishedTrials,
  newIntents,
  resultOf,
  type Trial,
} from "./trials.ts";
import { openWorkbench, type Workbench } from "./workbench.ts";

/** What a run of a filter study needs. */
export interface FilterRun {
  readonly spec: FilterSpec;
  readonly market: Market;
  readonly catalog: Catalog;
  readonly ledger: Ledger;
  readonly threads: number;
  readonly emit?: Emit;
}

/** What a run found. */
export interface FilterEvaluation {
  readonly result: Omit<FilterResult, "run" | "code" | "table">;
  readonly monitoring: FilterMonitoring;
  readonly contenders: readonly RiskContender[];
  readonly trainings: readonly Training[];
  readonly bench: Workbench;
}

/** Everything that the parts of a run share once the models are trained. */
interface Ground {
  readonly run: FilterRun;
  readonly emit: Emit;
  readonly sleeve: Sleeve;
  readonly base: Simulation;
  /** Forecast rows with their labels. */
  readonly tested: Samples;
  readonly drift: Drift;
}

/**
 * Trains and retrains the contenders, measures their forecasts, and simulates the sleeve under each as a filter, after
 * having said what a filter could change.
 */
export async function runFilterStudy(run: FilterRun): Promise<FilterEvaluation> {
  const { spec, market, catalog, emit = silent } = run;
  const bench = openWorkbench(market, catalog);
  const tests: KillTest[] = [];
  for (const name of spec.killTests) tests.push(await catalog.load<KillTest>("killtests", name));
  await run.ledger.append(contractRecords(run.ledger, spec.study, tests));

  emit({ kind: "stage", name: "features", detail: spec.target });
  const rows = await buildRows(bench, spec);
  const returns = await bench.feature(spec.returns);
  const losses = lossSessions(returns, spec.retraining.loss, rows.horizon);
  const trainings = planRetraining(rows, market.sessions, losses, {
    ...spec.retraining,
    from: spec.from,
    held: spec.held,
  });
  emit({ kind: "stage", name: "decisions", detail: "what a filter could change" });
  const { strategy: sleeveSpec } = spec;
  const sleeve = { spec: sleeveSpec, bench, riskFree: await billReturns(bench, sleeveSpec) };
  const base = await simulateFiltered(sleeve, undefined, { trace: true });
  const source = key(spec.bootstrap.seed);
  const { resamples } = spec.bootstrap;
  const power = await checkPower(sleeve, base, {
    ...spec.power,
    key: source.fold("power"),
    resamples: Math.min(resamples, 500),
  });
  await run.ledger.append(newIntents(run.ledger, trialsOf(spec)));

  emit({ kind: "stage", name: "train", detail: `${trainings.length} trainings` });
  const { threads } = run;
  const contenders = await fitRisk(spec, { rows, trainings, catalog, threads, emit });
  const tested = takeRows(
    rows,
    trainings.flatMap(({ test }) => Array.from(test)),
  );
  const drift = measureDrift(driftRows(rows, Object.keys(spec.features)), trainings);
  const ground: Ground = { run, emit, sleeve, base, tested, drift };

  emit({ kind: "stage", name: "measure", detail: "bootstrap" });
  const measured = measureForecasts(ground, contenders);
  emit({ kind: "stage", name: "ablation", detail: sleeveSpec.strategy.name });
  const ablation = await ablate(ground, contenders, tests);
  const outages = await priceOutages(ground, contenders[0]!);
  const episodes = findEpisodes(tested.target, rows.horizon);
  const known = tested.target.filter((label) => !Number.isNaN(label));
  const result = {
    kind: "filter" as const,
    study: spec.study,
    preset: spec.preset,
    title: spec.title,
    simulated: market.simulated,
    lookAhead: false,
    snapshot: market.snapshot,
    period: {
      start: toDay(tested.times[0]!),
      end: toDay(tested.times.at(-1)!),
      sessions: tested.times.length,
    },
    target: spec.target,
    baseRate: known.reduce((sum, label) => sum + label, 0) / known.length,
    episodes: episodes.length,
    trainings: trainings.length,
    seeds: spec.seeds,
    policy: spec.failure.policy,
    ...measured,
    contenders: contenders.map((one) => summarise(ground, one, trainings)),
    power,
    sleeve: {
      start: toDay(base.days[0]!),
      end: toDay(base.days.at(-1)!),
      sessions: base.days.length,
    },
    ...ablation,
    outages,
  };
  const monitoring = monitor(ground, contenders[0]!.forecasts[0]);
  return { result, monitoring, contenders, trainings, bench };
}

/** Name of a contender's filter in tables and as a trial. */
interface Variant {
  readonly name: string;
  readonly seed: number | null;
  readonly threshold: number | "chosen";
}

/** Every filter that is simulated: each contender at its own thresholds and at fixed ones, and each seed. */
function variantsOf(spec: FilterSpec): Variant[] {
  const names = [MODEL, ...Object.keys(spec.baselines).filter((name) => name !== "class-prior")];
  const means = names.flatMap((name) =>
    (["chosen", ...spec.thresholds] as const).map((threshold) => ({ name, seed: null, threshold })),
  );
  const seeds = spec.seeds.length > 1 ? spec.seeds : [];
  return [...means, ...seeds.map((seed) => ({ name: MODEL, seed, threshold: "chosen" as const }))];
}

function trialOfVariant(spec: FilterSpec, { name, seed, threshold }: Variant): Trial {
  const { target, features, columns, steps, model, baselines, retraining, held, balanced } = spec;
  const { probability, thresholds, mostFalse, failure, seeds, data, from, window } = spec;
  const { strategy, execution, account } = spec.strategy;
  const forecast = {
    target,
    features,
    columns,
    steps,
    retraining,
    held,
    balanced,
    probability,
    from,
    use: name === MODEL ? model : baselines[name],
    learnedFrom: window,
    thresholds: threshold === "chosen" ? { thresholds, mostFalse } : threshold,
    seeds: name === MODEL ? (seed ?? seeds) : 0,
    failure: { policy: failure.policy, maxAge: failure.maxAge, drift: failure.drift },
  };
  const id = trialIdentity({
    spec: { forecast, strategy, execution, account },
    window: spec.strategy.window,
    seed: data.source === "simulated" ? data.seed : 0,
  });
  const part = seed === null ? "" : `, seed ${seed}`;
  return { study: spec.study, id, label: `${spec.preset}: ${name}${part} at ${threshold}` };
}

/** The sleeve without a filter, and every filter. */
function trialsOf(spec: FilterSpec): Trial[] {
  return [baseTrial(spec), ...variantsOf(spec).map((variant) => trialOfVariant(spec, variant))];
}

function baseTrial({ study, data, strategy: sleeve }: FilterSpec): Trial {
  const { strategy, execution, account, window } = sleeve;
  const seed = data.source === "simulated" ? data.seed : 0;
  return {
    study,
    id: trialIdentity({ spec: { strategy, execution, account }, window, seed }),
    label: "no filter",
  };
}

function faultsOf({ run, tested, drift }: Ground, forecast: RiskForecast): Fault[] {
  return findFaults(forecast, drift, tested.times, run.spec.failure);
}

function columnsOf(
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

/** Probabilities and alarms of all contenders, and the document's criteria. */
function measureForecasts(
  { run: { spec }, tested }: Ground,
  contenders: readonly RiskContender[],
): Pick<FilterResult, "evaluation" | "alarms" | "document"> {
  const source = key(spec.bootstrap.seed);
  const { resamples } = spec.bootstrap;
  const forecasts: Record<string, Prediction> = {};
  const alarms: Record<string, Prediction> = {};
  for (const { name, forecasts: own } of contenders) {
    const [{ probability, risk, limit }] = own;
    forecasts[name] = { task: tested.task, values: twoClasses(probability) };
    if (name !== "class-prior") {
      alarms[name] = { task: tested.task, values: alarmForecast(risk, limit) };
    }
  }
  const evaluation = evaluate(tested, forecasts, {
    baselines: others(forecasts),
    key: source.fold("probabilities"),
    resamples,
    metrics: [auc, averagePrecisionMetric, logLoss, brier],
  });
  const measured = evaluate(tested, alarms, {
    baselines: others(alarms),
    key: source.fold("alarms"),
    resamples,
    metrics: ALARM_METRICS,
  });
  const own = measured.scores[MODEL]!;
  const document = [
    criterion("precision", ">= 60%", own["precision"]!, 0.6),
    criterion("recall", ">= 50%", own["recall"]!, 0.5),
    criterion("AUC", ">= 0.70", evaluation.scores[MODEL]!["auc"]!, 0.7),
    criterion("false-positive rate", "<= 30%", own["falsePositiveRate"]!, 0.3, true),
  ];
  return { evaluation, alarms: measured, document };
}

function others(of: object): string[] {
  return Object.keys(of).filter((name) => name !== MODEL);
}

function twoClasses(probability: Float64Array): Float64Array {
  return Float64Array.from({ length: 2 * probability.length }, (_, at) =>
    at % 2 === 1 ? probability[at >> 1]! : 1 - probability[at >> 1]!,
  );
}

function criterion(
  name: string,
  target: string,
  value: DocumentCriterion["value"],
  limit: number,
  below = false,
): DocumentCriterion {
  const side = (x: number) => (below ? x <= limit : x >= limit);
  const met = side(value.estimate);
  return { name, target, value, met, certain: side(value.low) === met && side(value.high) === met };
}

function summarise(
  ground: Ground,
  contender: RiskContender,
  trainings: readonly Training[],
): ContenderSummary {
  const { tested } = ground;
  const [main, ...each] = contender.forecasts;
  const labelled = Array.from(tested.target, (_, row) => row).filter(
    (row) => !Number.isNaN(tested.target[row]!),
  );
  const target = Float64Array.from(labelled, (row) => tested.target[row]!);
  const score = ({ seed, probability }: RiskForecast) => {
    const own = Float64Array.from(labelled, (row) => probability[row]!);
    const forecasts = { values: twoClasses(own), target, classes: 2 };
    return { seed: seed ?? 0, auc: measure(auc, forecasts), logLoss: measure(logLoss, forecasts) };
  };
  const faults = faultsOf(ground, main);
  let at = 0;
  const chosen = new Map<number, number>();
  for (const { test } of trainings) {
    const threshold = main.limit[at]!;
    chosen.set(threshold, (chosen.get(threshold) ?? 0) + 1);
    at += test.length;
  }
  const episodes = findEpisodes(tested.target, tested.horizon);
  return {
    name: contender.name,
    seeds: (each.length > 0 ? each : [main]).map(score),
    failed: contender.failed,
    episodes: countAnnounced(episodes, alarmForecast(main.risk, main.limit)),
    faults: Object.fromEntries(
      FAULTS.map((fault) => [fault, faults.filter((own) => own === fault).length]),
    ) as Record<Fault, number>,
    thresholds: [...chosen]
      .map(([threshold, count]) => ({ threshold, trainings: count }))
      .toSorted((a, b) => a.threshold - b.threshold),
    calibration: calibrationBins(
      labelled.map((row) => main.probability[row]!),
      target,
    ),
  };
}

/** Ten bins of as many forecasts each. */
function calibrationBins(forecast: readonly number[], target: Float64Array) {
  const order = forecast.map((_, i) => i).toSorted((a, b) => forecast[a]! - forecast[b]!);
  return Array.from({ length: 10 }, (_, bin) => {
    const inside = order.slice(
      Math.floor((bin * order.length) / 10),
      Math.floor(((bin + 1) * order.length) / 10),
    );
    const mean = (of: (i: number) => number) =>
      inside.reduce((sum, i) => sum + of(i), 0) / inside.length;
    return {
      forecast: mean((i) => forecast[i]!),
      observed: mean((i) => target[i]!),
      count: inside.length,
    };
  });
}

/** Simulates every filter, writes what the ledger lacks, and judges the model's. */
async function ablate(
  ground: Ground,
  contenders: readonly RiskContender[],
  tests: readonly KillTest[],
): Promise<{ ablation: FilterRow[]; verdict: Verdict | null; trials: number }> {
  const { run, sleeve, base } = ground;
  const { spec, ledger } = run;
  const { resamples } = spec.bootstrap;
  const source = key(spec.bootstrap.seed).fold("ablation");
  const open = openDecisions(base);
  const none = { name: "no filter", seed: null, threshold: "none" as const, blocked: 0 };
  const ablation = [compareFilter(sleeve, none, base, null)];
  const variants = variantsOf(spec);
  const told = counted(ground.emit, "filters", variants.length);
  const streams = new Map([[baseTrial(spec).id, stream(base)]]);
  const finished = finishedTrials(ledger);
  const records = finished.has(baseTrial(spec).id)
    ? []
    : [resultOf(baseTrial(spec), ablation[0]!.metrics, monthlyReturns(stream(base)))];
  for (const variant of variants) {
    const contender = contenders.find(({ name }) => name === variant.name)!;
    const forecast = contender.forecasts.find(({ seed }) => seed === variant.seed)!;
    const columns = columnsOf(ground, forecast, variant.threshold);
    const simulation = await simulateFiltered(sleeve, columns);
    const about = { ...variant, blocked: countBlocked(open, columns) };
    const label = `${variant.name} ${variant.seed ?? ""} ${variant.threshold}`;
    const against = { base, key: source.fold(label), resamples };
    const row = compareFilter(sleeve, about, simulation, against);
    ablation.push(row);
    const trial = trialOfVariant(spec, variant);
    streams.set(trial.id, stream(simulation));
    if (!finished.has(trial.id)) {
      records.push(resultOf(trial, row.metrics, monthlyReturns(stream(simulation))));
    }
    told();
  }
  await ledger.append(records);
  const trials = countLedgerTrials(ledger, streams);
  const killTest = tests[0];
  const verdict = killTest
    ? judge(
        killTest,
        {
          ...(await evidenceOf(ground, contenders[0]!.forecasts[0])),
          trials,
        },
        source.fold("judge", killTest.name),
      )
    : null;
  return { ablation, verdict, trials: trials.recorded };
}

/** The model's filter at costs as they are and twofold, beside the sleeve without it at the same. */
async function evidenceOf(ground: Ground, forecast: RiskForecast) {
  const { sleeve, base } = ground;
  const columns = columnsOf(ground, forecast, "chosen");
  const twofold = { twofold: true };
  return {
    streams: {
      1: stream(await simulateFiltered(sleeve, columns)),
      2: stream(await simulateFiltered(sleeve, columns, twofold)),
    },
    benchmarks: {
      "no filter": stream(base),
      "no filter, twofold costs": stream(await simulateFiltered(sleeve, undefined, twofold)),
    },
    riskFree: { days: base.days, returns: sleeve.riskFree },
  };
}

/** What each policy costs where the model is gone before and through a crisis. */
async function priceOutages(ground: Ground, { forecasts }: RiskContender): Promise<OutageRow[]> {
  const { run, sleeve, base } = ground;
  const { crises, failure } = run.spec;
  const { sessions } = run.market;
  const healthy = columnsOf(ground, forecasts[0], "chosen");
  const working = await simulateFiltered(sleeve, healthy);
  const out: OutageRow[] = [];
  for (const crisis of crises) {
    const inside = within(base.days, crisis);
    if (!inside) continue;
    const first = lastAtOrBefore(sessions, toNumber(crisis.start) - 1) + 1;
    const gone = [
      Math.max(first - failure.outage, 0),
      lastAtOrBefore(sessions, toNumber(crisis.end)),
    ] as const;
    out.push(measureCrisis(base, crisis, "no filter"), measureCrisis(working, crisis, "model"));
    for (const [policy, left] of [
      ["allow", 1],
      ["halve", 0.5],
      ["block", 0],
    ] as const) {
      const simulation = await simulateFiltered(sleeve, withOutage(healthy, gone, left));
      out.push(measureCrisis(simulation, crisis, `model gone: ${policy}`));
    }
  }
  return out;
}

function within(days: Int32Array, { start, end }: { start: string; end: string }): boolean {
  return days[0]! <= toNumber(start) && days.at(-1)! >= toNumber(end);
}

/** Labelled rows that rolling rates look back on. */
const ROLLING = 252;

function monitor(ground: Ground, forecast: RiskForecast): FilterMonitoring {
  const { tested, drift, run } = ground;
  const { probability, risk, limit, asOf } = forecast;
  const names = Object.keys(run.spec.features);
  const rates = rollingRates(forecast, tested);
  return {
    days: tested.times,
    probability,
    risk,
    limit,
    label: tested.target,
    fault: faultsOf(ground, forecast),
    age: tested.times.map((day, row) => (asOf[row]! < 0 ? -1 : day - asOf[row]!)),
    z: drift.z,
    zFeature: Array.from(drift.feature, (j) => names[j]!),
    psi: drift.psi,
    ...rates,
  };
}

/** Rates over the last labelled rows; the label of a row is known `horizon` sessions after it and counts from then. */
function rollingRates({ probability, risk, limit }: RiskForecast, { target, horizon }: Samples) {
  const n = target.length;
  const precision = new Float64Array(n).fill(NaN);
  const recall = new Float64Array(n).fill(NaN);
  const score = new Float64Array(n).fill(NaN);
  for (let row = ROLLING + horizon - 1; row < n; row++) {
    const last = row - horizon;
    let alarms = 0;
    let events = 0;
    let hits = 0;
    let squares = 0;
    for (let i = last - ROLLING + 1; i <= last; i++) {
      const alarm = risk[i]! >= limit[i]! ? 1 : 0;
      alarms += alarm;
      events += target[i]!;
      hits += alarm * target[i]!;
      squares += (probability[i]! - target[i]!) ** 2;
    }
    precision[row] = hits / alarms;
    recall[row] = hits / events;
    score[row] = squares / ROLLING;
  }
  return { precision, recall, brier: score };
}
