import {
  at,
  calendar,
  isBankDay,
  timeOf,
  weekday,
  type DayNumber,
  type Knowledge,
  type Minute,
} from "#core";

const DECISION = timeOf("16:20");

/**
 * The instant of the daily decision: 16:20 New York, after the last of the day's closing values. On early
 * closes too, for then everything is known sooner.
 */
export function decisionAt(session: DayNumber): Minute {
  return at(session, DECISION);
}

function sameDay(clock: string, what: string): Knowledge {
  const time = timeOf(clock);
  return Object.freeze({
    name: `${what}, ${clock} the same day`,
    at: (day: DayNumber) => at(day, time),
    lag: 0,
  });
}

function nextPublication(day: DayNumber): DayNumber {
  const nyse = calendar("nyse");
  let next = nyse.next(day);
  while (!isBankDay(next)) next = nyse.next(next);
  return next;
}

/** Official closes of shares and funds. */
export const CLOSE = sameDay("16:00", "closing auction");

/** Cboe volatility indices are computed until 16:15. */
export const INDEX_CLOSE = sameDay("16:15", "end of the index session");

/** VX daily settlement: after 16:00, published within a quarter of an hour. */
export const SETTLEMENT = sameDay("16:15", "daily settlement");

/** Decisions of the Federal Open Market Committee, taken as known after the close of their day. */
export const EVENT = sameDay("16:00", "on its day");

/** Federal Reserve H.15 rates: published on the next session on which the Federal Reserve is open. */
export const NEXT_SESSION: Knowledge = Object.freeze({
  name: "H.15, 16:15 on the next session",
  at: (day: DayNumber) => at(nextPublication(day), "16:15"),
  lag: 1,
});

/** Earnings: most come after the close, so all count as known before the next session opens. */
export const NEXT_MORNING: Knowledge = Object.freeze({
  name: "09:30 on the next session",
  at: (day: DayNumber) => at(calendar("nyse").next(day), "09:30"),
  lag: 1,
});

/** Federal Reserve H.10 (dollar index): a week's values come on the following Monday, Tuesday after a holiday. */
export const FOLLOWING_MONDAY: Knowledge = Object.freeze({
  name: "H.10, 16:15 on the following Monday",
  at: (day: DayNumber) => at(nextPublication(day + 7 - weekday(day)), "16:15"),
  lag: 5,
});
