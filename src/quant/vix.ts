import { VolterraError } from "#core";
import { exp } from "#num";

/** Quotes of one expiry by increasing strike; a bid of 0 is no bid. */
export interface OptionStrip {
  readonly strikes: ArrayLike<number>;
  readonly callBid: ArrayLike<number>;
  readonly callAsk: ArrayLike<number>;
  readonly putBid: ArrayLike<number>;
  readonly putAsk: ArrayLike<number>;
}

/** What one expiry says of variance. */
export interface StripVariance {
  /** Annualised variance. */
  readonly variance: number;
  /** Years to expiry. */
  readonly tau: number;
  /** Forward index level by put-call parity at the strike where the two prices are closest. */
  readonly forward: number;
  /** The strike at or below the forward. */
  readonly centre: number;
  /** First and last strike used, and how many. */
  readonly lowest: number;
  readonly highest: number;
  readonly used: number;
}

/** Thirty days, the horizon of the index, in years of 365 days. */
export const VIX_HORIZON = 30 / 365;

/**
 * Variance of one expiry: (2/τ)·Σ ΔK/K²·e^(rτ)·Q(K) − (1/τ)·(F/K₀ − 1)², over out-of-the-money options with a
 * bid, up to two strikes without one in a row; Q(K) the mid quote, at K₀ the mean of call and put; ΔK half the
 * distance between the neighbours used. Source: Cboe Volatility Index Methodology (white paper), "Calculation".
 * `rate` is continuously compounded. Throws `VolterraError` ("DATA") for a strip without a forward or with fewer
 * than three usable strikes.
 */
export function stripVariance(strip: OptionStrip, tau: number, rate: number): StripVariance {
  if (!(tau > 0)) throw new RangeError(`years to expiry must be positive, not ${tau}`);
  const { strikes, callBid, callAsk, putBid, putAsk } = strip;
  const n = strikes.length;
  for (const quotes of [callBid, callAsk, putBid, putAsk]) {
    if (quotes.length !== n) throw new RangeError(`${quotes.length} quotes beside ${n} strikes`);
  }
  for (let i = 0; i < n; i++) {
    if (!(strikes[i]! > (i > 0 ? strikes[i - 1]! : 0))) {
      throw new VolterraError("DATA", `strike ${strikes[i]} at row ${i} does not increase`);
    }
  }
  const call = (i: number) => 0.5 * (callBid[i]! + callAsk[i]!);
  const put = (i: number) => 0.5 * (putBid[i]! + putAsk[i]!);
  const growth = exp(rate * tau);

  let nearest = -1;
  for (let i = 0; i < n; i++) {
    if (!(callBid[i]! > 0 && putBid[i]! > 0)) continue;
    const gap = Math.abs(call(i) - put(i));
    if (nearest < 0 || gap < Math.abs(call(nearest) - put(nearest))) nearest = i;
  }
  if (nearest < 0) {
    throw new VolterraError("DATA", `no strike of ${n} has both a call and a put bid`);
  }
  const forward = strikes[nearest]! + growth * (call(nearest) - put(nearest));
  let middle = -1;
  while (middle + 1 < n && strikes[middle + 1]! <= forward) middle++;
  if (middle < 0) {
    throw new VolterraError(
      "DATA",
      `the forward ${forward} is below the lowest strike ${strikes[0]}`,
    );
  }

  const below = withBids(putBid, middle - 1, -1).toReversed();
  const above = withBids(callBid, middle + 1, n);
  const used = [...below, middle, ...above];
  if (below.length < 1 || above.length < 1) {
    throw new VolterraError(
      "DATA",
      `${below.length} puts below and ${above.length} calls above strike ${strikes[middle]} have a bid`,
      "A variance needs at least one of each.",
    );
  }
  let sum = 0;
  for (let j = 0; j < used.length; j++) {
    const i = used[j]!;
    const left = strikes[used[Math.max(0, j - 1)]!]!;
    const right = strikes[used[Math.min(used.length - 1, j + 1)]!]!;
    const width = (right - left) / (j === 0 || j === used.length - 1 ? 1 : 2);
    const quote = i < middle ? put(i) : i > middle ? call(i) : 0.5 * (put(i) + call(i));
    sum += (width / (strikes[i]! * strikes[i]!)) * growth * quote;
  }
  const centre = strikes[middle]!;
  const excess = forward / centre - 1;
  return {
    variance: (2 * sum - excess * excess) / tau,
    tau,
    forward,
    centre,
    lowest: strikes[used[0]!]!,
    highest: strikes[used.at(-1)!]!,
    used: used.length,
  };
}

/** Rows with a bid from `from` towards `end` (exclusive), ending at two rows in a row without one. */
function withBids(bids: ArrayLike<number>, from: number, end: number): number[] {
  const rows: number[] = [];
  const direction = end > from ? 1 : -1;
  let missing = 0;
  for (let i = from; i !== end && missing < 2; i += direction) {
    if (bids[i]! > 0) {
      rows.push(i);
      missing = 0;
    } else missing++;
  }
  return rows;
}

/** A variance and its time, as `stripVariance` gives. */
type Term = Pick<StripVariance, "variance" | "tau">;

/**
 * The volatility index of two expiries, in index points: 100·√(total variance interpolated linearly in time to
 * the horizon, over the horizon). Extrapolates where the horizon is outside, as the index itself does.
 * Throws `RangeError` where the expiries are not in order; NaN for a negative interpolated variance.
 */
export function interpolateVix(near: Term, next: Term, horizon: number = VIX_HORIZON): number {
  if (!(next.tau > near.tau)) throw new RangeError(`expiries ${near.tau} and ${next.tau} years`);
  const share = (next.tau - horizon) / (next.tau - near.tau);
  const total = near.tau * near.variance * share + next.tau * next.variance * (1 - share);
  return 100 * Math.sqrt(total / horizon);
}
