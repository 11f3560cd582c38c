import { VolterraError, toDay } from "#core";
import { type Samples, samples } from "./samples.ts";

/**
 * Sequences of the last `steps` rows, the last of them the row itself, its decision day: `[n][steps][names]`. The
 * first `steps − 1` rows have no full past and are left out; targets, days and weights stay those of the last row.
 * Make windows of the whole table before it is split: a test row then sees the days before its fold, and no
 * test day is lost. Rows of different groups are never joined.
 */
export function windows(table: Samples, steps: number): Samples {
  if (table.steps !== 1) throw new RangeError(`the rows are sequences of ${table.steps} already`);
  if (!Number.isInteger(steps) || steps < 1) throw new RangeError(`${steps} steps`);
  const k = table.names.length;
  const ends: number[] = [];
  for (let row = steps - 1; row < table.times.length; row++) {
    const from = row - steps + 1;
    if (table.groups && table.groups[from] !== table.groups[row]) continue;
    if (!increases(table.times, from, row)) {
      throw new VolterraError(
        "DATA",
        `days do not increase within the window that ends at row ${row} (${toDay(table.times[row]!)})`,
        "Sort the rows by day, or give each asset a group.",
      );
    }
    ends.push(row);
  }
  const features = new Float64Array(ends.length * steps * k);
  ends.forEach((row, i) => {
    features.set(table.features.subarray((row - steps + 1) * k, (row + 1) * k), i * steps * k);
  });
  return reshape(table, { ends, steps, features });
}

/** The last step of each sequence as a table: the rows of a sequence model for a model that reads tables. */
export function lastSteps(rows: Samples): Samples {
  const k = rows.names.length;
  const width = rows.steps * k;
  const features = new Float64Array(rows.times.length * k);
  const ends = Array.from(rows.times, (_, row) => row);
  for (const row of ends) {
    features.set(rows.features.subarray((row + 1) * width - k, (row + 1) * width), row * k);
  }
  return reshape(rows, { ends, steps: 1, features });
}

function reshape(
  from: Samples,
  to: { readonly ends: readonly number[]; readonly steps: number; readonly features: Float64Array },
): Samples {
  const { names, task, horizon, weights, groups } = from;
  return samples({
    features: to.features,
    steps: to.steps,
    names,
    task,
    horizon,
    target: Float64Array.from(to.ends, (row) => from.target[row]!),
    times: Int32Array.from(to.ends, (row) => from.times[row]!),
    ...(weights && { weights: Float64Array.from(to.ends, (row) => weights[row]!) }),
    ...(groups && { groups: Int32Array.from(to.ends, (row) => groups[row]!) }),
  });
}

function increases(times: Int32Array, from: number, to: number): boolean {
  for (let row = from + 1; row <= to; row++) if (times[row]! <= times[row - 1]!) return false;
  return true;
}
