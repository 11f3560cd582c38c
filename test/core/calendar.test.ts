import { readFileSync } from "node:fs";
import {
  at,
  calendar,
  isBankDay,
  latestCompleteSession,
  toDay,
  toNumber,
  weekday,
  type Day,
} from "#core";
import { describe, expect, it } from "vitest";

interface Golden {
  readonly closed: readonly Day[];
  readonly early: Readonly<Record<Day, string>>;
}

const golden = JSON.parse(
  readFileSync(new URL("../golden/nyse-calendar.json", import.meta.url), "utf8"),
) as Record<"pandas_market_calendars" | "exchange_calendars", Golden>;

const nyse = calendar("nyse");
const cfe = calendar("cfe");
const day = toNumber;

const minutes = (clock: string) => at(0, clock);

function closedWeekdays(): Day[] {
  const closed: Day[] = [];
  for (let d = day("1990-01-01"); d <= day("2030-12-31"); d++) {
    if (weekday(d) <= 5 && !nyse.isSession(d)) closed.push(toDay(d));
  }
  return closed;
}

describe("sessions of the New York Stock Exchange", () => {
  it("are closed on exactly the weekdays of two independent libraries, 1990–2030", () => {
    expect(closedWeekdays()).toEqual(golden.pandas_market_calendars.closed);
    expect(closedWeekdays()).toEqual(golden.exchange_calendars.closed);
  });

  it.each(
    "1994-04-27 2001-09-11 2001-09-12 2001-09-13 2001-09-14 2004-06-11 2007-01-02 2012-10-29 2012-10-30 2018-12-05 2025-01-09".split(
      " ",
    ),
  )("has none on %s", (closure) => {
    expect(nyse.isSession(day(closure))).toBe(false);
  });

  it("end early when both libraries say so, and never when neither does", () => {
    const { pandas_market_calendars: a, exchange_calendars: b } = golden;
    const mine = new Map(
      [...nyse.sessions]
        .filter((session) => nyse.closeAt(session) !== at(session, "16:00"))
        .map((session) => [toDay(session), nyse.closeAt(session) - at(session, "00:00")]),
    );
    const single: string[] = [];
    for (const date of new Set([
      ...Object.keys(a.early),
      ...Object.keys(b.early),
      ...mine.keys(),
    ])) {
      if (a.early[date] !== b.early[date]) single.push(date);
      else expect([date, mine.get(date)]).toEqual([date, minutes(a.early[date] ?? "none")]);
    }
    // Snow, a circuit breaker and a system failure that one library leaves out; 1999-12-31 the other.
    expect(single.toSorted()).toEqual([
      "1994-02-11",
      "1996-01-08",
      "1997-10-27",
      "1999-12-31",
      "2005-06-01",
    ]);
    expect(mine.get("1999-12-31")).toBe(minutes("13:00"));
  });

  it("refuses to say when a closed day ended and to leave its years", () => {
    expect(() => nyse.closeAt(day("2024-07-04"))).toThrow(/2024-07-04 is not a session/);
    expect(() => nyse.next(day("2031-01-01"))).toThrow(RangeError);
    expect(() => nyse.previous(day("1990-01-01"))).toThrow(RangeError);
  });
});

describe("a closure that no rule foretells", () => {
  it.each([
    ["2001-09-10", "2001-09-10 16:20", "2001-09-11"],
    ["2001-09-10", "2001-09-11 09:30", "2001-09-12"],
    ["2001-09-10", "2001-09-13 16:20", "2001-09-17"],
    ["2012-10-26", "2012-10-26 16:20", "2012-10-29"],
    ["2012-10-26", "2012-10-29 09:00", "2012-10-30"],
    ["2018-12-04", "2018-11-30 16:20", "2018-12-05"],
    ["2018-12-04", "2018-12-04 16:20", "2018-12-06"],
    ["2025-01-08", "2024-12-30 16:20", "2025-01-09"],
    ["2025-01-08", "2025-01-08 16:20", "2025-01-10"],
  ])("after %s, seen from %s, the next session is %s", (from, instant, expected) => {
    const asOf = at(day(instant.slice(0, 10)), instant.slice(11));
    expect(toDay(nyse.next(day(from), asOf))).toBe(expected);
  });

  it("does not hide a session that was before it", () => {
    expect(toDay(nyse.next(day("2001-09-07"), at(day("2001-09-07"), "16:20")))).toBe("2001-09-10");
  });

  it("is past once nobody asks as of when", () => {
    expect(toDay(nyse.next(day("2001-09-10")))).toBe("2001-09-17");
    expect(toDay(nyse.previous(day("2001-09-17")))).toBe("2001-09-10");
  });
});

describe("the futures exchange", () => {
  it("settled VX on 2015-04-03 and 2018-12-05, and keeps every other closure", () => {
    const own = [...cfe.sessions].filter((session) => !nyse.isSession(session));
    expect(own.map(toDay)).toEqual(["2015-04-03", "2018-12-05"]);
    expect([...nyse.sessions].filter((session) => !cfe.isSession(session))).toEqual([]);
  });

  it("did not treat 2018-12-05 as uncertain", () => {
    expect(toDay(cfe.next(day("2018-12-04"), at(day("2018-11-01"), "16:20")))).toBe("2018-12-05");
  });
});

describe("the latest complete session", () => {
  it.each([
    ["2024-07-03 12:59", "2024-07-02"],
    ["2024-07-03 13:00", "2024-07-03"],
    ["2024-07-05 09:00", "2024-07-03"],
    ["2024-07-05 15:59", "2024-07-03"],
    ["2024-07-05 16:00", "2024-07-05"],
    ["2024-07-07 12:00", "2024-07-05"],
    ["2024-11-29 13:30", "2024-11-29"],
    ["2025-01-09 18:00", "2025-01-08"],
  ])("at %s is %s", (now, expected) => {
    const instant = at(day(now.slice(0, 10)), now.slice(11));
    expect(toDay(latestCompleteSession(nyse, instant))).toBe(expected);
  });

  it("waits for the settlement on the futures exchange", () => {
    expect(toDay(latestCompleteSession(cfe, at(day("2024-07-05"), "16:10")))).toBe("2024-07-03");
    expect(toDay(latestCompleteSession(cfe, at(day("2024-07-05"), "16:15")))).toBe("2024-07-05");
  });
});

describe("days on which the Federal Reserve is open", () => {
  it.each([
    ["2023-10-09", false],
    ["2023-11-10", true],
    ["2017-11-10", true],
    ["2018-11-12", false],
    ["2021-06-18", true],
    ["2022-06-20", false],
    ["2024-03-29", true],
    ["2020-07-03", true],
    ["2024-06-29", false],
  ])("%s: %s", (date, open) => {
    expect(isBankDay(day(date))).toBe(open);
  });
});
