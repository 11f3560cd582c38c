import { fromParts, nthWeekday, parts, weekday, type DayNumber } from "./day.ts";

/** Western Easter Sunday of a year (anonymous Gregorian algorithm; Meeus, Astronomical Algorithms, ch. 8). */
export function easter(year: number): DayNumber {
  const golden = year % 19;
  const century = Math.floor(year / 100);
  const rest = year % 100;
  const shift = Math.floor((century + 8) / 25);
  const moon =
    (19 * golden + century - Math.floor(century / 4) - Math.floor((century - shift + 1) / 3) + 15) %
    30;
  const sunday = (32 + 2 * (century % 4) + 2 * Math.floor(rest / 4) - moon - (rest % 4)) % 7;
  const late = Math.floor((golden + 11 * moon + 22 * sunday) / 451);
  const sum = moon + sunday - 7 * late + 114;
  return fromParts(year, Math.floor(sum / 31), (sum % 31) + 1);
}

function lastMonday(year: number, month: number): DayNumber {
  const last = fromParts(year, month + 1, 1) - 1;
  return last - (weekday(last) - 1);
}

/** A fixed-date holiday as observed: Sunday moves to Monday, Saturday to Friday where `saturday` says so. */
function observed(day: DayNumber, saturday: "friday" | "not observed"): DayNumber[] {
  if (weekday(day) === 7) return [day + 1];
  if (weekday(day) === 6) return saturday === "friday" ? [day - 1] : [];
  return [day];
}

/**
 * Weekdays on which the New York Stock Exchange is closed by its rule (NYSE Rule 7.2): a holiday on a Saturday
 * is kept on Friday, except New Year's Day, which is not kept at all.
 */
export function exchangeHolidays(year: number): DayNumber[] {
  return [
    ...observed(fromParts(year, 1, 1), "not observed"),
    ...(year >= 1998 ? [nthWeekday(year, 1, 1, 3)] : []),
    nthWeekday(year, 2, 1, 3),
    easter(year) - 2,
    lastMonday(year, 5),
    ...(year >= 2022 ? observed(fromParts(year, 6, 19), "friday") : []),
    ...observed(fromParts(year, 7, 4), "friday"),
    nthWeekday(year, 9, 1, 1),
    nthWeekday(year, 11, 4, 4),
    ...observed(fromParts(year, 12, 25), "friday"),
  ];
}

/** Weekdays on which the Federal Reserve is closed and publishes nothing (federal holidays; Saturdays are not moved). */
export function bankHolidays(year: number): DayNumber[] {
  return [
    ...observed(fromParts(year, 1, 1), "not observed"),
    nthWeekday(year, 1, 1, 3),
    nthWeekday(year, 2, 1, 3),
    lastMonday(year, 5),
    ...(year >= 2021 ? observed(fromParts(year, 6, 19), "not observed") : []),
    ...observed(fromParts(year, 7, 4), "not observed"),
    nthWeekday(year, 9, 1, 1),
    nthWeekday(year, 10, 1, 2),
    ...observed(fromParts(year, 11, 11), "not observed"),
    nthWeekday(year, 11, 4, 4),
    ...observed(fromParts(year, 12, 25), "not observed"),
  ];
}

/**
 * Scheduled sessions that end at 13:00 New York, by the exchange's practice of each period (14:00 before 1993):
 * the day after Thanksgiving, Christmas Eve, and the session beside Independence Day.
 */
export function earlyCloses(year: number): Map<DayNumber, string> {
  const closes = new Map<DayNumber, string>();
  const clock = year < 1993 ? "14:00" : "13:00";
  if (year >= 1992) closes.set(nthWeekday(year, 11, 4, 4) + 1, clock);
  const christmasEve = fromParts(year, 12, 24);
  if (weekday(christmasEve) <= 4) closes.set(christmasEve, clock);
  if (year >= 1995) {
    const third = fromParts(year, 7, 3);
    const day = weekday(third);
    if (day === 1 || day === 2 || day === 4 || (day === 3 && year >= 2013))
      closes.set(third, clock);
    if (day === 3 && year < 2013) closes.set(third + 2, clock);
  }
  return closes;
}

const bankHolidaysOf = new Map<number, ReadonlySet<DayNumber>>();

/** True where the Federal Reserve is open: a weekday that is no federal holiday. */
export function isBankDay(day: DayNumber): boolean {
  if (weekday(day) > 5) return false;
  const { year } = parts(day);
  const holidays = bankHolidaysOf.get(year) ?? new Set(bankHolidays(year));
  bankHolidaysOf.set(year, holidays);
  return !holidays.has(day);
}
