import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { at, fromParts, isDay, nthWeekday, parts, toDay, toNumber, weekday } from "#core";

describe("days", () => {
  it("count from 1970-01-01", () => {
    expect(toNumber("1970-01-01")).toBe(0);
    expect(toNumber("2000-03-01")).toBe(11_017);
    expect(toNumber("2024-06-28")).toBe(19_902);
    expect(toDay(-1)).toBe("1969-12-31");
  });

  it("go there and back, one at a time, in every zone", () => {
    fc.assert(
      fc.property(fc.integer({ min: -20_000, max: 40_000 }), (number) => {
        expect(toNumber(toDay(number))).toBe(number);
        const { year, month, day } = parts(number);
        expect(fromParts(year, month, day)).toBe(number);
        expect(weekday(number + 7)).toBe(weekday(number));
        expect(weekday(number + 1)).toBe((weekday(number) % 7) + 1);
      }),
    );
  });

  it.each([
    ["2024-06-28", 5],
    ["1987-10-19", 1],
    ["2000-01-01", 6],
    ["1969-12-28", 7],
  ])("%s is weekday %i", (day, expected) => expect(weekday(toNumber(day))).toBe(expected));

  it.each(["2024-02-30", "2023-02-29", "2024-13-01", "2024-6-28", "20240628", "", "2024-06-28T00"])(
    "%j is none",
    (text) => {
      expect(isDay(text)).toBe(false);
      expect(() => toNumber(text)).toThrow(RangeError);
    },
  );

  it("has third Fridays", () => {
    expect(toDay(nthWeekday(2024, 3, 5, 3))).toBe("2024-03-15");
    expect(toDay(nthWeekday(2024, 11, 4, 4))).toBe("2024-11-28");
  });

  it("has minutes of New York", () => {
    expect(at(1, "16:15") - at(0, "00:00")).toBe(1440 + 975);
  });
});

describe("parts of a day", () => {
  it("agree with the platform's calendar on every day of two centuries", () => {
    for (let day = toNumber("1900-01-01"); day <= toNumber("2100-12-31"); day++) {
      const { year, month, day: dayOfMonth } = parts(day);
      const iso = `${year}-${String(month).padStart(2, "0")}-${String(dayOfMonth).padStart(2, "0")}`;
      if (iso !== toDay(day)) expect(iso).toBe(toDay(day));
    }
  });
});
