import { parts, type DayNumber } from "#core";
import type { ReturnSeries } from "./series.ts";

/** One fall of wealth from a peak to its recovery. */
export interface Drawdown {
  /** Trough wealth / peak wealth − 1, < 0. */
  readonly depth: number;
  /** Day of the peak; the first day of the series where the start was the peak. */
  readonly peak: DayNumber;
  readonly trough: DayNumber;
  /** First day at or above the peak; null while it lasts. */
  readonly recovery: DayNumber | null;
  /** Returns from the peak to the recovery, or to the end of the series. */
  readonly sessions: number;
}

/** Wealth / highest wealth so far − 1 after each return, ≤ 0; wealth starts at 1 and stays at 0 after ruin. */
export function underwater(returns: Float64Array): Float64Array {
  let wealth = 1;
  let peak = 1;
  return returns.map((r) => {
    wealth = Math.max(0, wealth * (1 + r));
    peak = Math.max(peak, wealth);
    return wealth / peak - 1;
  });
}

/** The `k` deepest drawdowns, deepest first; none overlap. */
export function drawdowns(series: ReturnSeries, k: number): Drawdown[] {
  const { days, returns } = series;
  const depth = underwater(returns);
  const found: Drawdown[] = [];
  for (let t = 0; t < depth.length; t++) {
    if (depth[t]! >= 0) continue;
    const start = t;
    let lowest = t;
    while (t < depth.length && depth[t]! < 0) {
      if (depth[t]! < depth[lowest]!) lowest = t;
      t++;
    }
    found.push(
      Object.freeze({
        depth: depth[lowest]!,
        peak: days[Math.max(0, start - 1)]!,
        trough: days[lowest]!,
        recovery: t < depth.length ? days[t]! : null,
        sessions: Math.min(t, depth.length - 1) - start + 1,
      }),
    );
  }
  return found.toSorted((a, b) => a.depth - b.depth).slice(0, k);
}

/** Compound return of one calendar month. */
export interface MonthlyReturn {
  readonly year: number;
  /** 1 … 12. */
  readonly month: number;
  /** Last day of the series in that month. */
  readonly day: DayNumber;
  readonly return: number;
}

/** Compound returns by calendar month, in order; a month without a return is absent. */
export function monthlyReturns({ days, returns }: ReturnSeries): MonthlyReturn[] {
  const out: MonthlyReturn[] = [];
  let wealth = 1;
  for (let t = 0; t < days.length; t++) {
    wealth *= 1 + returns[t]!;
    const { year, month } = parts(days[t]!);
    const next = t + 1 < days.length ? parts(days[t + 1]!) : undefined;
    if (next?.year === year && next.month === month) continue;
    out.push({ year, month, day: days[t]!, return: wealth - 1 });
    wealth = 1;
  }
  return out;
}
