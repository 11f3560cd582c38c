import { calendar, isBankDay, type DayNumber } from "#core";
import type { Market } from "./market.ts";
import type { SeriesKind, SeriesSpec } from "./series.ts";
import type { Table } from "./source.ts";
import { keyText } from "./table.ts";

/** How bad a finding is: critical ones stop what reads the data. */
export type Severity = "critical" | "error" | "warning";

/** One series under inspection: at least one row and every column of the registry. */
export interface Inspection {
  readonly spec: SeriesSpec;
  readonly table: Table;
  /** The first key column. */
  readonly days: Int32Array;
  /** For rules that compare with another series. */
  readonly market: Market;
  readonly asOf: DayNumber;
}

/** What is wrong, and where. */
export interface Fault {
  readonly message: string;
  readonly rows: readonly string[];
  /** Where it differs from the rule's. */
  readonly severity?: Severity;
}

/** One thing that can be wrong with a kind of series. */
export interface QualityRule {
  readonly code: string;
  readonly severity: Severity;
  readonly describe: string;
  readonly kinds: readonly SeriesKind[];
  readonly check: (inspection: Inspection) => Fault | undefined;
}

export const DAILY_PRICES: readonly SeriesKind[] = ["etf", "stock", "index", "vol-index", "dollar"];
export const FUTURES: readonly SeriesKind[] = ["vx-contracts", "vx-weekly"];

/** True where the calendar of the series has a row on a day; false throughout for series without a calendar. */
export function isExpected(spec: SeriesSpec, day: DayNumber): boolean {
  if (spec.calendar === "bank") return isBankDay(day);
  return spec.calendar !== "none" && calendar(spec.calendar).isSession(day);
}

/** The rows for which `wrong` holds as a fault, nothing where there are none. */
export function faultyRows(
  { table }: Inspection,
  message: string,
  wrong: (row: number) => boolean,
): Fault | undefined {
  const rows: string[] = [];
  for (let row = 0; row < table.rows; row++) if (wrong(row)) rows.push(keyText(table, row));
  return rows.length > 0 ? { message: `${message} on ${rows.length} rows`, rows } : undefined;
}

/** The columns of the given names that the series has. */
export function columnsOf({ table }: Inspection, names: readonly string[]): Float64Array[] {
  return names.flatMap((name) => {
    const cells = table.columns[name];
    return cells instanceof Float64Array ? [cells] : [];
  });
}

/** The share of something in words: `12 of 300 (4.0 %)`. */
export function shareText(part: number, whole: number): string {
  return `${part} of ${whole} (${((100 * part) / whole).toFixed(1)} %)`;
}
