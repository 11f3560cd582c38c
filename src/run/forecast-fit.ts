import { type Emit, key, toDay, VolterraError } from "#core";
import {
  eachSeed,
  type Fold,
  lastSteps,
  type Model,
  outputs,
  type Prediction,
  type Samples,
  takeRows,
} from "#learn";
import { takeFeatures } from "#features";
import type { Catalog } from "./catalog.ts";
import type { ModelUse } from "./forecast-spec.ts";

/** One model trained on one fold. */
export interface FoldFit {
  /** `[test rows][classes]` */
  readonly values: Float64Array;
  readonly training: Readonly<Record<string, number | readonly number[]>>;
}

/** A model on every fold, under one seed. */
export interface SeedFit {
  readonly seed: number;
  readonly folds: readonly FoldFit[];
}

/** A model under every seed; a seed that failed is told of. */
export interface Fits {
  readonly name: string;
  readonly seeds: readonly SeedFit[];
  readonly failed: readonly { readonly seed: number; readonly why: string }[];
}

/** A model ready for its rows. */
export interface Contender {
  readonly name: string;
  readonly model: Model;
  readonly params: unknown;
  readonly rows: Samples;
}

/** Loads a model and lays out its rows: its own columns, sequences or last steps. */
export async function prepareContender(
  name: string,
  use: ModelUse,
  {
    catalog,
    rows,
    features,
  }: {
    readonly catalog: Catalog;
    readonly rows: Samples;
    /** What it reads where it does not say. */
    readonly features: readonly string[];
  },
): Promise<Contender> {
  const model = await catalog.load<Model>("models", use.name);
  const sequences = takeFeatures(rows, use.features ?? features);
  const layout = model.input === "table" ? lastSteps(sequences) : sequences;
  return { name, model, params: use.params, rows: layout };
}

/** Throws what training or predicting any fold would throw, before the first is trained. */
export function checkContender({ model, params, rows }: Contender, folds: readonly Fold[]): void {
  for (const fold of folds) {
    try {
      model.check(takeRows(rows, fold.train), params, takeRows(rows, fold.test));
    } catch (error) {
      if (!(error instanceof VolterraError) || error.code === "SPEC") throw error;
      const first = fold.test.length > 0 ? `, test from ${toDay(rows.times[fold.test[0]!]!)}` : "";
      const message = `fold ${fold.index + 1}${first}: ${error.message}`;
      throw new VolterraError(error.code, message, error.hint, { cause: error });
    }
  }
}

export interface FitOptions {
  readonly seeds: readonly number[];
  readonly threads: number;
  readonly emit: Emit;
}

/** Trains a contender on every fold under every seed. Rejects with the first failure where no seed succeeds. */
export async function fitContender(
  { name, model, params, rows }: Contender,
  folds: readonly Fold[],
  { seeds, threads, emit }: FitOptions,
): Promise<Fits> {
  const total = seeds.length * folds.length;
  let done = 0;
  const results = await eachSeed(seeds, async (seed): Promise<SeedFit> => {
    const fits: FoldFit[] = [];
    for (const fold of folds) {
      const source = key(seed).fold(name, "fold", fold.index);
      const fitted = await model.fit(takeRows(rows, fold.train), params, source, { threads });
      const { values } = fitted.predict(takeRows(rows, fold.test));
      fits.push({ values, training: fitted.training });
      emit({ kind: "progress", name, done: ++done, total });
    }
    return { seed, folds: fits };
  });
  const fits = results.flatMap(({ result }) => result ?? []);
  const failures = results.flatMap(({ seed, failure }) => (failure ? [{ seed, failure }] : []));
  if (fits.length === 0) throw failures[0]!.failure;
  const failed = failures.map(({ seed, failure }) => ({ seed, why: failure.message }));
  for (const { seed, why } of failed) {
    emit({ kind: "warning", code: "MODEL", message: `${name}, seed ${seed}: ${why}` });
  }
  return { name, seeds: fits, failed };
}

/** Test rows of all folds one after another; a row that two folds test is there twice. */
export function poolRows(rows: Samples, folds: readonly Fold[]): Samples {
  return takeRows(
    rows,
    folds.flatMap(({ test }) => Array.from(test)),
  );
}

/** Forecasts of one seed in the order of the pooled rows. */
export function poolSeed({ folds }: SeedFit): Float64Array {
  return Float64Array.from(folds.flatMap(({ values }) => Array.from(values)));
}

/** The mean of the seeds' probabilities, in the order of the pooled rows. */
export function poolSeeds({ seeds }: Fits, { task }: Samples): Prediction {
  const all = seeds.map(poolSeed);
  const values = all[0]!.map((_, at) => all.reduce((sum, own) => sum + own[at]!, 0) / all.length);
  return { task, values };
}

/** Number of classes of rows. */
export function classCount({ task }: Samples): number {
  return outputs(task);
}
