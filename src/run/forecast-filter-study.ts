import { key, silent, toDay } from "#core";
import type { KillTest } from "#evidence";
import { takeRows } from "#learn";
import { billReturns } from "./evaluation.ts";
import { simulateFiltered } from "./forecast-ablation.ts";
import { findEpisodes } from "./forecast-alarms.ts";
import { buildRows } from "./forecast-data.ts";
import { measureDrift } from "./forecast-fault.ts";
import { ablate, priceOutages } from "./forecast-filter-ablation.ts";
import { driftRows, fitRisk, prepareRisk, type RiskContender } from "./forecast-filter-fit.ts";
import type { FilterRun, Ground } from "./forecast-filter-ground.ts";
import { measureForecasts, summarise } from "./forecast-filter-measures.ts";
import { monitor } from "./forecast-filter-monitor.ts";
import type { FilterMonitoring, FilterResult } from "./forecast-filter-result.ts";
import { trialsOf } from "./forecast-filter-trials.ts";
import { checkPower } from "./forecast-power.ts";
import { lossSessions, planRetraining, type Training } from "./forecast-retraining.ts";
import { contractRecords, newIntents } from "./trials.ts";
import { openWorkbench, type Workbench } from "./workbench.ts";

/** What a run found. */
export interface FilterEvaluation {
  readonly result: Omit<FilterResult, "run" | "code" | "table">;
  readonly monitoring: FilterMonitoring;
  readonly contenders: readonly RiskContender[];
  readonly trainings: readonly Training[];
  readonly bench: Workbench;
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
  const prepared = await prepareRisk(spec, { rows, trainings, catalog });
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
  run.checkReads?.();
  await run.ledger.append(newIntents(run.ledger, trialsOf(spec)));

  emit({ kind: "stage", name: "train", detail: `${trainings.length} trainings` });
  const { threads, kept } = run;
  const contenders = await fitRisk(spec, prepared, { rows, trainings, threads, emit, kept });
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
    enabled: spec.enabled,
    failure: spec.failure,
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
