import type { Fold } from "./fold.ts";
import { type Samples, takeRows } from "./samples.ts";

/** The candidate with the lowest mean loss over inner folds. */
export interface Selected<C> {
  readonly best: C;
  readonly index: number;
  /** `[candidates][inner folds]` */
  readonly losses: readonly (readonly number[])[];
}

/**
 * Chooses among candidates (hyper-parameters, thresholds, feature lists) by folds inside the training rows, so that
 * no test row has a say. `inner` makes the folds of the training rows' days; `loss` trains on one part and measures
 * on the other. The first of equal candidates wins; NaN counts as infinite.
 */
export async function selectInside<C>(
  train: Samples,
  candidates: readonly C[],
  options: {
    readonly inner: (times: Int32Array) => readonly Fold[];
    readonly loss: (candidate: C, train: Samples, held: Samples, fold: Fold) => Promise<number>;
  },
): Promise<Selected<C>> {
  if (candidates.length === 0) throw new RangeError("there is nothing to choose from");
  const parts = options.inner(train.times).map((fold) => ({
    fold,
    train: takeRows(train, fold.train),
    held: takeRows(train, fold.test),
  }));
  const losses: number[][] = [];
  for (const candidate of candidates) {
    const row: number[] = [];
    for (const part of parts) {
      row.push(await options.loss(candidate, part.train, part.held, part.fold));
    }
    losses.push(row);
  }
  const means = losses.map((row) => {
    const mean = row.reduce((sum, loss) => sum + loss, 0) / row.length;
    return mean === mean ? mean : Infinity;
  });
  const index = means.indexOf(Math.min(...means));
  return { best: candidates[index]!, index, losses };
}
