import type { DayNumber, Minute } from "./day.ts";

/** The sessions of an exchange, 1990–2030, closures included. */
export interface Calendar {
  readonly name: "nyse" | "cfe";
  /** Sessions as they happened, increasing. */
  readonly sessions: Int32Array;
  /** The instant at which trading in a session ends: 16:00, 13:00 on early closes. */
  closeAt(session: DayNumber): Minute;
  /** The first session after `day` as it was scheduled at instant `asOf`: an unscheduled closure is a session until announced. */
  next(day: DayNumber, asOf?: Minute): DayNumber;
  /** The last session before `day`. */
  previous(day: DayNumber): DayNumber;
}
