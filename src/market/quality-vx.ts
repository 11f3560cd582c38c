import { indexOf, parts, toDay, toNumber, type DayNumber } from "#core";
import {
  faultyRows,
  FUTURES,
  isExpected,
  type Inspection,
  type QualityRule,
} from "./quality-rule.ts";
import { daysOf, numbersOf } from "./table.ts";
import { rangesByDay } from "./vx-curve.ts";
import { isWeeklyExpiry, monthlyExpiry } from "./vx-expiry.ts";

/** Since then the four nearest months have always been listed. */
const FOUR_LISTED = toNumber("2006-11-01");
const FRONT = 4;
/** Settlement to VIX: 0.34 … 2.02 in twenty years, so a factor of five is a misplaced decimal point. */
const TENFOLD = 5;
/** What no VX price has been near; the test where VIX is not at hand. */
const PLAUSIBLE = [3, 150] as const;
/** Final settlement against the VIX open: within 13 % for monthly and 18 % for weekly contracts since 2004. */
const FAR = 0.1;
const TOO_FAR = 0.2;
/** One settlement in twenty-five repeats; in 42,000 none did so six times running. */
const REPEATS = 6;
/** A curve of fewer contracts may repeat by chance. */
const STALE_CONTRACTS = 3;

/** Values of a VIX column by day; NaN where it is absent. */
function vixOn({ market }: Inspection, column: "open" | "close"): (day: DayNumber) => number {
  if (!market.series.includes("vix")) return () => NaN;
  const { days, columns } = market.frame("vix");
  const values = columns[column]?.values;
  return (day) => values?.[indexOf(days, day)] ?? NaN;
}

function isTenfold(settle: number, vix: number): boolean {
  if (Number.isNaN(vix)) return settle < PLAUSIBLE[0] || settle > PLAUSIBLE[1];
  return settle > TENFOLD * vix || settle * TENFOLD < vix;
}

/** Days on which every contract also settled the session before, at the same price. */
function staleDays(inspection: Inspection): ReadonlyMap<DayNumber, number> {
  const { days, starts } = rangesByDay(inspection.table);
  const expiry = daysOf(inspection.table, "expiry");
  const settle = numbersOf(inspection.table, "settle");
  const stale = new Map<DayNumber, number>();
  for (let i = 1; i < days.length; i++) {
    const before = new Map<number, number>();
    for (let row = starts[i - 1]!; row < starts[i]!; row++) before.set(expiry[row]!, settle[row]!);
    let common = 0;
    let equal = 0;
    for (let row = starts[i]!; row < starts[i + 1]!; row++) {
      const earlier = before.get(expiry[row]!);
      if (earlier === undefined) continue;
      common++;
      if (earlier === settle[row]) equal++;
    }
    if (!isExpected(inspection.spec, days[i]!)) continue;
    if (common >= STALE_CONTRACTS && equal === common) {
      stale.set(days[i]!, (stale.get(days[i - 1]!) ?? 0) + 1);
    }
  }
  return stale;
}

/** The first `n` monthly expiries after a day. */
function nextExpiries(day: DayNumber, n: number): DayNumber[] {
  let { year, month } = parts(day);
  const found: DayNumber[] = [];
  while (found.length < n) {
    const expiry = monthlyExpiry(year, month);
    if (expiry > day) found.push(expiry);
    month++;
    if (month > 12) [year, month] = [year + 1, 1];
  }
  return found;
}

/** First and last trade day of each contract in the table. */
function lives(inspection: Inspection): ReadonlyMap<DayNumber, readonly [DayNumber, DayNumber]> {
  const expiry = daysOf(inspection.table, "expiry");
  const spans = new Map<DayNumber, readonly [DayNumber, DayNumber]>();
  inspection.days.forEach((day, row) => {
    spans.set(expiry[row]!, [spans.get(expiry[row]!)?.[0] ?? day, day]);
  });
  return spans;
}

/** Pairs of day and expiry without a row: the four nearest months, and gaps within a contract's life. */
function holes(inspection: Inspection): { front: string[]; back: string[] } {
  const { days, starts } = rangesByDay(inspection.table);
  const expiry = daysOf(inspection.table, "expiry");
  const spans = [...lives(inspection)];
  const front: string[] = [];
  const back: string[] = [];
  for (let i = 0; i < days.length; i++) {
    const day = days[i]!;
    if (!isExpected(inspection.spec, day)) continue;
    const held = new Set(expiry.subarray(starts[i]!, starts[i + 1]!));
    const near = day >= FOUR_LISTED ? nextExpiries(day, FRONT) : [];
    const name = (contract: DayNumber) => `${toDay(day)} ${toDay(contract)}`;
    front.push(...near.filter((contract) => !held.has(contract)).map(name));
    for (const [contract, [first, last]] of spans) {
      const absent = first < day && day < last && !held.has(contract);
      if (absent && !near.includes(contract)) back.push(name(contract));
    }
  }
  return { front, back };
}

