import { type Emit, key, silent, toDay } from "#core";
import { countTrials, trialIdentity } from "#evidence";
import {
  accuracy,
  aucBetween,
  auc,
  balancedAccuracy,
  brier,
  classCounts,
  confusionMatrix,
  evaluate,
  type Evaluation,
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
import { mean } from "#num";
import type { Catalog } from "./catalog.ts";
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
import {
  type ForecastAdvice,
  type ForecastEntry,
  type ForecastFold,
  type ForecastResult,
  MODEL,
} from "./forecast-result.ts";
import type { ForecastSpec } from "./forecast-spec.ts";
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
}

/** What a run found, and the forecasts behind it. */
export interface ForecastEvaluation {
  readonly result: Omit<ForecastResult, "run" | "code" | "version">;
  /** Test rows of all folds. */
  readonly pooled: Samples;
  /** Forecasts of the pooled rows by entry, and of each seed of the model. */
  readonly forecasts: Readonly<Record<string, Prediction>>;
  readonly bySeed: readonly { readonly seed: number; readonly values: Float64Array }[];
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

  await recordIntents(run);
  emit({ kind: "stage", name: "train", detail: `${folds.length} folds` });
  const fits = await fitEntries(
    contenders.map((contender) => ({
      contender,
      seeds: contender.name === MODEL ? spec.seeds : spec.seeds.slice(0, 1),
    })),
    folds,
    { threads: run.threads, emit },
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
  return { result, pooled, forecasts, bySeed };
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

/** Limits of the original's advice. */
const ADVICE = { success: [0.45, 0.15], improve: [0.37, 0.08], range: 0.3 } as const;

function adviceOf(
  spec: ForecastSpec,
  found: {
    readonly entries: readonly ForecastEntry[];
    readonly evaluation: Evaluation;
    readonly folds: readonly ForecastFold[];
  },
): { advice: ForecastAdvice; reference: ForecastResult["reference"] } {
  const accuracyOf = (name: string) =>
    found.entries.find((entry) => entry.name === name)!.seeds["accuracy"]!.mean;
  const own = accuracyOf(MODEL);
  const reference =
    spec.reference === ""
      ? { name: "equal chances", accuracy: 1 / spec.classes.length }
      : { name: spec.reference, accuracy: accuracyOf(spec.reference) };
  const improvement = own / reference.accuracy - 1;
  const byFold = found.folds.map(({ accuracies }) => mean(accuracies));
  const { success, improve, range } = ADVICE;
  const status =
    own > success[0] && improvement > success[1]
      ? "success"
      : own > improve[0] || improvement > improve[1]
        ? "needs_improvement"
        : "failed";
  const advice = {
    status,
    improvement,
    unstable: Math.max(...byFold) - Math.min(...byFold) > range,
    config: adviseConfig(mean(found.folds.map(({ train }) => train.rows))),
    findings: compareWithBaselines(found.evaluation),
  } as const;
  return { advice, reference };
}

function adviseConfig(sequences: number): ForecastAdvice["config"] {
  if (sequences < 100) return "light";
  if (sequences < 500) return "development";
  return sequences < 1000 ? "production" : "heavy";
}

/** One sentence a metric: which baselines the model is better, worse or not told apart from. */
function compareWithBaselines({ against }: Evaluation): string[] {
  const rivals = Object.entries(against[MODEL]!);
  return [accuracy, balancedAccuracy, logLoss].map(({ name, better }) => {
    const groups: Record<"better" | "worse" | "level", string[]> = {
      better: [],
      worse: [],
      level: [],
    };
    for (const [rival, metrics] of rivals) {
      const { low, high } = metrics[name]!;
      const above = better === "higher" ? low > 0 : high < 0;
      const below = better === "higher" ? high < 0 : low > 0;
      groups[above ? "better" : below ? "worse" : "level"].push(rival);
    }
    const parts = [
      groups.better.length > 0 ? `better than ${groups.better.join(", ")}` : "",
      groups.worse.length > 0 ? `worse than ${groups.worse.join(", ")}` : "",
      groups.level.length > 0 ? `not told apart from ${groups.level.join(", ")}` : "",
    ].filter((part) => part !== "");
    return `${name}: ${parts.join("; ")}`;
  });
}

/** The trial of one seed: what is learned from what, and how; the bootstrap and the baselines are not part of it. */
function trialOfSeed(spec: ForecastSpec, seed: number): string {
  const { target, classes, features, steps, split, model, window, data } = spec;
  const market = data.source === "simulated" ? data.seed : 0;
  const part = { target, classes, features, steps, split, model, seed };
  return trialIdentity({ spec: part, window, seed: market });
}

async function recordIntents({ spec, ledger }: ForecastRun): Promise<void> {
  const known = new Set(countTrials(ledger.entries()).trials);
  const fresh = spec.seeds
    .map((seed) => ({ trial: trialOfSeed(spec, seed), label: `${spec.preset}, seed ${seed}` }))
    .filter(({ trial }) => !known.has(trial));
  await ledger.append(
    fresh.map(({ trial, label }) => ({ kind: "intent", study: spec.study, trial, label })),
  );
}

async function recordResults(
  { spec, ledger }: ForecastRun,
  fits: Fits,
  pooled: Samples,
): Promise<void> {
  const finished = new Set(
    ledger.entries().flatMap((entry) => (entry.kind === "result" ? [entry.trial] : [])),
  );
  const classes = classCount(pooled);
  const records = fits.seeds.flatMap((own) => {
    const trial = trialOfSeed(spec, own.seed);
    if (finished.has(trial)) return [];
    const forecasts = { values: poolSeed(own), target: pooled.target, classes };
    const metrics = {
      accuracy: measure(accuracy, forecasts),
      logLoss: measure(logLoss, forecasts),
      n: pooled.times.length,
    };
    return [{ kind: "result" as const, study: spec.study, trial, metrics }];
  });
  await ledger.append(records);
}
