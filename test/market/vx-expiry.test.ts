import { calendar, nthWeekday, parts, toDay, toNumber, weekday } from "#core";
import { isWeeklyExpiry, monthlyExpiry } from "#market";
import { describe, expect, it } from "vitest";

describe("monthly VX expiry", () => {
  it.each([
    "2004-07-14", // the first contracts
    "2004-10-13",
    "2007-02-14",
    "2007-05-16",
    "2008-02-19", // Good Friday
    "2013-07-17",
    "2013-11-20",
    "2014-03-18",
    "2019-03-19",
    "2022-03-15",
    "2024-06-18", // Juneteenth
    "2024-08-21",
    "2025-03-18",
  ])("%s is as published", (published) => {
    const { year, month } = parts(toNumber(published));
    expect(toDay(monthlyExpiry(year, month))).toBe(published);
  });

  it("is not the third Wednesday in 23 months of 2013–2025", () => {
    let differs = 0;
    for (let year = 2013; year <= 2025; year++) {
      for (let month = 1; month <= 12; month++) {
        if (monthlyExpiry(year, month) !== nthWeekday(year, month, 3, 3)) differs++;
      }
    }
    expect(differs).toBe(23);
  });

  it("is a session, a Wednesday or the session before one, and also a weekly expiry", () => {
    for (let year = 2005; year <= 2029; year++) {
      for (let month = 1; month <= 12; month++) {
        const day = monthlyExpiry(year, month);
        expect(calendar("cfe").isSession(day)).toBe(true);
        expect([2, 3]).toContain(weekday(day));
        expect(isWeeklyExpiry(day)).toBe(true);
      }
    }
  });

  it("refuses months whose option Friday is beyond the calendar", () => {
    expect(() => monthlyExpiry(2030, 12)).toThrow(RangeError);
  });
});

describe("weekly VX expiry", () => {
  it.each([
    ["2024-06-26", true],
    ["2024-06-25", false],
    ["2024-06-18", true],
    ["2024-06-19", false],
    ["2018-12-05", true], // stocks were closed, futures settled
    ["2024-12-24", true], // before Christmas
  ])("%s: %s", (day, expected) => {
    expect(isWeeklyExpiry(toNumber(day))).toBe(expected);
  });
});
