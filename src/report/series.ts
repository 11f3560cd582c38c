import { parts, SESSIONS_PER_YEAR } from "#core";
import { mean, std } from "#num";

/** Simple returns → wealth that starts at 1 before the first of them. A missing return leaves it unchanged. */
export function wealthOf(returns: Float64Array): Float64Array {
  let wealth = 1;
  return returns.map((r) => (wealth *= 1 + (Number.isNaN(r) ? 0 : r)));
}

/** Wealth → its distance below the highest so far (1 at the start included), 0 or negative. */
export function underwater(wealth: Float64Array): Float64Array {
  let peak = 1;
  return wealth.map((w) => {
    peak = Math.max(peak, w);
    return w / peak - 1;
  });
}

/**
 * Annual Sharpe ratio of the last `window` returns at each row, no risk-free rate: mean / deviation · √252.
 * NaN until `window` returns exist, where any is missing, and where the deviation is nil.
 */
export function rollingSharpe(returns: Float64Array, window: number): Float64Array {
  return returns.map((_, i) => {
    if (i + 1 < window) return NaN;
    const held = returns.subarray(i + 1 - window, i + 1);
    const deviation = std(held, 1);
    if (!(deviation > 1e-12)) return NaN;
    return (mean(held) / deviation) * Math.sqrt(SESSIONS_PER_YEAR);
  });
}

/** Compounded simple returns of calendar months and years; NaN where a month holds no return. */
export interface MonthlyReturns {
  readonly years: readonly number[];
  /** One row a year, twelve columns. */
  readonly months: readonly Float64Array[];
  readonly totals: Float64Array;
}

export function monthlyReturns(days: Int32Array, returns: Float64Array): MonthlyReturns {
  const byYear = new Map<number, Float64Array>();
  for (let i = 0; i < days.length; i++) {
    const { year, month } = parts(days[i]!);
    const row = byYear.get(year) ?? new Float64Array(12).fill(NaN);
    byYear.set(year, row);
    const r = returns[i]!;
    if (Number.isNaN(r)) continue;
    const before = row[month - 1]!;
    row[month - 1] = (Number.isNaN(before) ? 1 : 1 + before) * (1 + r) - 1;
  }
  const months = [...byYear.values()];
  const totals = Float64Array.from(months, (row) => {
    const known = row.filter((r) => !Number.isNaN(r));
    return known.length === 0 ? NaN : known.reduce((wealth, r) => wealth * (1 + r), 1) - 1;
  });
  return { years: [...byYear.keys()], months, totals };
}
