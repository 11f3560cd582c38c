import { calendar, fromParts, lastAtOrBefore, parts, type DayNumber } from "#core";
import { decisionAt } from "#market";

/** What is known at each row about the session to come. */
export interface Schedule {
  /** The next session as scheduled at the decision of the row. */
  readonly next: Int32Array;
  /** Which session of its month that one is, 1 for the first. */
  readonly nextOfMonth: Uint8Array;
  /** Which session of its month the row itself is. */
  readonly ofMonth: Uint8Array;
}

/** Which session of its month a day is, were it one, after the sessions before it. */
function sessionOfMonth(day: DayNumber): number {
  const { sessions } = calendar("nyse");
  const { year, month } = parts(day);
  return (
    lastAtOrBefore(sessions, day - 1) - lastAtOrBefore(sessions, fromParts(year, month, 0)) + 1
  );
}

/** The schedule of the sessions of a market. */
export function makeSchedule(sessions: Int32Array): Schedule {
  const nyse = calendar("nyse");
  const next = sessions.map((day) => nyse.next(day, decisionAt(day)));
  return {
    next,
    nextOfMonth: Uint8Array.from(next, sessionOfMonth),
    ofMonth: Uint8Array.from(sessions, sessionOfMonth),
  };
}

/** Closures outside the holiday rule: sessions until they were announced. */
function findClosures(): DayNumber[] {
  const nyse = calendar("nyse");
  const closures: DayNumber[] = [];
  for (const [i, session] of nyse.sessions.subarray(0, -1).entries()) {
    const actual = nyse.sessions[i + 1]!;
    let day = nyse.next(session, -Infinity);
    for (; day !== actual; day = nyse.next(day, -Infinity)) closures.push(day);
  }
  return closures;
}

let closures: readonly DayNumber[] | undefined;

/**
 * Sessions after `from` up to and including `to` as they were scheduled at the decision of session `day`: a closure
 * counts as a session until it was announced.
 */
export function scheduledSessions(from: DayNumber, to: DayNumber, day: DayNumber): number {
  const nyse = calendar("nyse");
  closures ??= findClosures();
  const asOf = decisionAt(day);
  const unannounced = closures.filter(
    (closure) => closure > from && closure <= to && nyse.next(closure - 1, asOf) === closure,
  );
  return (
    lastAtOrBefore(nyse.sessions, to) - lastAtOrBefore(nyse.sessions, from) + unannounced.length
  );
}
