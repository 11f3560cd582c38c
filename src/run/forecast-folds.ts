import { toDay, toNumber, VolterraError } from "#core";
import { type Fold, type Samples, walkForward } from "#learn";
import type { Split } from "./forecast-spec.ts";

/** Rows whose label is known, of a fold's training and test. */
function labelled(rows: Samples, fold: Fold): Fold {
  const known = (index: Int32Array) => index.filter((row) => !Number.isNaN(rows.target[row]!));
  return { index: fold.index, train: known(fold.train), test: known(fold.test) };
}

/** The folds of a split over rows. Throws `VolterraError("EMPTY_WINDOW")` where there are too few rows. */
export function makeFolds(rows: Samples, split: Split): Fold[] {
  const folds =
    split.kind === "disjoint" ? disjointFolds(rows, split) : overlappingFolds(rows, split);
  return folds.map((fold) => labelled(rows, fold));
}

/** `folds` tests of equal length from a day on, each trained on all labels that end before it. */
function disjointFolds(rows: Samples, split: Split & { readonly kind: "disjoint" }): Fold[] {
  const from = toNumber(split.from);
  const first = rows.times.findIndex((day) => day >= from);
  const days = first < 0 ? 0 : rows.times.length - first;
  if (days < split.folds) {
    throw new VolterraError(
      "EMPTY_WINDOW",
      `${days} rows from ${split.from} on are too few for ${split.folds} folds`,
      `The rows run from ${toDay(rows.times[0]!)} to ${toDay(rows.times.at(-1)!)}.`,
    );
  }
  return walkForward(rows.times, {
    kind: "expanding",
    train: 1,
    test: Math.ceil(days / split.folds),
    horizon: rows.horizon,
    from,
  });
}

/** The original's splitter: rows that its 5-day deviations cost, smallest window, share of the rows in one, and so on. */
const ORIGINAL = {
  lost: 5,
  least: 40,
  share: 0.75,
  overlap: 0.5,
  train: 0.8,
  leastTrain: 20,
  leastTest: 8,
};

/**
 * The windows of the original over the rows of the last calendar days: max(40, 75 %) of them each, the next one
 * min((N − window)/(windows − 1), window/2) later; the first 80 % of a window trains and the rest tests. Sequences stay
 * inside their part, so that the first `steps − 1` rows of each, and the last whose label lies beyond it, are lost.
 */
function overlappingFolds(rows: Samples, split: Split & { readonly kind: "overlapping" }): Fold[] {
  const after = rows.times.at(-1)! - split.days;
  const offset = rows.times.findIndex((day) => day > after) + ORIGINAL.lost;
  const n = rows.times.length - offset;
  const size = Math.max(ORIGINAL.least, Math.floor(ORIGINAL.share * n));
  const step = Math.max(
    1,
    Math.floor(Math.min((n - size) / (split.windows - 1), size * (1 - ORIGINAL.overlap))),
  );
  // The label of a sequence is read one row after it, which must lie in the same part.
  const inside = (from: number, to: number) =>
    Int32Array.from(
      { length: Math.max(to - from - rows.steps, 0) },
      (_, i) => offset + from + rows.steps - 1 + i,
    );
  const folds: Fold[] = [];
  for (let w = 0; w < split.windows; w++) {
    const start = w * step;
    if (start + size > n) break;
    const cut = start + Math.floor(ORIGINAL.train * size);
    if (cut - start < ORIGINAL.leastTrain || start + size - cut < ORIGINAL.leastTest) continue;
    folds.push({ index: folds.length, train: inside(start, cut), test: inside(cut, start + size) });
  }
  if (folds.length > 0) return folds;
  throw new VolterraError(
    "EMPTY_WINDOW",
    `${n} rows of the last ${split.days} days are too few for a window of ${size}`,
    "Lengthen split.days.",
  );
}
