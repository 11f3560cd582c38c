import { calendar, indexOf, lastAtOrBefore, parts, toDay, toNumber, type DayNumber } from "#core";
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
/**
 * The front settlement to VIX: 0.5 … 1.7 in twenty years, any settlement to the median of its curve less: a factor of
 * five is a misplaced decimal point.
 */
const TENFOLD = 5;
/** Neither VIX nor VX has been near these bounds. */
const PLAUSIBLE = [4, 150] as const;
/** Final settlement against the VIX open: within 13 % for monthly and 18 % for weekly contracts since 2004. */
const FAR = 0.1;
const TOO_FAR = 0.2;
/** One settlement in twenty-five repeats; in 42,000 none did so six times running. */
const REPEATS = 6;
/** A curve of fewer contracts may repeat by chance. */
const STALE_CONTRACTS = 3;

/** The VIX open of a day; NaN where it is absent or cannot be true. */
function vixOpen({ market }: Inspection): (day: DayNumber) => number {
  if (!market.series.includes("vix")) return () => NaN;
  const { days, columns } = market.frame("vix");
  const open = columns["open"]!.values;
  return (day) => plausible(open[indexOf(days, day)] ?? NaN);
}

/** The median of the last five VIX closes up to a day, which one wrong close does not move; NaN as above. */
function vixLevel({ market }: Inspection): (day: DayNumber) => number {
  if (!market.series.includes("vix")) return () => NaN;
  const { days, columns } = market.frame("vix");
  const close = columns["close"]!.values;
  return (day) => {
    const end = lastAtOrBefore(days, day) + 1;
    const recent = close.slice(Math.max(0, end - 5), end).toSorted();
    return plausible(recent[recent.length >> 1] ?? NaN);
  };
}

function plausible(vix: number): number {
  return vix >= PLAUSIBLE[0] && vix <= PLAUSIBLE[1] ? vix : NaN;
}

function isTenfold(settle: number, reference: number): boolean {
  if (Number.isNaN(reference)) return settle < PLAUSIBLE[0] || settle > PLAUSIBLE[1];
  return settle > TENFOLD * reference || settle * TENFOLD < reference;
}

/**
 * What the settlements of a day are measured by: the median of its curve, for far contracts move less than VIX; or VIX
 * itself where the front contract is off the scale, for then the whole curve may be.
 */
function scaleOf(inspection: Inspection): (day: DayNumber) => number {
  const { days, starts } = rangesByDay(inspection.table);
  const settle = numbersOf(inspection.table, "settle");
  const vix = vixLevel(inspection);
  return (day) => {
    const i = indexOf(days, day);
    const curve = settle.slice(starts[i]!, starts[i + 1]!).filter((price) => price > 0);
    const level = vix(day);
    if (curve.length === 0 || Number.isNaN(level) || isTenfold(curve[0]!, level)) return level;
    return curve.toSorted()[curve.length >> 1]!;
  };
}

/** Expiries of the table that the rule does not give; what else is odd about such contracts follows from that. */
function offRule(inspection: Inspection): ReadonlySet<DayNumber> {
  const monthly = inspection.spec.kind === "vx-contracts";
  const isLawful = (day: DayNumber) => {
    if (!calendar("cfe").isSession(day)) return false;
    const { year, month } = parts(day);
    return monthly ? monthlyExpiry(year, month) === day : isWeeklyExpiry(day);
  };
  const expiries = [...new Set(daysOf(inspection.table, "expiry"))];
  return new Set(expiries.filter((day) => !isLawful(day)));
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

/** The four months after a day that the rule gives. */
function frontMonths(days: Int32Array): (day: DayNumber) => Int32Array {
  const expiries: DayNumber[] = [];
  const { year: from } = parts(days[0]!);
  const { year: to } = parts(days.at(-1)!);
  for (let month = 12 * from; month < 12 * (to + 1) + FRONT; month++) {
    expiries.push(monthlyExpiry(Math.floor(month / 12), 1 + (month % 12)));
  }
  const sorted = Int32Array.from(expiries);
  return (day) => {
    const next = lastAtOrBefore(sorted, day) + 1;
    return sorted.subarray(next, next + FRONT);
  };
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

/** The month of a contract, whatever the day it is said to expire. */
function monthOf(expiry: DayNumber): number {
  const { year, month } = parts(expiry);
  return 12 * year + month;
}

/** Pairs of day and expiry without a row: the four nearest months, and gaps within a contract's life. */
function holes(inspection: Inspection): { front: string[]; back: string[] } {
  const { days, starts } = rangesByDay(inspection.table);
  const expiry = daysOf(inspection.table, "expiry");
  const spans = [...lives(inspection)];
  const nearest = frontMonths(days);
  const front: string[] = [];
  const back: string[] = [];
  for (let i = 0; i < days.length; i++) {
    const day = days[i]!;
    if (!isExpected(inspection.spec, day)) continue;
    const held = new Set(Array.from(expiry.subarray(starts[i]!, starts[i + 1]!), monthOf));
    const near = day >= FOUR_LISTED ? [...nearest(day)] : [];
    const name = (contract: DayNumber) => `${toDay(day)} ${toDay(contract)}`;
    front.push(...near.filter((contract) => !held.has(monthOf(contract))).map(name));
    for (const [contract, [first, last]] of spans) {
      const absent = first < day && day < last && !held.has(monthOf(contract));
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
    describe: "a settlement five times its curve or a fifth of it: the scale before 2007-03-26",
    kinds: FUTURES,
    check: (inspection) => {
      const settle = numbersOf(inspection.table, "settle");
      const scale = scaleOf(inspection);
      return faultyRows(inspection, "a settlement of another scale than VIX", (row) => {
        return settle[row]! > 0 && isTenfold(settle[row]!, scale(inspection.days[row]!));
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
      const off = offRule(inspection);
      return faultyRows(inspection, "an expiry off the rule", (row) => off.has(expiry[row]!));
    },
  },
  {
    code: "VX_AFTER_EXPIRY",
    severity: "critical",
    describe: "a row after the contract expired",
    kinds: FUTURES,
    check: (inspection) => {
      const expiry = daysOf(inspection.table, "expiry");
      const off = offRule(inspection);
      return faultyRows(inspection, "after the contract expired", (row) => {
        return inspection.days[row]! > expiry[row]! && !off.has(expiry[row]!);
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
      const vix = vixOpen(inspection);
      const off = offRule(inspection);
      const far = (row: number, limit: number) => {
        const day = inspection.days[row]!;
        if (day !== expiry[row] || off.has(day) || isTenfold(settle[row]!, vix(day))) return false;
        return settle[row]! > 0 && Math.abs(settle[row]! / vix(day) - 1) > limit;
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
      const off = offRule(inspection);
      const missing = [...lives(inspection)].filter(([expiry, [, last]]) => {
        return expiry <= end && last < expiry && !off.has(expiry);
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
