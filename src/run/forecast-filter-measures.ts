import { key } from "#core";
import {
  auc,
  averagePrecisionMetric,
  brier,
  evaluate,
  logLoss,
  measure,
  type Prediction,
} from "#learn";
import { ALARM_METRICS, alarmForecast, countAnnounced, findEpisodes } from "./forecast-alarms.ts";
import { type Fault, FAULTS } from "./forecast-fault.ts";
import type { RiskContender, RiskForecast } from "./forecast-filter-fit.ts";
import { faultsOf, type Ground } from "./forecast-filter-ground.ts";
import type {
  ContenderSummary,
  DocumentCriterion,
  FilterResult,
} from "./forecast-filter-result.ts";
import { MODEL } from "./forecast-result.ts";
import type { Training } from "./forecast-retraining.ts";

/** Probabilities and alarms of all contenders, and the document's criteria. */
export function measureForecasts(
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

/** One contender out of sample. */
export function summarise(
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
  let flat = 0;
  const chosen = new Map<number, number>();
  for (const { test } of trainings) {
    const threshold = main.limit[at]!;
    chosen.set(threshold, (chosen.get(threshold) ?? 0) + 1);
    const own = main.probability.subarray(at, at + test.length);
    if (own.every((p) => p === own[0])) flat++;
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
    flat,
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
