import { type Measured, type Metric, meanMetric } from "./metric.ts";

const errors = ({ values, target }: Measured) => target.map((value, row) => values[row]! - value);

export const rmse = meanMetric(
  { name: "rmse", describe: "root of the mean squared error", better: "lower" },
  (forecasts) => errors(forecasts).map((error) => error * error),
  Math.sqrt,
);

export const mae = meanMetric(
  { name: "mae", describe: "mean absolute error", better: "lower" },
  (forecasts) => errors(forecasts).map(Math.abs),
);

/** Mean of forecast − actual. Neither direction is better; nearer to zero is. */
export function bias(forecasts: Measured): number {
  const all = errors(forecasts);
  return all.reduce((sum, error) => sum + error, 0) / all.length;
}

/** 1 − MSE / MSE of a reference forecast: above 0 where it beats the reference. */
export function skillOver(reference: Float64Array): Metric {
  return {
    name: "skill",
    describe: "1 − mean squared error over that of a reference",
    better: "higher",
    prepare(forecasts) {
      const own = rmse.prepare(forecasts);
      const other = rmse.prepare({ ...forecasts, values: reference });
      return (weight) => 1 - (own(weight) / other(weight)) ** 2;
    },
  };
}

export const NUMBER_METRICS: readonly Metric[] = [rmse, mae];