/** Whether VX settlements can be true. */
export const VX_RULES: readonly QualityRule[] = [
  {
    code: "VX_TENFOLD_PRICE",
    severity: "critical",
    describe: "a settlement five times VIX or a fifth of it: the scale before 2007-03-26",
    kinds: FUTURES,
    check: (inspection) => {
      const settle = numbersOf(inspection.table, "settle");
      const vix = vixOn(inspection, "close");
      return faultyRows(inspection, "a settlement of another scale than VIX", (row) => {
        return settle[row]! > 0 && isTenfold(settle[row]!, vix(inspection.days[row]!));
      });
    },
  },
  {
    code: "VX_OFF_EXPIRY_RULE",
    severity: "critical",
    describe:
      "an expiry that the rule does not give: a weekly contract among monthly ones, or a wrong date",
    kinds: FUTURES,
    check: (inspection) => {
      const expiry = daysOf(inspection.table, "expiry");
      const monthly = inspection.spec.kind === "vx-contracts";
      const lawful = new Map<DayNumber, boolean>();
      const isLawful = (day: DayNumber) => {
        const { year, month } = parts(day);
        return monthly ? monthlyExpiry(year, month) === day : isWeeklyExpiry(day);
      };
      for (const day of new Set(expiry)) lawful.set(day, isLawful(day));
      return faultyRows(inspection, "an expiry off the rule", (row) => !lawful.get(expiry[row]!)!);
    },
  },
  {
    code: "VX_AFTER_EXPIRY",
    severity: "critical",
    describe: "a row after the contract expired",
    kinds: FUTURES,
    check: (inspection) => {
      const expiry = daysOf(inspection.table, "expiry");
      return faultyRows(inspection, "after the contract expired", (row) => {
        return inspection.days[row]! > expiry[row]!;
      });
    },
  },
  {
    code: "VX_CURVE_HOLE",
    severity: "critical",
    describe:
      "one of the four nearest months is absent (since November 2006); a warning for a gap further out",
    kinds: ["vx-contracts"],
    check: (inspection) => {
      const { front, back } = holes(inspection);
      if (front.length > 0) {
        return { message: `${front.length} of the four nearest months absent`, rows: front };
      }
      if (back.length === 0) return undefined;
      const message = `${back.length} rows absent within the life of far contracts`;
      return { message, rows: back, severity: "warning" };
    },
  },
  {
    code: "VX_FINAL_SETTLE_FAR",
    severity: "critical",
    describe:
      "a final settlement more than 20 % from the VIX open of that morning; a warning above 10 %",
    kinds: FUTURES,
    check: (inspection) => {
      const expiry = daysOf(inspection.table, "expiry");
      const settle = numbersOf(inspection.table, "settle");
      const vix = vixOn(inspection, "open");
      const far = (row: number, limit: number) => {
        const open = vix(inspection.days[row]!);
        if (inspection.days[row] !== expiry[row] || isTenfold(settle[row]!, open)) return false;
        return Math.abs(settle[row]! / open - 1) > limit;
      };
      const message = "a final settlement far from the VIX open";
      const tooFar = faultyRows(inspection, message, (row) => far(row, TOO_FAR));
      if (tooFar) return tooFar;
      const warned = faultyRows(inspection, message, (row) => far(row, FAR));
      return warned && { ...warned, severity: "warning" };
    },
  },
  {
    code: "VX_STALE_SETTLE",
    severity: "critical",
    describe:
      "the whole curve repeats the session before, twice running; an error where it does once",
    kinds: ["vx-contracts"],
    check: (inspection) => {
      const stale = [...staleDays(inspection)];
      if (stale.length === 0) return undefined;
      const message = `the whole curve repeats on ${stale.length} days`;
      const rows = stale.map(([day]) => toDay(day));
      const running = stale.some(([, run]) => run >= 2);
      return { message, rows, severity: running ? "critical" : "error" };
    },
  },
  {
    code: "VX_REPEATED_SETTLE",
    severity: "critical",
    describe: "one contract settles unchanged six times running while others move",
    kinds: FUTURES,
    check: (inspection) => {
      const expiry = daysOf(inspection.table, "expiry");
      const settle = numbersOf(inspection.table, "settle");
      const stale = staleDays(inspection);
      const last = new Map<DayNumber, { settle: number; run: number }>();
      return faultyRows(inspection, "a settlement that does not move", (row) => {
        const before = last.get(expiry[row]!);
        const whole = stale.has(inspection.days[row]!);
        const equal = before?.settle === settle[row];
        const run = whole ? (before?.run ?? 0) : equal ? before!.run + 1 : 0;
        last.set(expiry[row]!, { settle: settle[row]!, run });
        return run >= REPEATS && !whole;
      });
    },
  },
  {
    code: "VX_NO_FINAL_SETTLE",
    severity: "error",
    describe: "an expired contract without its final settlement",
    kinds: FUTURES,
    check: (inspection) => {
      const end = inspection.days.at(-1)!;
      const missing = [...lives(inspection)].filter(([expiry, [, last]]) => {
        return expiry <= end && last < expiry;
      });
      if (missing.length === 0) return undefined;
      const rows = missing.map(([expiry]) => `${toDay(expiry)} ${toDay(expiry)}`);
      return { message: `${missing.length} contracts have no final settlement`, rows };
    },
  },
  {
    code: "VX_MISSING_SETTLE",
    severity: "error",
    describe: "a row without a settlement",
    kinds: FUTURES,
    check: (inspection) => {
      const settle = numbersOf(inspection.table, "settle");
      return faultyRows(inspection, "no settlement", (row) => Number.isNaN(settle[row]!));
    },
  },
];
