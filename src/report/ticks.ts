import { fromParts, parts, type DayNumber } from "#core";

/**
 * Round numbers that cover `low` … `high` on a logarithmic axis, increasing, at most about ten: 1-2-5 a decade,
 * finer (1, 1.2, 1.5, …) where the range is below a factor of four. Both bounds are positive.
 */
export function wealthTicks(low: number, high: number): number[] {
  if (!(low > 0) || !(high >= low)) throw new RangeError(`not a positive range: ${low} … ${high}`);
  const steps =
    high / low < 4
      ? [1, 1.1, 1.2, 1.35, 1.5, 1.75, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 9]
      : high / low < 100
        ? [1, 1.5, 2, 3, 5, 7]
        : high / low < 1e4
          ? [1, 2, 5]
          : [1];
  const ticks: number[] = [];
  const every = Math.max(1, Math.ceil(Math.log10(high / low) / 10));
  const first = Math.floor(Math.log10(low));
  const last = Math.ceil(Math.log10(high));
  for (let decade = first; decade <= last; decade += every) {
    for (const step of steps) ticks.push(Number((step * 10 ** decade).toPrecision(3)));
  }
  const from = Math.max(
    0,
    ticks.findLastIndex((tick) => tick <= low),
  );
  const to = ticks.findIndex((tick) => tick >= high);
  const covered = ticks.slice(from, to < 0 ? undefined : to + 1);
  return covered.length > 1 ? covered : [covered[0]!, Number((covered[0]! * 1.1).toPrecision(3))];
}

/** Days to mark on an axis, and how to write them in the template language of the chart. */
export interface TimeTicks {
  readonly days: readonly DayNumber[];
  readonly template: string;
}

/** At most about ten round days between two: starts of years, of months, or single days. */
export function timeTicks(first: DayNumber, last: DayNumber): TimeTicks {
  const span = last - first;
  if (span > 900) {
    const every = [1, 2, 5, 10, 20, 50].find((n) => span / 365 / n <= 10) ?? 100;
    return { days: monthStarts(first, last, 12 * every), template: "{yyyy}" };
  }
  if (span > 60) {
    const every = [1, 2, 3].find((n) => span / 30 / n <= 10) ?? 6;
    return { days: monthStarts(first, last, every), template: "{MMM} {yyyy}" };
  }
  const every = Math.max(1, Math.ceil(span / 8));
  const days: DayNumber[] = [];
  for (let day = first; day <= last; day += every) days.push(day);
  return { days, template: "{yyyy}-{MM}-{dd}" };
}

/** First days of every n-th month since year 0 within a range. */
function monthStarts(first: DayNumber, last: DayNumber, every: number): DayNumber[] {
  const { year, month } = parts(first);
  const days: DayNumber[] = [];
  for (let m = Math.floor((12 * year + month - 1) / every) * every; ; m += every) {
    const day = fromParts(Math.floor(m / 12), (m % 12) + 1, 1);
    if (day > last) return days;
    if (day >= first) days.push(day);
  }
}
