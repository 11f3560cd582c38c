import { exp, log, mean } from "#num";

/**
 * Automatic block lengths: Politis & White, "Automatic block-length selection for the dependent bootstrap",
 * Econometric Reviews 23 (2004) 53–70, with the correction of Patton, Politis & White, 28 (2009) 372–375.
 */
export interface BlockLengths {
  /** Mean block length for the stationary bootstrap, ≥ 1. */
  readonly stationary: number;
  /** Block length for the circular bootstrap, a whole number ≥ 1. */
  readonly circular: number;
}

/** Autocovariances R(0), R(1), … with divisor n, each computed when first asked for. */
function autocovariances(values: Float64Array): (lag: number) => number {
  const n = values.length;
  const centre = mean(values);
  const centred = values.map((v) => v - centre);
  const known: number[] = [];
  return (lag) => {
    for (let k = known.length; k <= lag; k++) {
      let total = 0;
      for (let i = k; i < n; i++) total += centred[i]! * centred[i - k]!;
      known.push(total / n);
    }
    return known[lag]!;
  };
}

/** Flat-top (trapezoidal) lag window of Politis & Romano (1995). */
function flatTop(k: number, width: number): number {
  const s = k / width;
  return s <= 0.5 ? 1 : s < 1 ? 2 * (1 - s) : 0;
}

/**
 * Where the flat-top window ends: twice the first lag from which a run of insignificant autocorrelations
 * begins (|ρ| < 2 √(log₁₀ n / n), K = max(5, √log₁₀ n) in a row), at most ⌈√n⌉ + K.
 */
function bandwidth(covariance: (lag: number) => number, n: number): number {
  const run = 5; // K: √log₁₀ n stays below 5 for any n that fits in memory
  const largest = longestLag(n);
  const bound = 2 * Math.sqrt(log(n) / Math.LN10 / n) * covariance(0);
  let quiet = 0;
  for (let k = 1; k <= largest; k++) {
    quiet = Math.abs(covariance(k)) < bound ? quiet + 1 : 0;
    if (quiet === run) return Math.min(2 * (k - run + 1), largest);
  }
  return largest;
}

function longestLag(n: number): number {
  return Math.min(Math.ceil(Math.sqrt(n)) + 5, n - 1);
}

/** The block lengths for a series; 1 for a constant or for fewer than nine values. */
export function politisWhite(values: Float64Array): BlockLengths {
  const n = values.length;
  if (n < 9) return { stationary: 1, circular: 1 };
  const covariance = autocovariances(values);
  // A constant's covariances are rounding noise.
  if (!(Math.sqrt(covariance(0)) > 1e-14 * Math.abs(mean(values)))) {
    return { stationary: 1, circular: 1 };
  }
  const width = bandwidth(covariance, n);
  let slope = 0;
  let level = covariance(0);
  for (let k = 1; k <= width; k++) {
    const weighted = 2 * flatTop(k, width) * covariance(k);
    slope += k * weighted;
    level += weighted;
  }
  if (!(level * level > 0)) return { stationary: 1, circular: 1 };
  const most = Math.ceil(Math.min(3 * Math.sqrt(n), n / 3));
  const bounded = (d: number) =>
    Math.min(most, Math.max(1, cubeRoot(((2 * slope * slope) / (d * level * level)) * n)));
  return { stationary: bounded(2), circular: Math.round(bounded(4 / 3)) };
}

function cubeRoot(x: number): number {
  return x > 0 ? exp(log(x) / 3) : 0;
}

/** The variance of √n × mean of a dependent series, estimated two ways. */
export interface LongRunVariance {
  /** By the flat-top window of `politisWhite`, freed of what estimating the mean takes from every covariance. */
  readonly flatTop: number;
  /** As the stationary bootstrap of the given mean block length sees it. */
  readonly stationary: number;
  /** Degrees of freedom of the flat-top estimate: n / Σ λ². */
  readonly freedom: number;
}

/**
 * Covariances about the sample's mean fall short of the true ones by about σ²/n each, σ² being the long-run variance, so
 * a window of weights λ estimates (1 − Σ λ / n) σ². The stationary bootstrap's variance is R(0) + 2 Σ (1 − k/n) qᵏ R(k), q = 1 − 1/block, and a term in qⁿ⁻ᵏ that
 * matters only for blocks near n (Politis & Romano 1994, lemma 1): short blocks see less dependence than there is.
 * The flat-top estimate does not have that bias; its ratio to the other is what a bootstrap's standard error lacks.
 */
export function longRunVariance(values: Float64Array, meanBlock: number): LongRunVariance {
  const n = values.length;
  if (n < 9) return { flatTop: NaN, stationary: NaN, freedom: NaN };
  const stay = 1 - 1 / meanBlock;
  // Weights below 1e-6 change nothing that is printed.
  const reach = stay > 0 ? Math.ceil(log(1e-6) / log(stay)) : 0;
  const covariance = autocovariances(values);
  const width = bandwidth(covariance, n);
  let flat = covariance(0);
  let weights = 1;
  let squares = 1;
  for (let k = 1; k <= width; k++) {
    flat += 2 * flatTop(k, width) * covariance(k);
    weights += 2 * flatTop(k, width);
    squares += 2 * flatTop(k, width) ** 2;
  }
  let seen = covariance(0);
  let decay = 1;
  const last = Math.min(n - 1, reach);
  for (let k = 1; k <= last; k++) {
    decay *= stay;
    seen += 2 * (1 - k / n) * decay * covariance(k);
  }
  return { flatTop: flat / (1 - weights / n), stationary: seen, freedom: n / squares };
}
