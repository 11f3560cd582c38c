import { type Day, type Emit, key, silent, toDay } from "#core";
import { countTrials } from "#evidence";
import {
  accuracy,
  aucBetween,
  auc,
  balancedAccuracy,
  brier,
  classCounts,
  confusionMatrix,
  evaluate,
  type Fold,
  logLoss,
  macroF1,
  mcc,
  measure,
  type Metric,
  type Prediction,
  type Samples,
  summariseSeeds,
  takeRows,
} from "#learn";
import type { Market } from "#market";
import type { Catalog } from "./catalog.ts";
import { adviceOf } from "./forecast-advice.ts";
import { buildRows } from "./forecast-data.ts";
import {
  checkContender,
  classCount,
  type Contender,
  fitEntries,
  type Fits,
  poolRows,
  poolSeed,
  poolSeeds,
  prepareContender,
} from "./forecast-fit.ts";
import { makeFolds } from "./forecast-folds.ts";
import type { KeptFits } from "./forecast-kept.ts";
import {
  type ForecastEntry,
  type ForecastFold,
  type ForecastResult,
  MODEL,
} from "./forecast-result.ts";
import type { ForecastSpec } from "./forecast-spec.ts";
import { recordIntents, recordResults } from "./forecast-trials.ts";
import type { Ledger } from "./ledger.ts";
import { openWorkbench } from "./workbench.ts";

/** What a run of a forecast study needs. */
export interface ForecastRun {
  readonly spec: ForecastSpec;
  readonly market: Market;
  readonly catalog: Catalog;
  readonly ledger: Ledger;
  readonly threads: number;
  readonly emit?: Emit;
  /** Called once all of the market that is learned from has been read, before anything is trained or recorded. */
  readonly checkReads?: () => void;
  readonly kept?: KeptFits;
}

/** What a run found, and the forecasts behind it. */
export interface ForecastEvaluation {
  readonly result: Omit<ForecastResult, "run" | "code" | "version">;
  /** Test rows of all folds. */
  readonly pooled: Samples;
  /** Forecasts of the pooled rows by entry, and of each seed of the model. */
  readonly forecasts: Readonly<Record<string, Prediction>>;
  readonly bySeed: readonly { readonly seed: number; readonly values: Float64Array }[];
  /** Models of the last fold, and the last close before its test. */
  readonly models: readonly Fits[];
  readonly asOf: Day;
}

/**
 * Trains the model under every seed and the baselines on every fold, and measures them on the same test rows. Nothing
 * is trained before all folds of all models have been checked.
 */
export async function runForecastStudy(run: ForecastRun): Promise<ForecastEvaluation> {
  const { spec, market, catalog, emit = silent } = run;
  emit({ kind: "stage", name: "features", detail: spec.target });
  const rows = await buildRows(openWorkbench(market, catalog), spec);
  const folds = makeFolds(rows, spec.split);
  const contenders = await prepareAll(spec, catalog, rows);
  for (const contender of contenders) checkContender(contender, folds);

  run.checkReads?.();
  await recordIntents(run);
  emit({ kind: "stage", name: "train", detail: `${folds.length} folds` });
  const fits = await fitEntries(
    contenders.map((contender) => ({
      contender,
      seeds: contender.name === MODEL ? spec.seeds : spec.seeds.slice(0, 1),
    })),
    folds,
    { threads: run.threads, emit, kept: run.kept },
  );

  emit({ kind: "stage", name: "measure", detail: "bootstrap" });
  const pooled = poolRows(rows, folds);
  const forecasts = Object.fromEntries(fits.map((own) => [own.name, poolSeeds(own, pooled)]));
  const evaluation = evaluate(pooled, forecasts, {
    baselines: Object.keys(spec.baselines),
    key: key(spec.bootstrap.seed).fold("evaluate"),
    resamples: spec.bootstrap.resamples,
    metrics: metricsOf(spec.classes.length),
  });
  const entries = fits.map((own) => summariseEntry(own, pooled));
  const reported = reportFolds(fits, rows, folds);
  const main = fits[0]!;
  await recordResults(run, main, pooled);

  const result = {
    kind: "forecast" as const,
    study: spec.study,
    preset: spec.preset,
    config: spec.config,
    title: spec.title,
    simulated: market.simulated,
    lookAhead: false,
    snapshot: market.snapshot,
    period: {
      start: reported[0]!.test.start,
      end: reported.at(-1)!.test.end,
      sessions: new Set(pooled.times).size,
    },
    target: spec.target,
    classes: spec.classes,
    shares: Array.from(classCounts(pooled), (count) => count / pooled.times.length),
    rows: pooled.times.length,
    days: new Set(pooled.times).size,
    seeds: spec.seeds,
    entries,
    evaluation,
    confusion: confusionOf(forecasts[MODEL]!, pooled),
    folds: reported,
    failed: main.failed,
    ...adviceOf(spec, { entries, evaluation, folds: reported }),
    published: spec.published,
    trials: countTrials(run.ledger.entries()).recorded,
  };
  const bySeed = main.seeds.map((own) => ({ seed: own.seed, values: poolSeed(own) }));
  const asOf = toDay(rows.times[folds.at(-1)!.test[0]! - 1]!);
  return { result, pooled, forecasts, bySeed, models: fits, asOf };
}

