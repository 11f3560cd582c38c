import { VolterraError } from "#core";
import { leastSquares } from "#num";

/** Windows of the daily, weekly and monthly mean, in sessions. */
const WINDOWS = [1, 5, 22] as const;

/** A fitted heterogeneous autoregression of realised variance (or any realised measure). */
export interface HarModel {
  /** Constant, then the weights of the daily, weekly and monthly means. */
  readonly coefficients: readonly [number, number, number, number];
  /** Sessions ahead whose mean is forecast. */
  readonly horizon: number;
  /** Residual variance. */
  readonly variance: number;
  /** Rows used. */
  readonly rows: number;
}

/** Means of the last 1, 5 and 22 values at row t; NaN where one is missing. */
function regressors(measure: Float64Array, t: number): readonly [number, number, number] {
  const mean = (window: number) => {
    if (t < window - 1) return NaN;
    let sum = 0;
    for (let i = t - window + 1; i <= t; i++) sum += measure[i]!;
    return sum / window;
  };
  return [mean(WINDOWS[0]), mean(WINDOWS[1]), mean(WINDOWS[2])];
}

/**
 * Least squares of the mean of the next `horizon` values on a constant and the means of the last 1, 5 and 22:
 * F. Corsi, Journal of Financial Econometrics 7 (2009), 174–196. Rows with a missing value are left out.
 * Throws `VolterraError` ("DATA") where fewer than ten rows are left.
 */
export function fitHar(measure: Float64Array, horizon = 1): HarModel {
  if (!(Number.isInteger(horizon) && horizon >= 1)) {
    throw new RangeError(`a horizon of ${horizon} sessions`);
  }
  const design: number[] = [];
  const target: number[] = [];
  for (let t = WINDOWS[2] - 1; t + horizon < measure.length; t++) {
    const row = regressors(measure, t);
    let ahead = 0;
    for (let i = 1; i <= horizon; i++) ahead += measure[t + i]!;
    if (!Number.isFinite(row[0] + row[1] + row[2] + ahead)) continue;
    design.push(1, ...row);
    target.push(ahead / horizon);
  }
  if (target.length < 10) {
    throw new VolterraError(
      "DATA",
      `${target.length} complete rows to fit a HAR model`,
      `It needs ten, that is ${WINDOWS[2] + horizon + 9} values without gaps.`,
    );
  }
  const fit = leastSquares(Float64Array.from(design), Float64Array.from(target), 4);
  const [constant, daily, weekly, monthly] = fit.coefficients;
  return {
    coefficients: [constant!, daily!, weekly!, monthly!],
    horizon,
    variance: fit.variance,
    rows: target.length,
  };
}

/** Forecasts made at each row from values up to it: the mean of the next `horizon` values; NaN in the warm-up. */
export function forecastHar(model: HarModel, measure: Float64Array): Float64Array {
  const [constant, daily, weekly, monthly] = model.coefficients;
  return measure.map((_, t) => {
    const row = regressors(measure, t);
    return constant + daily * row[0] + weekly * row[1] + monthly * row[2];
  });
}
