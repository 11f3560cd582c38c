import { type Key, bits } from "#core";
import { type Metric, measure } from "./metric.ts";
import type { Fitted } from "./model.ts";
import { type Samples, outputs, samples } from "./samples.ts";

/** How much worse a metric gets when a feature's values are dealt to other rows. */
export interface PermutationImportance {
  readonly name: string;
  /** Mean over the repeats of how much the metric gets worse; near 0 for a feature the model does not need. */
  readonly mean: number;
  /** Each repeat. */
  readonly each: readonly number[];
}

/**
 * Permutation importance (Breiman, "Random forests", 2001) of each feature on rows that the model has not learned
 * from. In sequences a row's whole history of the feature moves with it.
 */
export function permutationImportance(
  fitted: Fitted,
  rows: Samples,
  options: { readonly metric: Metric; readonly key: Key; readonly repeats?: number },
): PermutationImportance[] {
  const { metric, key, repeats = 5 } = options;
  const classes = outputs(rows.task);
  const score = (some: Samples) =>
    measure(metric, { values: fitted.predict(some).values, target: rows.target, classes });
  const whole = score(rows);
  const sign = metric.better === "higher" ? 1 : -1;
  return rows.names.map((name, j) => {
    const each = Array.from({ length: repeats }, (_, repeat) => {
      const order = shuffled(rows.times.length, key.fold("permutation", name, repeat));
      return sign * (whole - score(dealt(rows, j, order)));
    });
    return { name, mean: each.reduce((sum, value) => sum + value, 0) / repeats, each };
  });
}

/** The rows with feature `j` taken from the rows of another order. */
function dealt(rows: Samples, j: number, order: Int32Array): Samples {
  const k = rows.names.length;
  const width = rows.steps * k;
  const features = rows.features.slice();
  order.forEach((from, row) => {
    for (let at = j; at < width; at += k) {
      features[row * width + at] = rows.features[from * width + at]!;
    }
  });
  return samples({ ...rows, features });
}

/** 0 … n − 1 in random order (Fisher–Yates). */
function shuffled(n: number, key: Key): Int32Array {
  const order = Int32Array.from({ length: n }, (_, i) => i);
  const words = bits(key, n);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor((words[i]! / 2 ** 32) * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