async function prepareAll(
  spec: ForecastSpec,
  catalog: Catalog,
  rows: Samples,
): Promise<Contender[]> {
  const features = Object.keys(spec.features);
  const contenders: Contender[] = [];
  for (const [name, use] of Object.entries({ [MODEL]: spec.model, ...spec.baselines })) {
    contenders.push(await prepareContender(name, use, { catalog, rows, features }));
  }
  return contenders;
}

/** Metrics of a study of so many classes; between the first and the last, which are opposite where there are more. */
export function metricsOf(classes: number): Metric[] {
  const opposite = classes > 2 ? [aucBetween(0, classes - 1)] : [];
  return [accuracy, balancedAccuracy, macroF1, mcc, logLoss, brier, auc, ...opposite];
}

function summariseEntry(fits: Fits, pooled: Samples): ForecastEntry {
  const classes = classCount(pooled);
  const of = (metric: Metric) =>
    summariseSeeds(
      fits.seeds.map((own) => ({
        seed: own.seed,
        result: measure(metric, { values: poolSeed(own), target: pooled.target, classes }),
      })),
    );
  return {
    name: fits.name,
    role: fits.name === MODEL ? "model" : "baseline",
    seeds: Object.fromEntries(metricsOf(classes).map((metric) => [metric.name, of(metric)])),
  };
}

function confusionOf({ values }: Prediction, pooled: Samples): number[][] {
  const classes = classCount(pooled);
  const counts = confusionMatrix({ values, target: pooled.target, classes });
  return Array.from({ length: classes }, (_, actual) =>
    Array.from(counts.subarray(actual * classes, (actual + 1) * classes)),
  );
}

function reportFolds(fits: readonly Fits[], rows: Samples, folds: readonly Fold[]): ForecastFold[] {
  const [main, ...others] = fits as [Fits, ...Fits[]];
  return folds.map((fold, f) => {
    const test = takeRows(rows, fold.test);
    const train = takeRows(rows, fold.train);
    const classes = classCount(rows);
    const score = (values: Float64Array) =>
      measure(accuracy, { values, target: test.target, classes });
    const numbers = (name: string) => (main.seeds[0]!.folds[f]!.training[name] ?? []) as number[];
    return {
      fold: f + 1,
      train: spanOf(train),
      test: spanOf(test),
      accuracies: main.seeds.map((own) => score(own.folds[f]!.values)),
      baselines: Object.fromEntries(
        others.map(({ name, seeds }) => [name, score(seeds[0]!.folds[f]!.values)]),
      ),
      trainingLoss: numbers("trainingLoss"),
      validationLoss: numbers("validationLoss"),
      bestEpochs: main.seeds.map((own) => Number(own.folds[f]!.training["bestEpoch"] ?? NaN)),
      classWeights: weightsOf(train),
    };
  });
}

function spanOf({ times }: Samples): ForecastFold["train"] {
  return { start: toDay(times[0]!), end: toDay(times.at(-1)!), rows: times.length };
}

function weightsOf(train: Samples): number[] {
  const counts = Array.from(classCounts(train));
  const present = counts.filter((count) => count > 0).length;
  return counts.map((count) => (count > 0 ? train.target.length / (present * count) : 1));
}
