import { expm1, log1p, mean, quantile, std, sum } from "#num";

/**
 * Statistics of a return stream that can be resampled, n returns of `periodsPerYear` a year:
 * - `mean`: arithmetic mean × periods per year;
 * - `volatility`: sample standard deviation × √periods;
 * - `sharpe`: mean / volatility, of the returns as given (excess returns in, excess Sharpe out);
 * - `total-return`: Π(1 + r) − 1; `cagr`: (1 + total)^(periods / n) − 1; both −1 after a return ≤ −1;
 * - `max-drawdown`: the lowest wealth / previous peak − 1, the start counted as a peak; ≤ 0;
 * - `cvar95`: mean of the ⌊0.05 (n − 1)⌋ + 1 worst returns;
 * - `hit-rate`: share of the returns above zero;
 * - `win-rate`: share of the returns above zero among those that are not zero (of excess returns: among the days with
 *   a position); 0 where those are fewer than twenty, which prove nothing.
 */
export type Statistic =
  | "mean"
  | "volatility"
  | "sharpe"
  | "total-return"
  | "cagr"
  | "max-drawdown"
  | "cvar95"
  | "hit-rate"
  | "win-rate";

/** Smaller excess returns are rounding: days on which nothing was held. */
const NOTHING = 1e-9;
/** Fewest held days of a win rate. */
const FEWEST_HELD = 20;

/** 1 for each return that is won, and for each that counts. */
function winsOf(returns: Float64Array): readonly [won: Float64Array, held: Float64Array] {
  const held = returns.map((r) => (Math.abs(r) > NOTHING ? 1 : 0));
  if (sum(held) < FEWEST_HELD) held.fill(0);
  return [returns.map((r, t) => (r > 0 ? held[t]! : 0)), held];
}

/** The win rate of returns over cash, and the days that it is of. */
export function winRateOf(overCash: Float64Array): {
  readonly winRate: number;
  readonly days: number;
} {
  const [won, held] = winsOf(overCash);
  const days = sum(held);
  return { winRate: days > 0 ? sum(won) / days : 0, days };
}

/** Those that depend on the order of returns or are extremes: their resamples are not centred on the estimate. */
export function isPathStatistic(statistic: Statistic): boolean {
  return statistic === "max-drawdown";
}

/** The values that a statistic can have. */
export function rangeOf(statistic: Statistic): { readonly least: number; readonly most: number } {
  switch (statistic) {
    case "mean":
    case "sharpe":
      return { least: -Infinity, most: Infinity };
    case "volatility":
      return { least: 0, most: Infinity };
    case "total-return":
    case "cagr":
    case "cvar95":
      return { least: -1, most: Infinity };
    case "max-drawdown":
      return { least: -1, most: 0 };
    case "hit-rate":
    case "win-rate":
      return { least: 0, most: 1 };
  }
}

/**
 * What one return adds to a statistic, to first order and up to a constant (its influence): how a statistic's
 * resamples must respect dependence is decided by the dependence of these. The drawdown, which has none, is given
 * the returns and their squared deviations.
 */
export function influences(returns: Float64Array, statistic: Statistic): Float64Array[] {
  const scale = (factor: number) => returns.map((r) => r * factor);
  const centre = mean(returns);
  const spread = std(returns, 0);
  const squares = () => returns.map((r) => ((r - centre) * (r - centre)) / (2 * spread));
  switch (statistic) {
    case "mean":
    case "total-return":
    case "cagr":
      return [returns];
    case "sharpe":
      return [scale(1 / spread)];
    case "volatility":
      return [squares()];
    case "max-drawdown":
      return [returns, squares()];
    case "hit-rate":
      return [returns.map((r) => (r > 0 ? 1 : 0))];
    case "win-rate": {
      const [won, held] = winsOf(returns);
      const share = mean(held);
      const rate = mean(won) / share;
      return [won.map((w, t) => (share > 0 ? (w - rate * held[t]!) / share : 0))];
    }
    case "cvar95": {
      const bound = quantile(returns, 0.05);
      return [returns.map((r) => Math.min(r - bound, 0) / 0.05)];
    }
  }
}

/**
 * A sample of a stream: how often return t was drawn, at counts[stride · t + lane], and in what order, as runs
 * [from[i], to[i]) for i < count.
 */
export interface Sample {
  readonly counts: Float64Array;
  readonly stride: number;
  readonly lane: number;
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly count: number;
}

