import { calendar, parts } from "#core";
import { decisionAt } from "#market";

/** What is known at each row about the session to come. */
export interface Schedule {
  /** The next session as scheduled at the decision of the row. */
  readonly next: Int32Array;
  /** 1 where that session begins a month. */
  readonly newMonth: Uint8Array;
  /** 1 where the row itself begins a month. */
  readonly startsMonth: Uint8Array;
}

function month(day: number): number {
  const { year, month: m } = parts(day);
  return year * 12 + m;
}

/** The schedule of the sessions of a market. */
export function makeSchedule(sessions: Int32Array): Schedule {
  const nyse = calendar("nyse");
  const next = sessions.map((day) => nyse.next(day, decisionAt(day)));
  const months = Array.from(sessions, month);
  return {
    next,
    newMonth: Uint8Array.from(next, (day, t) => (month(day) === months[t] ? 0 : 1)),
    startsMonth: Uint8Array.from(months, (m, t) => (t > 0 && m === months[t - 1] ? 0 : 1)),
  };
}
