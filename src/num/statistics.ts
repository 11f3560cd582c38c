/**
 * Moments and order statistics of plain arrays. NaN in gives NaN out; an array too short for a statistic gives
 * NaN, never an error. Sums run pairwise in a fixed order, so equal input gives equal bits.
 */

const LEAF = 64;

/** Σ values[from … to) by pairwise summation: error grows with log n, order fixed by the indices alone. */
export function sum(values: ArrayLike<number>, from = 0, to = values.length): number {
  if (to - from <= LEAF) {
    let total = 0;
    for (let i = from; i < to; i++) total += values[i]!;
    return total;
  }
  const half = (to - from) >> 1;
  const middle = from + (half - (half % LEAF) || half);
  return sum(values, from, middle) + sum(values, middle, to);
}

/** Arithmetic mean; NaN for no values. */
export function mean(values: ArrayLike<number>): number {
  return values.length === 0 ? NaN : sum(values) / values.length;
}

/** (1/n) Σ (x − x̄)ᵏ. */
function centralMoment(values: ArrayLike<number>, power: 2 | 3 | 4): number {
  const centre = mean(values);
  const terms = new Float64Array(values.length);
  for (let i = 0; i < terms.length; i++) {
    const d = values[i]! - centre;
    terms[i] = power === 2 ? d * d : power === 3 ? d * d * d : d * d * d * d;
  }
  return mean(terms);
}

/** Σ (x − x̄)² / (n − ddof): ddof 1 is the sample variance, 0 the population's. NaN for n ≤ ddof. */
export function variance(values: ArrayLike<number>, ddof: 0 | 1): number {
  const n = values.length;
  return n <= ddof ? NaN : (centralMoment(values, 2) * n) / (n - ddof);
}

/** √ of `variance` with the same ddof. */
export function std(values: ArrayLike<number>, ddof: 0 | 1): number {
  return Math.sqrt(variance(values, ddof));
}

/** True where the spread is rounding noise about a constant, so that standardised moments mean nothing. */
function isFlat(values: ArrayLike<number>, secondMoment: number): boolean {
  return !(Math.sqrt(secondMoment) > 1e-14 * Math.abs(mean(values)));
}

/** m₃ / m₂^1.5 with population moments (Fisher's g₁, no small-sample correction). NaN for a constant. */
export function skewness(values: ArrayLike<number>): number {
  const m2 = centralMoment(values, 2);
  return isFlat(values, m2) ? NaN : centralMoment(values, 3) / (m2 * Math.sqrt(m2));
}

/** m₄ / m₂² with population moments: 3 for a normal distribution. NaN for a constant. */
export function rawKurtosis(values: ArrayLike<number>): number {
  const m2 = centralMoment(values, 2);
  return isFlat(values, m2) ? NaN : centralMoment(values, 4) / (m2 * m2);
}

/** `rawKurtosis` − 3: 0 for a normal distribution. */
export function excessKurtosis(values: ArrayLike<number>): number {
  return rawKurtosis(values) - 3;
}

/** Quantile of type 7 (linear between order statistics, numpy's default) of values already increasing. */
export function sortedQuantile(sorted: ArrayLike<number>, probability: number): number {
  if (!(probability >= 0 && probability <= 1)) {
    throw new RangeError(`a probability is between 0 and 1, not ${probability}`);
  }
  if (sorted.length === 0) return NaN;
  const place = (sorted.length - 1) * probability;
  const below = Math.floor(place);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (place - below) * (high - low);
}

/** Quantile of type 7 of values in any order; NaN if one of them is NaN. */
export function quantile(values: ArrayLike<number>, probability: number): number {
  const sorted = Float64Array.from(values).toSorted();
  // A typed array sorts NaN last.
  return Number.isNaN(sorted[sorted.length - 1]) ? NaN : sortedQuantile(sorted, probability);
}

function checkPair(a: ArrayLike<number>, b: ArrayLike<number>): void {
  if (a.length !== b.length) throw new RangeError(`lengths differ: ${a.length} and ${b.length}`);
}

/** Σ (a − ā)(b − b̄) / (n − ddof). Throws `RangeError` for unequal lengths. */
export function covariance(a: ArrayLike<number>, b: ArrayLike<number>, ddof: 0 | 1 = 1): number {
  checkPair(a, b);
  const n = a.length;
  if (n <= ddof) return NaN;
  const meanA = mean(a);
  const meanB = mean(b);
  const terms = new Float64Array(n);
  for (let i = 0; i < n; i++) terms[i] = (a[i]! - meanA) * (b[i]! - meanB);
  return sum(terms) / (n - ddof);
}

/** Pearson's correlation; NaN where one side is constant. */
export function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const varianceA = variance(a, 0);
  const varianceB = variance(b, 0);
  if (isFlat(a, varianceA) || isFlat(b, varianceB)) return NaN;
  return covariance(a, b, 0) / Math.sqrt(varianceA * varianceB);
}

/** Least-squares slope of y on x with an intercept; NaN where x is constant. */
export function slope(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const spread = variance(x, 0);
  return isFlat(x, spread) ? NaN : covariance(x, y, 0) / spread;
}
