import type { DayNumber, Minute } from "./day.ts";
import type { Unit } from "./units.ts";

/** When a value of a day becomes known, as a rule of its source. */
export interface Knowledge {
  readonly name: string;
  /** The instant at which the value dated `day` becomes known. Non-decreasing in `day`. */
  readonly at: (day: DayNumber) => Minute;
  /** Normal lag in sessions between a value's date and the session on which it can be used. */
  readonly lag: number;
}

/** One column of a frame; NaN is missing. */
export interface Column {
  readonly unit: Unit;
  readonly knowledge: Knowledge;
  readonly values: Float64Array;
}

/** Strictly increasing days and columns of equal length. Frozen: nobody writes to a frame. */
export interface Frame {
  readonly days: Int32Array;
  readonly columns: Readonly<Record<string, Column>>;
}

/** Checks and freezes a frame. Throws `RangeError` for unequal lengths or days that do not increase. */
export function frame(days: Int32Array, columns: Record<string, Column>): Frame {
  for (let i = 1; i < days.length; i++) {
    if (days[i]! <= days[i - 1]!) throw new RangeError(`days do not increase at row ${i}`);
  }
  for (const [name, column] of Object.entries(columns)) {
    if (column.values.length !== days.length) {
      throw new RangeError(`column ${name} has ${column.values.length} rows, not ${days.length}`);
    }
  }
  return Object.freeze({ days, columns: Object.freeze({ ...columns }) });
}

/** Index of the last element ≤ `value` in an increasing array, −1 where there is none. */
export function lastAtOrBefore(sorted: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Index of an element of an increasing array, −1 where it is absent. */
export function indexOf(sorted: ArrayLike<number>, value: number): number {
  const i = lastAtOrBefore(sorted, value);
  return i >= 0 && sorted[i] === value ? i : -1;
}
