import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { contentHash, sweepTemporary, timestamp, writeWhole, writing } from "#core";
import { mean, std } from "#num";
import { type ForecastResult, MODEL } from "./forecast-result.ts";
import type { ForecastEvaluation } from "./forecast-study.ts";
import type { ForecastSpec } from "./forecast-spec.ts";
import type { RunFiles } from "./execute-kind.ts";
import { toJson } from "./json.ts";

/** Files in the original's form: `<kind>_<config>_vN`, N counting distinct contents of a configuration. */
export interface Versioned {
  readonly version: number;
  /** Where they belong. */
  readonly dir: string;
  readonly files: RunFiles;
}

type Fields = Readonly<Record<string, unknown>>;

/** Accuracy above which the original calls a run a success. */
const SUCCESS = 0.383;

/**
 * The result in the original's fields. One model, as there: the first seed that succeeded; `seeds` has the others. Where
 * tests overlap, `all_predictions` holds a day as often as it is tested.
 */
export function trainingFields(
  spec: ForecastSpec,
  { result, pooled, bySeed }: Pick<ForecastEvaluation, "result" | "pooled" | "bySeed">,
): Fields {
  const classes = result.classes.length;
  const { seed, values } = bySeed[0]!;
  const named = pooled.times.reduce((out, _, row) => {
    const shares = values.subarray(row * classes, (row + 1) * classes);
    out[row] = shares.indexOf(Math.max(...shares));
    return out;
  }, new Int32Array(pooled.times.length));
  const actual = Array.from(pooled.target);
  const individual = result.folds.map(({ accuracies }) => accuracies[0]!);
  const average = mean(individual);
  let at = 0;
  const folds = result.folds.map((fold) => {
    const from = at;
    at += fold.test.rows;
    return {
      fold: fold.fold,
      window_info: {
        start_date: fold.train.start,
        end_date: fold.test.end,
        total_days: fold.train.rows + fold.test.rows,
        train_days: fold.train.rows,
        test_days: fold.test.rows,
      },
      accuracy: fold.accuracies[0],
      predictions: Array.from(named.subarray(from, at)),
      actuals: actual.slice(from, at),
      train_loss: fold.trainingLoss,
      class_weights: fold.classWeights,
      num_train_sequences: fold.train.rows,
      num_test_sequences: fold.test.rows,
    };
  });
  const weights = result.classes.map((_, c) => mean(result.folds.map((f) => f.classWeights[c]!)));
  const accuracies = result.entries.find(({ name }) => name === MODEL)!.seeds["accuracy"]!;
  return {
    config: configFields(spec),
    summary: {
      success: average > SUCCESS,
      avg_accuracy: average,
      std_accuracy: std(individual, 0),
      improvement_over_random: 100 * (average * classes - 1),
      individual_accuracies: individual,
    },
    fold_results: folds,
    avg_class_weights: weights,
    all_predictions: Array.from(named),
    all_actuals: actual,
    config_name: result.config,
    seed,
    seeds: accuracies,
    baselines: Object.fromEntries(
      result.entries
        .filter(({ role }) => role === "baseline")
        .map(({ name, seeds }) => [name, seeds["accuracy"]!.mean]),
    ),
  };
}

function configFields(spec: ForecastSpec): Fields {
  const { model, split, steps, features, target, seeds, window } = spec;
  return {
    model: model.name,
    ...model.params,
    seq_len: steps,
    split,
    features,
    target,
    seeds,
    window,
  };
}

/** Numbers and lays out a result: the content that has been seen before keeps its number. */
export function versionResults(
  root: string,
  spec: ForecastSpec,
  evaluation: Pick<ForecastEvaluation, "result" | "pooled" | "bySeed">,
): Versioned {
  const { result } = evaluation;
  const training = trainingFields(spec, evaluation);
  const dir = path.join(root, "results", result.study);
  const content = contentHash(training);
  const version = versionOf(dir, result.config, content);
  const tail = `${result.config}_v${version}`;
  const sum = (of: (fold: ForecastResult["folds"][number]) => number) =>
    result.folds.reduce((total, fold) => total + of(fold), 0);
  const summary = {
    total_train_sequences: sum(({ train }) => train.rows),
    total_test_sequences: sum(({ test }) => test.rows),
    features: Object.keys(spec.features),
    target: spec.target,
    avg_class_weights: training["avg_class_weights"],
  };
  const numbered = { ...training, version, content };
  const windows = (training["fold_results"] as Fields[]).map((fold) => fold["window_info"]);
  const complete = {
    config: configFields(spec),
    pipeline_summary: summary,
    windows,
    lstm_training: numbered,
    config_used: result.config,
    version,
    timestamp: timestamp(),
  };
  const files = {
    [`pipeline_config_${tail}.json`]: toJson({ ...configFields(spec), version, content }, 1),
    [`lstm_training_${tail}.json`]: toJson(numbered, 1),
    [`complete_pipeline_${tail}.json`]: toJson(complete, 1),
  };
  return { version, dir, files };
}

function versionOf(dir: string, config: string, content: string): number {
  const shape = new RegExp(`^pipeline_config_${config}_v(\\d+)\\.json$`);
  const found = (existsSync(dir) ? readdirSync(dir) : []).flatMap((file) => {
    const match = shape.exec(file);
    return match ? [{ file, version: Number(match[1]) }] : [];
  });
  const same = found.find(({ file }) => {
    const head = JSON.parse(readFileSync(path.join(dir, file), "utf8")) as { content?: string };
    return head.content === content;
  });
  return same?.version ?? 1 + Math.max(0, ...found.map(({ version }) => version));
}

/** Writes versioned files that are not there yet. Rejects with `VolterraError("DISK")` where the disk refuses. */
export async function storeVersion({ dir, files }: Omit<Versioned, "version">): Promise<void> {
  await writing(dir, () => {
    sweepTemporary(dir);
    for (const [name, content] of Object.entries(files)) {
      const file = path.join(dir, name);
      if (!existsSync(file)) writeWhole(dir, file, content);
    }
  });
}
