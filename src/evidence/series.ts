import { toDay, toNumber, VolterraError, type Day } from "#core";

/** Simple returns of a strategy, decimal, one for each day; days increase, no NaN. */
export interface ReturnSeries {
  readonly days: Int32Array;
  readonly returns: Float64Array;
}

/** A stretch of days, both ends included. */
export interface Window {
  readonly start: Day;
  readonly end: Day;
}

/** Checks and freezes a series. Throws `VolterraError` DATA naming the day for gaps in order or missing returns. */
export function returnSeries(
  days: Int32Array,
  returns: Float64Array,
  name = "the series",
): ReturnSeries {
  if (days.length !== returns.length) {
    throw new RangeError(`${days.length} days but ${returns.length} returns`);
  }
  for (let i = 0; i < days.length; i++) {
    const day = toDay(days[i]!);
    if (i > 0 && days[i]! <= days[i - 1]!) {
      throw new VolterraError("DATA", `${name}: ${day} does not follow ${toDay(days[i - 1]!)}`);
    }
    if (!Number.isFinite(returns[i]!)) {
      throw new VolterraError(
        "DATA",
        `${name}: the return of ${day} is missing`,
        "Returns are finite.",
      );
    }
  }
  return Object.freeze({ days, returns });
}

/** a − b, element by element. */
export function minus(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value - b[i]!);
}

/** The part of a series inside a window; views, not copies. Throws `RangeError` for a reversed window. */
export function within(series: ReturnSeries, window: Window): ReturnSeries {
  const start = toNumber(window.start);
  const end = toNumber(window.end);
  if (start > end) throw new RangeError(`the window ${window.start} … ${window.end} is reversed`);
  let from = 0;
  while (from < series.days.length && series.days[from]! < start) from++;
  let to = from;
  while (to < series.days.length && series.days[to]! <= end) to++;
  return { days: series.days.subarray(from, to), returns: series.returns.subarray(from, to) };
}

/**
 * The returns of `series` on exactly the given days. Throws `VolterraError` DATA naming the first day it lacks:
 * a benchmark with a missing day is not a benchmark for that day, and nothing is filled in.
 */
export function onDays(series: ReturnSeries, days: Int32Array, name: string): Float64Array {
  const out = new Float64Array(days.length);
  let at = 0;
  for (let i = 0; i < days.length; i++) {
    while (at < series.days.length && series.days[at]! < days[i]!) at++;
    if (series.days[at] !== days[i]) {
      throw new VolterraError(
        "DATA",
        `${name} has no return on ${toDay(days[i]!)}`,
        "Both series need the same sessions: cut the window or complete the data.",
      );
    }
    out[i] = series.returns[at]!;
  }
  return out;
}
