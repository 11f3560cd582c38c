import { type Emit, type PackedError, toDay, unpackError, VolterraError } from "#core";
import {
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
import type { Chain, ChainFit, SavedModel } from "./forecast-chain.ts";
import { savedOf } from "./forecast-models.ts";
import type { ModelUse } from "./forecast-spec.ts";
import { fitChains, type Fitting } from "./forecast-team.ts";

/** A model on every fold, under one seed. */
export interface SeedFit {
  readonly seed: number;
  readonly folds: readonly (ChainFit & { readonly ok: true })[];
}

/** A model under every seed; a seed that failed is told of. */
export interface Fits {
  readonly name: string;
  /** The last model of each seed. */
  readonly saved: Readonly<Record<number, SavedModel>>;
  readonly seeds: readonly SeedFit[];
  readonly failed: readonly { readonly seed: number; readonly why: string }[];
}

/** A model ready for its rows. */
export interface Contender {
  readonly name: string;
  readonly model: Model;
  /** File of the model's entry. */
  readonly file: string;
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
  const file = catalog.file("models", use.name);
  return { name, model, file, params: use.params, rows: layout };
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

/** A contender and the seeds under which it is trained. */
export interface Entry {
  readonly contender: Contender;
  readonly seeds: readonly number[];
}

/** Trains every entry on every fold under its seeds. Rejects with the first failure of an entry that has no other. */
export async function fitEntries(
  entries: readonly Entry[],
  folds: readonly Fold[],
  fitting: Fitting,
): Promise<Fits[]> {
  const chains = entries.flatMap(({ contender, seeds }) =>
    seeds.map((seed): Chain => {
      const { name, file, params, rows } = contender;
      const parts = folds.map(({ train, test }) => ({ train, predict: test }));
      return { name, file, params, rows, folds: parts, seed, balanced: false };
    }),
  );
  const fits = await fitChains(chains, fitting);
  return entries.map(({ contender: { name }, seeds }) => {
    const own = seeds.map((seed) => {
      const at = chains.findIndex((chain) => chain.name === name && chain.seed === seed);
      return { seed, folds: fits[at]! };
    });
    return gatherSeeds(name, own, fitting.emit);
  });
}

/** Seeds whose folds all succeeded, and the first failure of each other. */
function gatherSeeds(
  name: string,
  own: readonly { readonly seed: number; readonly folds: readonly ChainFit[] }[],
  emit: Emit,
): Fits {
  const seeds: SeedFit[] = [];
  const failures: { seed: number; error: PackedError }[] = [];
  for (const { seed, folds } of own) {
    const good = folds.filter((fit) => fit.ok);
    const error = firstFailure(folds, "fold");
    if (error) failures.push({ seed, error });
    else seeds.push({ seed, folds: good });
  }
  if (seeds.length === 0) throw failedEverywhere(name, failures);
  const failed = failures.map(({ seed, error }) => ({ seed, why: error.message }));
  for (const { seed, why } of failed) {
    emit({ kind: "warning", code: "MODEL", message: `${name}, seed ${seed}: ${why}` });
  }
  const saved = savedOf(seeds.map(({ seed, folds }) => ({ seed, fits: folds })));
  return { name, seeds, failed, saved };
}

/** The first failure of a chain, naming the fit. */
export function firstFailure(fits: readonly ChainFit[], fitName: string): PackedError | undefined {
  const at = fits.findIndex(({ ok }) => !ok);
  const fit = fits[at];
  if (!fit || fit.ok) return undefined;
  return { ...fit.error, message: `${fitName} ${at + 1}: ${fit.error.message}` };
}

/** The error of a model that failed under every seed. */
export function failedEverywhere(
  name: string,
  failures: readonly { readonly seed: number; readonly error: PackedError }[],
): Error {
  const { seed, error } = failures[0]!;
  const all = failures.length === 1 ? "" : `, as under all ${failures.length} seeds`;
  return unpackError({ ...error, message: `${name}, seed ${seed}${all}: ${error.message}` });
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
