import { type Emit, type Key, VolterraError, toDay } from "#core";
import type { Fold } from "./fold.ts";
import type { FitContext, Fitted, Model, Prediction } from "./model.ts";
import { type Samples, balanceClasses, outputs, takeRows } from "./samples.ts";

/** What a fold's model is trained with. */
export interface ForecastOptions {
  readonly params?: unknown;
  readonly key: Key;
  /** Weights that make every class count the same; as the rows say otherwise. */
  readonly balanced?: boolean;
  /** Starts each fold's training from the model of the fold before. */
  readonly warmStart?: boolean;
  readonly threads?: number;
  readonly emit?: Emit;
  /** Sees each model once it is trained, for saving or explaining. */
  readonly onFitted?: (fitted: Fitted, fold: Fold) => void;
}

/**
 * Trains a model on each fold and predicts the fold's test rows: out-of-sample outputs for all rows, NaN for rows
 * that no fold tests. Throws `RangeError` where two folds test one row, and the model's own errors about rows, which
 * then name the fold, before the first fold is trained.
 */
export async function forecast(
  model: Model,
  rows: Samples,
  folds: readonly Fold[],
  options: ForecastOptions,
): Promise<Prediction> {
  const width = outputs(rows.task);
  const values = new Float64Array(rows.times.length * width).fill(NaN);
  const tested = new Uint8Array(rows.times.length);
  for (const { test } of folds) {
    for (const row of test) {
      if (tested[row] === 1) throw new RangeError(`row ${row} is tested twice`);
      tested[row] = 1;
    }
  }
  // All folds are checked before the first is trained: a bad row of the last should not cost hours.
  for (const fold of folds) {
    const [train, test] = [takeRows(rows, fold.train), takeRows(rows, fold.test)];
    await inFold(rows, fold, () => model.check(train, options.params, test));
  }
  let start: Fitted | undefined;
  for (const fold of folds) {
    const fitted = await fitFold(model, rows, fold, { ...options, start });
    if (options.warmStart) start = fitted;
    options.onFitted?.(fitted, fold);
    const made = fitted.predict(takeRows(rows, fold.test)).values;
    fold.test.forEach((row, i) =>
      values.set(made.subarray(i * width, (i + 1) * width), row * width),
    );
    options.emit?.({
      kind: "progress",
      name: model.name,
      done: fold.index + 1,
      total: folds.length,
    });
  }
  return { task: rows.task, values };
}

async function fitFold(
  model: Model,
  rows: Samples,
  fold: Fold,
  options: ForecastOptions & { readonly start: Fitted | undefined },
): Promise<Fitted> {
  const { params, key, balanced, start, threads, emit } = options;
  const train = takeRows(rows, fold.train);
  const context: FitContext = {
    ...(start && { start }),
    ...(threads !== undefined && { threads }),
    ...(emit && { emit }),
  };
  const weighed = balanced ? balanceClasses(train) : train;
  const own = key.fold(model.name, "fold", fold.index);
  return inFold(rows, fold, () => model.fit(weighed, params, own, context));
}

/** Names the fold in what goes wrong with its rows. */
async function inFold<T>(rows: Samples, fold: Fold, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof VolterraError) || error.code === "SPEC") throw error;
    const first = fold.test.length > 0 ? ` (test from ${toDay(rows.times[fold.test[0]!]!)})` : "";
    const message = `fold ${fold.index}${first}: ${error.message}`;
    throw new VolterraError(error.code, message, error.hint, { cause: error });
  }
}

/** What became of one seed. */
export interface SeedResult<T> {
  readonly seed: number;
  readonly result?: T;
  /** Why there is no result: a diverging seed is told of, and does not vanish from a mean. */
  readonly failure?: VolterraError;
}

/** Runs the same work for each seed. A `VolterraError` is kept as that seed's failure; other errors are thrown. */
export async function eachSeed<T>(
  seeds: readonly number[],
  work: (seed: number) => Promise<T>,
): Promise<SeedResult<T>[]> {
  const out: SeedResult<T>[] = [];
  for (const seed of seeds) {
    try {
      out.push({ seed, result: await work(seed) });
    } catch (error) {
      if (!(error instanceof VolterraError) || error.code !== "MODEL") throw error;
      out.push({ seed, failure: error });
    }
  }
  return out;
}
