import { VolterraError } from "#core";
import { exp, log, minimise, searchSimplex } from "#num";

/**
 * Conditional variance of returns rₜ = mean + eₜ:
 * σ²ₜ = omega + (alpha + gamma·[eₜ₋₁ < 0])·e²ₜ₋₁ + beta·σ²ₜ₋₁.
 * gamma = 0 is GARCH(1,1) (T. Bollerslev, Journal of Econometrics 31 (1986), 307–327); otherwise GJR (L. Glosten,
 * R. Jagannathan, D. Runkle, Journal of Finance 48 (1993), 1779–1801). Per period, in the units of the returns.
 */
export interface GarchModel {
  readonly mean: number;
  readonly omega: number;
  readonly alpha: number;
  readonly gamma: number;
  readonly beta: number;
  /** Variance assumed before the first return: an exponentially weighted mean of the first 75 squares. */
  readonly start: number;
}

export interface GarchFit extends GarchModel {
  /** Gaussian log-likelihood at the maximum. */
  readonly logLikelihood: number;
  /** False where the search ran out of evaluations. */
  readonly converged: boolean;
}

export interface GarchOptions {
  readonly kind?: "garch" | "gjr";
  /** `constant` estimates the mean with the rest; `zero` takes it as 0. */
  readonly mean?: "constant" | "zero";
}

/** Weight of yesterday in the starting variance, and how many returns it sees (RiskMetrics). */
const START_DECAY = 0.94;
const START_RETURNS = 75;

function startVariance(residuals: Float64Array): number {
  let sum = 0;
  let weights = 0;
  let weight = 1;
  for (let i = 0; i < Math.min(START_RETURNS, residuals.length); i++) {
    sum += weight * residuals[i]! ** 2;
    weights += weight;
    weight *= START_DECAY;
  }
  return sum / weights;
}

/** Variance of the next period. */
function next(model: GarchModel, residual: number, variance: number): number {
  const { omega, alpha, gamma, beta } = model;
  const shock = alpha + (residual < 0 ? gamma : 0);
  return omega + shock * residual * residual + beta * variance;
}

/** Variance of the first period, half of the starting variance's shocks being falls. */
function first({ omega, alpha, gamma, beta, start }: GarchModel): number {
  return omega + (alpha + 0.5 * gamma + beta) * start;
}

/** alpha + gamma/2 + beta: how much of a shock to variance is left a period later. */
export function garchPersistence({ alpha, gamma, beta }: GarchModel): number {
  return alpha + 0.5 * gamma + beta;
}

/** Conditional variance of each return given those before it, and, last, of the one to come: length n + 1. */
export function garchVariances(model: GarchModel, returns: Float64Array): Float64Array {
  const out = new Float64Array(returns.length + 1);
  out[0] = first(model);
  for (let t = 0; t < returns.length; t++) {
    out[t + 1] = next(model, returns[t]! - model.mean, out[t]!);
  }
  return out;
}

/**
 * Mean variance of the next `horizon` periods, given the variance of the first of them: shocks decay with the
 * persistence towards omega/(1 − persistence).
 */
export function garchForecast(model: GarchModel, variance: number, horizon: number): number {
  const persistence = garchPersistence(model);
  let ahead = variance;
  let sum = 0;
  for (let h = 0; h < horizon; h++) {
    sum += ahead;
    ahead = model.omega + persistence * ahead;
  }
  return sum / horizon;
}

/** Gaussian log-likelihood of returns under a model. */
function logLikelihood(model: GarchModel, returns: Float64Array): number {
  let sum = 0;
  let variance = first(model);
  // Logs are taken of products of 16 variances relative to the start: the logarithm is most of the cost.
  let product = 1;
  for (let t = 0; t < returns.length; t++) {
    const residual = returns[t]! - model.mean;
    product *= variance / model.start;
    if ((t & 15) === 15) {
      sum += log(product);
      product = 1;
    }
    sum += (residual * residual) / variance;
    variance = next(model, residual, variance);
  }
  const n = returns.length;
  return -0.5 * (n * log(2 * Math.PI * model.start) + sum + log(product));
}

const sigmoid = (x: number) => 1 / (1 + exp(-x));
const logit = (p: number) => log(p / (1 - p));

/**
 * Fits by maximum Gaussian likelihood, stationary and with positive variances (alpha, alpha + gamma, beta ≥ 0,
 * persistence < 1). The search runs on unbounded coordinates from three starts; the best end is kept.
 * Throws `VolterraError` ("DATA") for fewer than a hundred returns, a missing one or no variation.
 */
export function fitGarch(returns: Float64Array, options: GarchOptions = {}): GarchFit {
  const { kind = "garch", mean: meanKind = "constant" } = options;
  const n = returns.length;
  const missing = returns.findIndex((r) => !Number.isFinite(r));
  if (n < 100 || missing >= 0) {
    throw new VolterraError(
      "DATA",
      missing >= 0 ? `return ${missing} of ${n} is missing` : `${n} returns to fit a GARCH model`,
      "It needs a hundred returns or more, without gaps.",
    );
  }
  const average = meanKind === "zero" ? 0 : returns.reduce((sum, r) => sum + r, 0) / n;
  const variance = returns.reduce((sum, r) => sum + (r - average) ** 2, 0) / n;
  if (!(variance > 1e-30)) throw new VolterraError("DATA", `${n} returns without variation`);
  const start = startVariance(returns.map((r) => r - average));
  const deviation = Math.sqrt(variance);

  // Coordinates: ln(long-run variance), logit persistence, logit share of shocks in it, [logit share of falls], mean.
  const modelAt = (x: Float64Array): GarchModel => {
    const persistence = sigmoid(x[1]!);
    const shocks = persistence * sigmoid(x[2]!);
    // Falls may weigh less than rises: shares of 0 … 1 put all shocks on rises … falls.
    const falls = kind === "gjr" ? sigmoid(x[3]!) : 0.5;
    const rise = 2 * shocks * (1 - falls);
    return {
      mean: meanKind === "zero" ? 0 : average + deviation * x.at(-1)!,
      omega: variance * exp(x[0]!) * (1 - persistence),
      alpha: rise,
      gamma: kind === "gjr" ? 2 * shocks * falls - rise : 0,
      beta: persistence - shocks,
      start,
    };
  };
  const cost = (x: Float64Array) => -logLikelihood(modelAt(x), returns) / n;
  const starts = [
    { persistence: 0.97, share: 0.08 },
    { persistence: 0.9, share: 0.2 },
    { persistence: 0.6, share: 0.3 },
  ].map(({ persistence, share }) => {
    const from = [0, logit(persistence), logit(share)];
    if (kind === "gjr") from.push(logit(0.6));
    if (meanKind === "constant") from.push(0);
    return from;
  });
  const ends = starts.map((from) => {
    const smooth = minimise(cost, from, { tolerance: 1e-13 });
    return smooth.converged ? smooth : searchSimplex(cost, smooth.x);
  });
  const best = ends.reduce((low, end) => (end.value < low.value ? end : low));
  return { ...modelAt(best.x), logLikelihood: -n * best.value, converged: best.converged };
}
