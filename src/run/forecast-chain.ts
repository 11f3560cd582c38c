import { pathToFileURL } from "node:url";
import { type ErrorCode, key, VolterraError } from "#core";
import { balanceClasses, type Fitted, type Model, type Samples, takeRows } from "#learn";

/** One fit of a chain: rows to train on, and rows to forecast with it. */
export interface ChainFold {
  readonly train: Int32Array;
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
  /** Keep the file of each fit. */
  readonly keep: boolean;
}

/** What became of one fit. */
export type ChainFit =
  | {
      readonly ok: true;
      /** `[rows to forecast][classes]` */
      readonly values: Float64Array;
      readonly training: Fitted["training"];
      /** Empty unless kept. */
      readonly saved: Uint8Array;
    }
  | { readonly ok: false; readonly error: Failure };

/** An error of the user in plain data. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
}

/** The error behind a failure. */
export function revive({ code, message, hint }: Failure): VolterraError {
  return new VolterraError(code, message, hint);
}

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
    const start = again === undefined ? undefined : before;
    try {
      const fitted = await model.fit(
        chain.balanced ? balanceClasses(train) : train,
        start ? again : params,
        key(chain.seed).fold(chain.name, "fold", index),
        start ? { start } : {},
      );
      const { values } = fitted.predict(takeRows(rows, fold.predict));
      const saved = chain.keep ? fitted.save() : new Uint8Array();
      out.push({ ok: true, values, training: fitted.training, saved });
      before = fitted;
    } catch (error) {
      if (!(error instanceof VolterraError) || error.code !== "MODEL") throw error;
      const { code, message, hint } = error;
      out.push({ ok: false, error: { code, message, hint } });
    }
    onFit();
  }
  return out;
}
