import type { Samples } from "./samples.ts";

/** Standard scaler: mean and standard deviation of each feature, over the rows and steps it was fitted on. */
export interface Scaler {
  readonly mean: Float64Array;
  /** Population deviation; 1 where the feature does not vary. */
  readonly deviation: Float64Array;
}

/** A deviation below this share of the mean is rounding. */
const ROUNDING = 1e-13;

/** Mean and population deviation of each feature. Give it training rows only. */
export function fitScaler(rows: Samples): Scaler {
  const k = rows.names.length;
  const count = rows.features.length / k;
  const mean = new Float64Array(k);
  const deviation = new Float64Array(k);
  rows.features.forEach((value, at) => {
    mean[at % k]! += value / count;
  });
  rows.features.forEach((value, at) => {
    deviation[at % k]! += (value - mean[at % k]!) ** 2 / count;
  });
  for (let j = 0; j < k; j++) {
    const root = Math.sqrt(deviation[j]!);
    deviation[j] = root > ROUNDING * Math.abs(mean[j]!) ? root : 1;
  }
  return { mean, deviation };
}

/** (x − mean) / deviation, in the layout of the rows. */
export function scale({ mean, deviation }: Scaler, rows: Samples): Float64Array {
  const k = mean.length;
  return rows.features.map((value, at) => (value - mean[at % k]!) / deviation[at % k]!);
}
