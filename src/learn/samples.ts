import { VolterraError, toDay } from "#core";

/** What a model predicts: one of the named classes (target = index), or a number. */
export type Task =
  | { readonly kind: "classes"; readonly classes: readonly string[] }
  | { readonly kind: "number" };

/**
 * Rows to learn from or to predict. `features` is row-major, `[n][steps][names]`; a table has `steps` 1, a
 * sequence ends with the decision day. `target` is a class index or a number, NaN where it is unknown.
 */
export interface Samples {
  readonly features: Float64Array;
  readonly steps: number;
  readonly names: readonly string[];
  readonly target: Float64Array;
  readonly task: Task;
  /** Decision day of each row, increasing within a group. */
  readonly times: Int32Array;
  /** Sessions the target looks ahead of its row; a training tail is purged by it. */
  readonly horizon: number;
  /** Non-negative weight of each row; 1 where absent. */
  readonly weights?: Float64Array;
  /** Environment or asset of each row. */
  readonly groups?: Int32Array;
}

/** Number of outputs a row: one probability a class, or the number itself. */
export function outputs(task: Task): number {
  return task.kind === "classes" ? task.classes.length : 1;
}

/** Checks and freezes samples. Throws `RangeError` for lengths that do not fit one another. */
export function samples(parts: Samples): Samples {
  const n = parts.times.length;
  const width = parts.steps * parts.names.length;
  if (!Number.isInteger(parts.steps) || parts.steps < 1)
    throw new RangeError(`steps is a positive integer, not ${parts.steps}`);
  if (!Number.isInteger(parts.horizon) || parts.horizon < 0)
    throw new RangeError(`horizon is a non-negative integer, not ${parts.horizon}`);
  if (parts.features.length !== n * width)
    throw new RangeError(`features hold ${parts.features.length} values, not ${n} x ${width}`);
  if (new Set(parts.names).size !== parts.names.length)
    throw new RangeError(`feature names repeat: ${parts.names.join(", ")}`);
  for (const [name, column] of Object.entries({
    target: parts.target,
    weights: parts.weights,
    groups: parts.groups,
  })) {
    if (column && column.length !== n)
      throw new RangeError(`${name} has ${column.length} rows, not ${n}`);
  }
  return Object.freeze({ ...parts });
}

/** The given rows, in the given order, copied. */
export function takeRows(from: Samples, index: ArrayLike<number>): Samples {
  const width = from.steps * from.names.length;
  const n = index.length;
  const features = new Float64Array(n * width);
  const target = new Float64Array(n);
  const times = new Int32Array(n);
  const weights = from.weights && new Float64Array(n);
  const groups = from.groups && new Int32Array(n);
  for (let i = 0; i < n; i++) {
    const row = index[i]!;
    if (!(row >= 0 && row < from.times.length)) throw new RangeError(`no row ${row}`);
    features.set(from.features.subarray(row * width, (row + 1) * width), i * width);
    target[i] = from.target[row]!;
    times[i] = from.times[row]!;
    if (weights) weights[i] = from.weights![row]!;
    if (groups) groups[i] = from.groups![row]!;
  }
  const { steps, names, task, horizon } = from;
  return samples({
    features,
    steps,
    names,
    target,
    task,
    times,
    horizon,
    ...(weights && { weights }),
    ...(groups && { groups }),
  });
}

/**
 * Refuses features a model cannot read: infinities always, NaN unless `missing` is true. The error names row,
 * day, column and, in a sequence, the step.
 */
export function checkFeatures(rows: Samples, missing: boolean): void {
  const { features, names, steps, times } = rows;
  const k = names.length;
  for (let at = 0; at < features.length; at++) {
    const value = features[at]!;
    if (value - value === 0 || (missing && value !== value)) continue;
    const row = Math.floor(at / (k * steps));
    const step = steps > 1 ? `, step ${(Math.floor(at / k) % steps) + 1} of ${steps}` : "";
    throw new VolterraError(
      "MODEL",
      `feature "${names[at % k]}" is ${value} in row ${row} (${toDay(times[row]!)}${step})`,
      "Drop the rows of the warm-up, or choose features that exist over the whole window.",
    );
  }
}

/** Refuses targets and weights that cannot be learned from; the error names the row and its day. */
export function checkTarget(rows: Samples): void {
  const { target, task, weights, times } = rows;
  const count = outputs(task);
  for (let row = 0; row < target.length; row++) {
    const value = target[row]!;
    const good =
      task.kind === "number"
        ? Number.isFinite(value)
        : Number.isInteger(value) && value >= 0 && value < count;
    if (!good) {
      throw new VolterraError(
        "MODEL",
        `target is ${value} in row ${row} (${toDay(times[row]!)})`,
        task.kind === "classes"
          ? `A target is a class index, 0 to ${count - 1}; leave out rows whose label is not known yet.`
          : "Leave out rows whose target is not known yet.",
      );
    }
    const weight = weights ? weights[row]! : 1;
    if (!(weight >= 0 && weight < Infinity)) {
      throw new VolterraError(
        "MODEL",
        `weight is ${weight} in row ${row} (${toDay(times[row]!)})`,
        "A weight is a finite number, not below zero.",
      );
    }
  }
}

/** Refuses a feature that is the same, or missing, in all rows: nothing can be learned from it or scaled by it. */
export function checkVaries({ features, names, times }: Samples): void {
  const k = names.length;
  names.forEach((name, j) => {
    let first = NaN;
    for (let at = j; at < features.length; at += k) {
      const value = features[at]!;
      if (first !== first) first = value;
      else if (value === value && value !== first) return;
    }
    const span = `${toDay(times[0]!)} to ${toDay(times.at(-1)!)}`;
    throw new VolterraError(
      "MODEL",
      `feature "${name}" is ${first} in all ${times.length} training rows (${span})`,
      "Drop the feature, or lengthen the training window until it varies.",
    );
  });
}

/** Rows of each class. */
export function classCounts(rows: Samples): Int32Array {
  const counts = new Int32Array(outputs(rows.task));
  for (const label of rows.target) counts[label]! += 1;
  return counts;
}

/**
 * The same rows weighted so that every class present has equal total weight: w = N / (K·n_k), K the number of
 * classes present, times the weights already there.
 */
export function balanceClasses(rows: Samples): Samples {
  if (rows.task.kind !== "classes") throw new RangeError("only classes can be balanced");
  const counts = classCounts(rows);
  const present = counts.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0);
  const weights = rows.target.map(
    (label, row) =>
      (rows.target.length / (present * counts[label]!)) * (rows.weights ? rows.weights[row]! : 1),
  );
  return samples({ ...rows, weights });
}
