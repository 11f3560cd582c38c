/** A metric prepared for one list of forecasts: its value for row weights, or resampled counts of rows. */
export type Measure = (weight: Float64Array) => number;

/** Forecasts to measure: `[n][classes]` probabilities with class indices, or `[n]` numbers (`classes` 1). */
export interface Measured {
  readonly values: Float64Array;
  readonly target: Float64Array;
  readonly classes: number;
}

/** A forecast metric. What does not depend on the weights is done once, in `prepare`. */
export interface Metric {
  readonly name: string;
  readonly describe: string;
  readonly better: "higher" | "lower";
  prepare(forecasts: Measured): Measure;
}

/** Weight 1 for each row. */
export function ones(n: number): Float64Array {
  return new Float64Array(n).fill(1);
}

/** The value of a metric on all rows alike. */
export function measure(metric: Metric, forecasts: Measured): number {
  return metric.prepare(forecasts)(ones(forecasts.target.length));
}

/** A metric that is the weighted mean of a loss or a score of each row. */
export interface MeanMetric extends Metric {
  ofRows(forecasts: Measured): Float64Array;
}

export function meanMetric(
  about: Omit<Metric, "prepare">,
  ofRows: (forecasts: Measured) => Float64Array,
  finish: (mean: number) => number = (mean) => mean,
): MeanMetric {
  return {
    ...about,
    ofRows,
    prepare(forecasts) {
      const rows = ofRows(forecasts);
      return (weight) => {
        let sum = 0;
        let total = 0;
        for (let i = 0; i < rows.length; i++) {
          sum += weight[i]! * rows[i]!;
          total += weight[i]!;
        }
        return finish(sum / total);
      };
    },
  };
}
