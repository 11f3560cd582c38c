import { pathToFileURL } from "node:url";
import { key, packError, type PackedError, VolterraError } from "#core";
import {
  balanceClasses,
  type Exchange,
  type Fitted,
  type Model,
  type Samples,
  takeRows,
} from "#learn";

/** One fit of a chain: rows to train on, and rows to forecast with it. */
export interface ChainFold {
  readonly train: Int32Array;
  /** Rows for early stopping; a model cuts its own from the training rows where there are none. */
  readonly held?: Int32Array;
  readonly predict: Int32Array;
}

/** A model under one seed on folds in order. Plain data, so that a thread can be given one. */
export interface Chain {
  readonly name: string;
  /** File of the catalog's model. */
  readonly file: string;
  readonly params: unknown;
  readonly rows: Samples;
  readonly folds: readonly ChainFold[];
  readonly seed: number;
  /** Weights that make every class count the same. */
  readonly balanced: boolean;
  /** Parameters of every fit after the first, which then begins from the model before; each from nothing where absent. */
  readonly again?: unknown;
}

/** A model's file, and the one for other libraries where it has one. */
export interface SavedModel {
  readonly file: Uint8Array;
  readonly exchange?: Exchange | undefined;
}

/** What became of one fit. */
export type ChainFit = ChainOutcome & {
  /** The last model that did not fail, with the last fit. */
  readonly saved?: SavedModel;
};

type ChainOutcome =
  | {
      readonly ok: true;
      /** `[rows to forecast][classes]` */
      readonly values: Float64Array;
      readonly training: Fitted["training"];
    }
  | {
      readonly ok: false;
      readonly error: PackedError;
      /** Forecasts of the last model that did not fail; empty where there is none. */
      readonly values: Float64Array;
    };

/** Loads a model by the file of its entry. */
export async function loadModel(file: string): Promise<Model> {
  return ((await import(pathToFileURL(file).href)) as { default: Model }).default;
}

/**
 * Fits a model on each fold and forecasts. A fit whose training fails (`VolterraError` of code MODEL, as where a loss
 * diverges) is kept as a failure and the next one begins from the last that did not; other errors are thrown.
 */
export async function fitChain(chain: Chain, onFit: () => void): Promise<ChainFit[]> {
  const { rows, params, again } = chain;
  const model = await loadModel(chain.file);
  const out: ChainFit[] = [];
  let before: Fitted | undefined;
  for (const [index, fold] of chain.folds.entries()) {
    const train = takeRows(rows, fold.train);
    const asked = takeRows(rows, fold.predict);
    let fit: ChainOutcome;
    const start = again === undefined ? undefined : before;
    try {
      const fitted: Fitted = await model.fit(
        chain.balanced ? balanceClasses(train) : train,
        start ? again : params,
        key(chain.seed).fold(chain.name, "fold", index),
        {
          ...(start && { start }),
          ...(fold.held && { validation: takeRows(rows, fold.held) }),
        },
      );
      const { values } = fitted.predict(asked);
      fit = { ok: true, values, training: fitted.training };
      before = fitted;
    } catch (error) {
      if (!(error instanceof VolterraError) || error.code !== "MODEL") throw error;
      const values = before ? before.predict(asked).values : new Float64Array(0);
      fit = { ok: false, error: packError(error), values };
    }
    const saved = before &&
      index === chain.folds.length - 1 && { file: before.save(), exchange: before.exchange() };
    out.push({ ...fit, ...(saved && { saved }) });
    onFit();
  }
  return out;
}
