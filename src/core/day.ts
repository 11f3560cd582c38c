/**
 * Days without time zones. A day is an integer, the number of days since 1970-01-01, in columns and
 * calculations, and an ISO string (`2024-06-28`) at the edges. This is the only file that may use `Date`,
 * and it uses it in UTC alone.
 */

/** A day as an ISO string, `YYYY-MM-DD`. */
export type Day = string;

/** A day as an integer: days since 1970-01-01. */
export type DayNumber = number;

const MS = 86_400_000;
const ISO = /^(\d{4})-(\d{2})-(\d{2})$/;

/** ISO string → day number. Throws `RangeError` for anything that is not a day of the calendar. */
export function toNumber(day: Day): DayNumber {
  const match = ISO.exec(day);
  if (!match) throw new RangeError(`not a day (YYYY-MM-DD): ${day}`);
  const number = fromParts(+match[1]!, +match[2]!, +match[3]!);
  if (toDay(number) !== day) throw new RangeError(`no such day: ${day}`);
  return number;
}

/** True where the text is a day of the calendar. */
export function isDay(text: string): boolean {
  return ISO.test(text) && toDay(fromText(text)) === text;
}

function fromText(text: string): DayNumber {
  return fromParts(+text.slice(0, 4), +text.slice(5, 7), +text.slice(8, 10));
}

/** Day number → ISO string. */
export function toDay(number: DayNumber): Day {
  return new Date(number * MS).toISOString().slice(0, 10);
}

/** Year, month (1–12), day of the month → day number. */
export function fromParts(year: number, month: number, dayOfMonth: number): DayNumber {
  return Math.round(Date.UTC(year, month - 1, dayOfMonth) / MS);
}

/**
 * Day number → `{ year, month (1–12), day }`. Arithmetic on eras of 400 years that begin in March, so that the leap day
 * comes last (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days).
 */
export function parts(number: DayNumber): { year: number; month: number; day: number } {
  const shifted = number + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * fromMarch + 2) / 5) + 1,
  };
}

/** Monday 1 … Sunday 7. */
export function weekday(number: DayNumber): number {
  return ((((number + 3) % 7) + 7) % 7) + 1;
}

/** The `n`-th given weekday (Monday 1 … Sunday 7) of a month. */
export function nthWeekday(
  year: number,
  month: number,
  weekdayWanted: number,
  n: number,
): DayNumber {
  const first = fromParts(year, month, 1);
  return first + ((weekdayWanted - weekday(first) + 7) % 7) + 7 * (n - 1);
}

/** An instant of the exchange as an integer: minutes of New York wall time since 1970-01-01 00:00. */
export type Minute = number;

/** Minutes from midnight to `HH:MM`. */
export function timeOf(clock: string): Minute {
  return +clock.slice(0, 2) * 60 + +clock.slice(3, 5);
}

/** The instant of a day that lies so many minutes, or at such an `HH:MM`, after its midnight, New York wall time. */
export function at(day: DayNumber, time: string | Minute): Minute {
  return day * 1440 + (typeof time === "string" ? timeOf(time) : time);
}

/** The current instant as New York wall time, from the system clock: for `status` and `plan` only. */
export function nowInNewYork(): Minute {
  const shown = new Intl.DateTimeFormat("en-CA", {
    timeZone: "America/New_York",
    dateStyle: "short",
    timeStyle: "short",
    hour12: false,
  }).formatToParts(new Date());
  const part = (type: string) => +(shown.find((p) => p.type === type)?.value ?? NaN);
  return (
    fromParts(part("year"), part("month"), part("day")) * 1440 +
    (part("hour") % 24) * 60 +
    part("minute")
  );
}

/** The system clock as an ISO instant in UTC, for manifests and logs only; no calculation reads it. */
export function timestamp(): string {
  return new Date().toISOString();
}
