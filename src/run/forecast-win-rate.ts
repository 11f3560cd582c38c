import { type Key, parts } from "#core";
import type { Interval } from "#evidence";
import { quantile, resampledIndices, stationaryBootstrap, std } from "#num";
import type { Simulation } from "#backtest";

/** A calendar month: whether anything was held in it, and its return over bills. */
export interface Month {
  readonly held: boolean;
  readonly excess: number;
}

/** The months of a simulation. */
export function monthsOf({ days, returns, exposure }: Simulation, riskFree: Float64Array): Month[] {
  const out: { held: boolean; excess: number; name: number }[] = [];
  days.forEach((day, i) => {
    const { year, month } = parts(day);
    const name = 12 * year + month;
    if (out.at(-1)?.name !== name) out.push({ held: false, excess: 0, name });
    const last = out.at(-1)!;
    last.held ||= exposure[i]! > 0;
    last.excess += returns[i]! - riskFree[i]!;
  });
  return out;
}

function range(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i);
}

/** Share of the months with a position that beat bills, and their number. */
export function winRateOf(
  months: readonly Month[],
  index: ArrayLike<number> = range(months.length),
) {
  let held = 0;
  let wins = 0;
  for (let i = 0; i < index.length; i++) {
    const month = months[index[i]!]!;
    if (!month.held) continue;
    held++;
    if (month.excess > 0) wins++;
  }
  return { winRate: wins / held, months: held };
}

/** Months that follow one another in a resample, on average. */
const MONTHS_BLOCK = 3;

/** Difference of two win rates, months resampled in blocks, the same ones for both. */
export function winRateDifference(
  own: readonly Month[],
  base: readonly Month[],
  key: Key,
  resamples: number,
): Interval {
  const sampler = stationaryBootstrap(own.length, MONTHS_BLOCK, key);
  const index = new Int32Array(own.length);
  const difference = (rows: ArrayLike<number>) =>
    winRateOf(own, rows).winRate - winRateOf(base, rows).winRate;
  const draws = Float64Array.from({ length: resamples }, (_, b) => {
    resampledIndices(sampler, b, index);
    return difference(index);
  }).filter((x) => !Number.isNaN(x));
  return {
    estimate: difference(range(own.length)),
    low: quantile(draws, 0.025),
    high: quantile(draws, 0.975),
    standardError: std(draws, 1),
    blockLength: MONTHS_BLOCK,
  };
}
