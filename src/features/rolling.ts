import { sortedQuantile } from "#num";

/**
 * Causal building blocks: row t of the result reads rows ≤ t of the argument, whatever the argument. Windows are
 * recomputed rather than updated, so that a row depends on its window alone (no drift, no memory of a bad value).
 * A window with a missing value is missing.
 */

type Statistic = (values: Float64Array, from: number, to: number) => number;

/** `statistic` over the last `window` rows, NaN until there are that many and wherever one of them is NaN. */
export function rolling(values: Float64Array, window: number, statistic: Statistic): Float64Array {
  if (!Number.isInteger(window) || window < 1)
    throw new RangeError(`window must be ≥ 1: ${window}`);
  const out = new Float64Array(values.length).fill(NaN);
  let run = 0;
  for (let t = 0; t < values.length; t++) {
    run = Number.isNaN(values[t]!) ? 0 : run + 1;
    if (run >= window) out[t] = statistic(values, t - window + 1, t + 1);
  }
  return out;
}

const meanOf: Statistic = (x, from, to) => {
  let sum = 0;
  for (let i = from; i < to; i++) sum += x[i]!;
  return sum / (to - from);
};

const deviationOf: Statistic = (x, from, to) => {
  const mean = meanOf(x, from, to);
  let squares = 0;
  for (let i = from; i < to; i++) squares += (x[i]! - mean) ** 2;
  return Math.sqrt(squares / (to - from - 1));
};

/** Mean of the last `window` rows. */
export function rollingMean(values: Float64Array, window: number): Float64Array {
  return rolling(values, window, meanOf);
}

/** Sample standard deviation (n − 1) of the last `window` rows. */
export function rollingDeviation(values: Float64Array, window: number): Float64Array {
  return rolling(values, window, deviationOf);
}

/** Smallest of the last `window` rows. */
export function rollingMin(values: Float64Array, window: number): Float64Array {
  return rolling(values, window, (x, from, to) => {
    let least = x[from]!;
    for (let i = from + 1; i < to; i++) if (x[i]! < least) least = x[i]!;
    return least;
  });
}

/** Largest of the last `window` rows. */
export function rollingMax(values: Float64Array, window: number): Float64Array {
  return rolling(values, window, (x, from, to) => {
    let most = x[from]!;
    for (let i = from + 1; i < to; i++) if (x[i]! > most) most = x[i]!;
    return most;
  });
}

/** Quantile (linear between order statistics, Hyndman–Fan type 7) of the last `window` rows. */
export function rollingQuantile(values: Float64Array, window: number, q: number): Float64Array {
  if (!(q >= 0 && q <= 1)) throw new RangeError(`q must be in [0, 1]: ${q}`);
  return rolling(values, window, (x, from, to) => {
    return sortedQuantile(x.subarray(from, to).toSorted(), q);
  });
}

/** Min–max rank of the row within the last `window` rows, itself included: (x − min) / (max − min). */
export function rollingRank(values: Float64Array, window: number): Float64Array {
  const least = rollingMin(values, window);
  const most = rollingMax(values, window);
  return values.map((x, t) =>
    most[t]! > least[t]! ? (x - least[t]!) / (most[t]! - least[t]!) : NaN,
  );
}

/** Share of the `window` rows before the row that lie below it. */
export function rollingPercentile(values: Float64Array, window: number): Float64Array {
  return rolling(values, window + 1, (x, from, to) => {
    const last = x[to - 1]!;
    let below = 0;
    for (let i = from; i < to - 1; i++) if (x[i]! < last) below++;
    return below / (to - 1 - from);
  });
}

/** The value `by` ≥ 0 rows earlier. */
export function lag(values: Float64Array, by = 1): Float64Array {
  if (!Number.isInteger(by) || by < 0) throw new RangeError(`lag must be ≥ 0: ${by}`);
  const out = new Float64Array(values.length).fill(NaN);
  if (by < values.length) out.set(values.subarray(0, values.length - by), by);
  return out;
}

/** Simple return over `by` rows: x(t) / x(t − by) − 1. */
export function simpleReturns(values: Float64Array, by = 1): Float64Array {
  const returns = lag(values, by);
  for (let t = 0; t < values.length; t++) returns[t] = values[t]! / returns[t]! - 1;
  return returns;
}

/** Log return over `by` rows: ln(x(t) / x(t − by)). */
export function logReturns(values: Float64Array, by = 1): Float64Array {
  const returns = lag(values, by);
  for (let t = 0; t < values.length; t++) returns[t] = Math.log(values[t]! / returns[t]!);
  return returns;
}

/** Row by row over columns of equal length; NaN where any argument is NaN. */
export function rowwise(
  columns: readonly Float64Array[],
  f: (...values: number[]) => number,
): Float64Array {
  const out = new Float64Array(columns[0]!.length);
  const values = columns.map(() => NaN);
  for (let t = 0; t < out.length; t++) {
    for (let i = 0; i < values.length; i++) values[i] = columns[i]![t]!;
    out[t] = values.some(Number.isNaN) ? NaN : f(...values);
  }
  return out;
}

/** Mean of all rows up to and including t, missing ones left out; NaN before the first. */
export function expandingMean(values: Float64Array): Float64Array {
  let sum = 0;
  let n = 0;
  return values.map((x) => {
    if (!Number.isNaN(x)) {
      sum += x;
      n++;
    }
    return n === 0 ? NaN : sum / n;
  });
}
