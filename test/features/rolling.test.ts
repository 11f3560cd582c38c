import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  expandingMean,
  lag,
  rollingDeviation,
  rollingMax,
  rollingMean,
  rollingMin,
  rollingPercentile,
  rollingQuantile,
  rollingRank,
  simpleReturns,
} from "#features";

const column = fc
  .array(
    fc.oneof(
      { weight: 9, arbitrary: fc.double({ min: -100, max: 100, noNaN: true }) },
      { weight: 1, arbitrary: fc.constant(NaN) },
    ),
    {
      minLength: 1,
      maxLength: 60,
    },
  )
  .map((values) => Float64Array.from(values));

const functions: Record<string, (x: Float64Array) => Float64Array> = {
  rollingMean: (x) => rollingMean(x, 5),
  rollingDeviation: (x) => rollingDeviation(x, 5),
  rollingMin: (x) => rollingMin(x, 5),
  rollingMax: (x) => rollingMax(x, 5),
  rollingQuantile: (x) => rollingQuantile(x, 5, 0.9),
  rollingRank: (x) => rollingRank(x, 5),
  rollingPercentile: (x) => rollingPercentile(x, 5),
  lag: (x) => lag(x, 3),
  simpleReturns: (x) => simpleReturns(x),
  expandingMean,
};

describe.each(Object.entries(functions))("%s", (_, f) => {
  it("reads nothing after its row", () => {
    fc.assert(
      fc.property(column, fc.nat(), (x, seed) => {
        const cut = seed % x.length;
        const poisoned = x.map((value, t) => (t <= cut ? value : 1e9 * (t % 2 ? 1 : -1)));
        const whole = f(x).subarray(0, cut + 1);
        expect(f(poisoned).subarray(0, cut + 1)).toEqual(whole);
        expect(f(x.slice(0, cut + 1))).toEqual(whole);
      }),
    );
  });
});

describe("rolling statistics", () => {
  const x = Float64Array.of(3, 1, 2, 5, 4);
  it("are NaN exactly until the window is full", () => {
    expect([...rollingMean(x, 3)]).toEqual([NaN, NaN, 2, 8 / 3, 11 / 3]);
  });
  it("have the textbook values", () => {
    expect(rollingDeviation(x, 5)[4]).toBeCloseTo(Math.sqrt(2.5), 14);
    expect(rollingQuantile(x, 5, 0.9)[4]).toBeCloseTo(4.6, 14);
    expect(rollingRank(x, 5)[4]).toBeCloseTo(0.75, 14);
    expect(rollingPercentile(x, 4)[4]).toBeCloseTo(0.75, 14);
  });
  it("refuse windows and lags that make no sense", () => {
    expect(() => rollingMean(x, 0)).toThrow(RangeError);
    expect(() => lag(x, -1)).toThrow("lag must be ≥ 0: -1");
    expect(() => rollingQuantile(x, 3, 1.5)).toThrow("q must be in [0, 1]: 1.5");
  });
});
