import { calendar, nthWeekday, toDay, toNumber, weekday, type DayNumber } from "#core";

/** Contracts of the first year that expired a week before the rule's day. */
const BEFORE_THE_RULE: ReadonlyMap<string, DayNumber> = new Map([
  ["2004-7", toNumber("2004-07-14")],
  ["2004-10", toNumber("2004-10-13")],
]);

/** The session on which a contract of this Wednesday settles: the session before where either day is a holiday. */
function settlementOf(wednesday: DayNumber): DayNumber {
  const futures = calendar("cfe");
  const options = calendar("nyse");
  const friday = wednesday + 30;
  if (friday > options.sessions.at(-1)!) {
    throw new RangeError(`${toDay(friday)} is outside the calendar`);
  }
  const open = futures.isSession(wednesday) && options.isSession(friday);
  return open ? wednesday : futures.previous(wednesday);
}

/**
 * Final settlement of the monthly VX contract of a month: 30 days before the third Friday of the next month, a
 * Wednesday; the session before it where that Wednesday or that Friday is a holiday (Cboe Futures Exchange,
 * Rule 1202(b)). July and October 2004 settled a week earlier.
 *
 * @param month 1–12. Throws `RangeError` outside 1990 … November 2030.
 */
export function monthlyExpiry(year: number, month: number): DayNumber {
  const exception = BEFORE_THE_RULE.get(`${year}-${month}`);
  if (exception !== undefined) return exception;
  const [y, m] = month === 12 ? [year + 1, 1] : [year, month + 1];
  return settlementOf(nthWeekday(y, m, 5, 3) - 30);
}

/** True where a VX contract, monthly or weekly, may settle: a Wednesday, or the session before a closed one. */
export function isWeeklyExpiry(day: DayNumber): boolean {
  const wednesday = day + ((3 - weekday(day) + 7) % 7);
  return settlementOf(wednesday) === day;
}
