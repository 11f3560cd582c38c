import { type Key, fromParts, uniforms } from "#core";
import { type Samples, type Task, samples } from "#learn";

/** `n` draws of about a normal distribution: sums of twelve uniforms less six. */
export function bells(key: Key, n: number): Float64Array {
  const draws = uniforms(key, 12 * n);
  return Float64Array.from({ length: n }, (_, i) =>
    draws.subarray(12 * i, 12 * i + 12).reduce((sum, u) => sum + u, -6),
  );
}

export const NUMBER: Task = { kind: "number" };

export function classTask(...classes: string[]): Task {
  return { kind: "classes", classes };
}

export interface Made {
  readonly n: number;
  readonly names: readonly string[];
  readonly task: Task;
  readonly key: Key;
  readonly horizon?: number;
}

/** A table whose target follows its first features: s = x₀ + x₁·x₂ + noise, cut into classes at −0.5, 0.5, … */
export function madeTable({ n, names, task, key, horizon = 1 }: Made): Samples {
  const k = names.length;
  const features = bells(key.fold("features"), n * k);
  const noise = bells(key.fold("noise"), n);
  const target = Float64Array.from({ length: n }, (_, row) => {
    const x = (j: number) => (j < k ? features[row * k + j]! : 0);
    const signal = x(0) + x(1) * x(2) + 0.5 * noise[row]!;
    return task.kind === "number" ? signal : classOf(signal, task.classes.length);
  });
  return samples({ features, steps: 1, names, target, task, times: weekdays(n), horizon });
}

function classOf(signal: number, count: number): number {
  const borders =
    count === 2 ? [0] : Array.from({ length: count - 1 }, (_, c) => c - (count - 2) / 2);
  return borders.filter((border) => signal > border).length;
}

/** `n` weekdays from 2010-01-04. */
export function weekdays(n: number): Int32Array {
  const monday = fromParts(2010, 1, 4);
  return Int32Array.from({ length: n }, (_, i) => monday + 7 * Math.floor(i / 5) + (i % 5));
}