/**
 * How a statistic is computed from a sample: from weighted sums of fixed rows (Σ counts × row, the fast way), or
 * from the sample itself.
 */
export type Form =
  | {
      /** One or two; one alone is given twice to `finish`. */
      readonly rows: readonly [Float64Array, Float64Array?];
      readonly finish: (first: number, second: number) => number;
    }
  | { readonly rows?: undefined; readonly of: (sample: Sample) => number };

/** The form of a statistic for a stream. */
export function formOf(returns: Float64Array, statistic: Statistic, periodsPerYear: number): Form {
  const n = returns.length;
  const annual = periodsPerYear;
  switch (statistic) {
    case "mean": {
      const { centre, first } = deviationsOf(returns);
      return { rows: [first], finish: (s) => annual * (centre + s / n) };
    }
    case "volatility": {
      const { first, second } = deviationsOf(returns);
      return {
        rows: [first, second],
        finish: (s, q) => Math.sqrt(annual * sampleVariance(s, q, n)),
      };
    }
    case "sharpe": {
      const { centre, first, second } = deviationsOf(returns);
      return {
        rows: [first, second],
        finish(s, q) {
          const spread = sampleVariance(s, q, n);
          return spread > 0 ? ((centre + s / n) / Math.sqrt(spread)) * Math.sqrt(annual) : NaN;
        },
      };
    }
    case "total-return":
      return growth(returns, 1);
    case "cagr":
      return growth(returns, annual / n);
    case "hit-rate":
      return { rows: [returns.map((r) => (r > 0 ? 1 : 0))], finish: (s) => s / n };
    case "win-rate":
      return { rows: winsOf(returns), finish: (won, held) => (held > 0 ? won / held : 0) };
    case "max-drawdown":
      return { of: drawdownOf(returns) };
    case "cvar95":
      return { of: tailMeanOf(returns) };
  }
}

/** Deviations from the mean and their squares; zero where they are rounding noise about a constant. */
function deviationsOf(returns: Float64Array) {
  const centre = mean(returns);
  const first = new Float64Array(returns.length);
  const second = new Float64Array(returns.length);
  let largest = 0;
  for (let t = 0; t < first.length; t++) {
    const d = returns[t]! - centre;
    first[t] = d;
    second[t] = d * d;
    largest = Math.max(largest, Math.abs(d));
  }
  if (!(largest > 1e-14 * Math.abs(centre))) {
    first.fill(0);
    second.fill(0);
  }
  return { centre, first, second };
}

/** From Σ d and Σ d². */
function sampleVariance(sum: number, squares: number, n: number): number {
  return n > 1 ? Math.max(0, squares - (sum * sum) / n) / (n - 1) : NaN;
}

/** Π(1 + r)^power − 1 of a sample; −1 where it holds a return of −1 or less. */
function growth(returns: Float64Array, power: number): Form {
  const logs = returns.map((r) => (r > -1 ? log1p(r) : 0));
  const ruins = returns.map((r) => (r > -1 ? 0 : 1));
  if (returns.length === 0) return { of: () => NaN };
  return { rows: [logs, ruins], finish: (s, ruined) => (ruined > 0 ? -1 : expm1(s * power)) };
}

function drawdownOf(returns: Float64Array): (sample: Sample) => number {
  const logs = returns.map((r) => (r > -1 ? log1p(r) : -Infinity));
  return ({ from, to, count }) => {
    if (logs.length === 0) return NaN;
    let height = 0; // log wealth less that of its peak
    let lowest = 0;
    for (let i = 0; i < count; i++) {
      const end = to[i]!;
      for (let t = from[i]!; t < end; t++) {
        height += logs[t]!;
        if (height > 0) height = 0;
        else if (height < lowest) lowest = height;
      }
    }
    return expm1(lowest);
  };
}

function tailMeanOf(returns: Float64Array): (sample: Sample) => number {
  const n = returns.length;
  if (n === 0) return () => NaN;
  const order = Int32Array.from(
    Array.from(returns, (_, i) => i).toSorted((a, b) => returns[a]! - returns[b]! || a - b),
  );
  const wanted = Math.floor(0.05 * (n - 1)) + 1;
  return ({ counts, stride, lane }) => {
    let left = wanted;
    let total = 0;
    for (let place = 0; left > 0; place++) {
      const t = order[place]!;
      const taken = Math.min(left, counts[stride * t + lane]!);
      total += taken * returns[t]!;
      left -= taken;
    }
    return total / wanted;
  };
}
