import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { frame, indexOf, lastAtOrBefore, type Column } from "#core";

const column = (...values: number[]): Column => ({
  unit: "usd",
  knowledge: { name: "at once", at: (day) => day * 1440, lag: 0 },
  values: Float64Array.from(values),
});

describe("a frame", () => {
  it("is frozen, columns included", () => {
    const made = frame(Int32Array.of(1, 2), { close: column(3, 4) });
    expect(Object.isFrozen(made) && Object.isFrozen(made.columns)).toBe(true);
  });

  it("refuses days that repeat or fall, and columns of another length", () => {
    expect(() => frame(Int32Array.of(1, 1), {})).toThrow(/row 1/);
    expect(() => frame(Int32Array.of(2, 1), {})).toThrow(RangeError);
    expect(() => frame(Int32Array.of(1, 2), { close: column(3) })).toThrow(
      /close has 1 rows, not 2/,
    );
  });
});

describe("looking up in an increasing array", () => {
  it("finds the last element at or before a value", () => {
    const increasing = fc
      .uniqueArray(fc.integer({ min: -50, max: 50 }))
      .map((a) => a.toSorted((x, y) => x - y));
    fc.assert(
      fc.property(increasing, fc.integer({ min: -60, max: 60 }), (sorted, value) => {
        expect(lastAtOrBefore(sorted, value)).toBe(sorted.filter((x) => x <= value).length - 1);
        expect(indexOf(sorted, value)).toBe(sorted.indexOf(value));
      }),
    );
  });
});
