import { calendar, lastAtOrBefore, toDay, weekday } from "#core";
import {
  DAILY_PRICES,
  faultyRows,
  FUTURES,
  isExpected,
  shareText,
  type Inspection,
  type QualityRule,
} from "./quality-rule.ts";
import type { SeriesKind } from "./series.ts";
import { keyText } from "./table.ts";

const MANY = 0.05;
const STALE_AFTER = 3;
const YEAR = 252;
const DATED: readonly SeriesKind[] = [...DAILY_PRICES, ...FUTURES, "rate"];

/** Days between the first and the last row on which a row was expected, and how many of them have none. */
function expectedDays({ spec, days }: Inspection): { expected: number; absent: string[] } {
  const start = Math.max(days[0]!, calendar("nyse").sessions[0]!);
  const held = new Set(days);
  const absent: string[] = [];
  let expected = 0;
  for (let day = start; day <= days.at(-1)!; day++) {
    if (!isExpected(spec, day)) continue;
    expected++;
    if (!held.has(day)) absent.push(toDay(day));
  }
  return { expected, absent };
}

/** Whether rows are there when they should be, and only then. */
export const PRESENCE_RULES: readonly QualityRule[] = [
  {
    code: "NON_SESSION",
    severity: "critical",
    describe: "a row on a day without a session (for rates: on a weekend)",
    kinds: ["etf", "stock", "index", "vol-index", "rate", "dollar"],
    check: (inspection) => {
      const { spec, days } = inspection;
      const start = calendar("nyse").sessions[0]!;
      if (spec.calendar === "none") return undefined;
      return faultyRows(inspection, "not a session", (row) => {
        const day = days[row]!;
        if (spec.calendar === "bank") return weekday(day) > 5;
        return day >= start && !isExpected(spec, day);
      });
    },
  },
  {
    code: "VX_NON_SESSION",
    severity: "critical",
    describe: "a VX row on a day on which the futures exchange was closed",
    kinds: FUTURES,
    check: (inspection) =>
      faultyRows(inspection, "the futures exchange was closed", (row) => {
        return !isExpected(inspection.spec, inspection.days[row]!);
      }),
  },
  {
    code: "STALE",
    severity: "error",
    describe: "the last row is older than the source's lag and three sessions",
    kinds: DATED,
    check: ({ spec, days, asOf }) => {
      const { sessions } = calendar("nyse");
      const last = days.at(-1)!;
      const age = lastAtOrBefore(sessions, asOf) - lastAtOrBefore(sessions, last);
      if (age <= spec.knowledge.lag + STALE_AFTER) return undefined;
      return { message: `the last row is ${age} sessions old`, rows: [toDay(last)] };
    },
  },
  {
    code: "MISSING_SESSIONS",
    severity: "warning",
    describe: "no row on days that have one by the calendar; an error above 5 %",
    kinds: DATED,
    check: (inspection) => {
      const { expected, absent } = expectedDays(inspection);
      if (absent.length === 0 || inspection.spec.kind === "vx-weekly") return undefined;
      const message = `no row on ${shareText(absent.length, expected)} days`;
      const severity = absent.length > MANY * expected ? "error" : "warning";
      return { message, rows: absent, severity };
    },
  },
  {
    code: "MISSING_VALUES",
    severity: "warning",
    describe: "blank cells; an error above 5 %",
    kinds: [...DAILY_PRICES, "rate", "intraday"],
    check: ({ table }) => {
      const columns = Object.values(table.columns).filter((c) => c instanceof Float64Array);
      const rows: string[] = [];
      let blank = 0;
      for (let row = 0; row < table.rows; row++) {
        const missing = columns.filter((cells) => Number.isNaN(cells[row]!)).length;
        blank += missing;
        if (missing > 0) rows.push(keyText(table, row));
      }
      if (blank === 0) return undefined;
      const cells = table.rows * columns.length;
      const severity = blank > MANY * cells ? "error" : "warning";
      return { message: `${shareText(blank, cells)} cells are blank`, rows, severity };
    },
  },
  {
    code: "SHORT_HISTORY",
    severity: "warning",
    describe: "less than a year of rows",
    kinds: [...DAILY_PRICES, "rate"],
    check: ({ table }) =>
      table.rows < YEAR
        ? { message: `${table.rows} rows, fewer than ${YEAR}`, rows: [] }
        : undefined,
  },
];
