import { CLOSURES, FUTURES_SESSIONS, SINGLE_EARLY_CLOSES } from "./calendar-closures.ts";
import { earlyCloses, exchangeHolidays } from "./calendar-holidays.ts";
import { at, fromParts, toDay, toNumber, weekday, type DayNumber, type Minute } from "./day.ts";
import { lastAtOrBefore } from "./frame.ts";

export { isBankDay } from "./calendar-holidays.ts";

/** The sessions of an exchange, 1990-01-01 … 2030-12-31, one-off closures included. Frozen. */
export interface Calendar {
  readonly name: "nyse" | "cfe";
  /** Sessions as they happened, increasing. */
  readonly sessions: Int32Array;
  /**
   * The instant at which a session ends, New York wall time. `nyse`: 16:00, 13:00 on early closes (14:00 before
   * 1993). `cfe`: a quarter of an hour later, by when VX has its daily settlement. Throws `RangeError` for a day
   * that is no session.
   */
  closeAt(session: DayNumber): Minute;
  /**
   * The first session after `day`. With `asOf`, as it was scheduled at that instant: a closure is a session
   * until it was announced. Throws `RangeError` past the end of the calendar.
   */
  next(day: DayNumber, asOf?: Minute): DayNumber;
  /** The last session before `day`. Throws `RangeError` before the start of the calendar. */
  previous(day: DayNumber): DayNumber;
  /** True where `day` is a session. */
  isSession(day: DayNumber): boolean;
}

const FIRST_YEAR = 1990;
const LAST_YEAR = 2030;
/** VX is settled within this many minutes of the end of the stock session. */
const SETTLEMENT_MINUTES = 15;

function minute(text: string): Minute {
  return at(toNumber(text.slice(0, 10)), text.slice(11));
}

function outside(day: DayNumber): never {
  throw new RangeError(`${toDay(day)} is at or outside the calendar ${FIRST_YEAR}–${LAST_YEAR}`);
}

function build(name: "nyse" | "cfe"): Calendar {
  const futures = name === "cfe";
  const closures = CLOSURES.filter((closure) => !(futures && closure.futuresOpen));
  const announced = new Map(closures.map((c) => [toNumber(c.day), minute(c.announced)]));
  const closed = new Set(announced.keys());
  const early = new Map<DayNumber, string>();
  for (let year = FIRST_YEAR; year <= LAST_YEAR; year++) {
    for (const day of exchangeHolidays(year)) closed.add(day);
    for (const [day, clock] of earlyCloses(year)) early.set(day, clock);
  }
  for (const [day, clock] of Object.entries(SINGLE_EARLY_CLOSES)) early.set(toNumber(day), clock);
  if (futures) for (const day of FUTURES_SESSIONS) closed.delete(toNumber(day));

  const days: number[] = [];
  for (let day = fromParts(FIRST_YEAR, 1, 1); day <= fromParts(LAST_YEAR, 12, 31); day++) {
    if (weekday(day) <= 5 && !closed.has(day)) days.push(day);
  }
  const sessions = Int32Array.from(days);
  const members = new Set(days);

  return Object.freeze({
    name,
    sessions,
    isSession: (day: DayNumber) => members.has(day),
    closeAt(session: DayNumber): Minute {
      if (!members.has(session)) {
        throw new RangeError(`${toDay(session)} is not a session of ${name}`);
      }
      return at(session, early.get(session) ?? "16:00") + (futures ? SETTLEMENT_MINUTES : 0);
    },
    next(day: DayNumber, asOf: Minute = Infinity): DayNumber {
      const actual = sessions[lastAtOrBefore(sessions, day) + 1] ?? outside(day);
      for (const [closure, known] of announced) {
        if (closure > day && closure < actual && known > asOf) return closure;
      }
      return actual;
    },
    previous: (day: DayNumber) => sessions[lastAtOrBefore(sessions, day - 1)] ?? outside(day),
  });
}

const built = new Map<string, Calendar>();

/** The calendar of the New York Stock Exchange or of the Cboe Futures Exchange. */
export function calendar(name: "nyse" | "cfe"): Calendar {
  const found = built.get(name) ?? build(name);
  built.set(name, found);
  return found;
}

/** The last session that has ended at instant `now`: today's from its close on, 13:00 on early closes. */
export function latestCompleteSession(exchange: Calendar, now: Minute): DayNumber {
  const today = Math.floor(now / 1440);
  const done = exchange.isSession(today) && exchange.closeAt(today) <= now;
  return done ? today : exchange.previous(today);
}
