import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  correlation,
  covariance,
  excessKurtosis,
  mean,
  quantile,
  rawKurtosis,
  skewness,
  slope,
  std,
  sum,
  variance,
} from "#num";

const golden = JSON.parse(
  readFileSync(new URL("../golden/evidence.json", import.meta.url), "utf8"),
) as { streams: Record<string, number[]>; moments: Record<string, number> };
const r = Float64Array.from(golden.streams.s6!);
const b = Float64Array.from(golden.streams.s0!);

describe("statistics", () => {
  it("agree with numpy and scipy", () => {
    const { moments } = golden;
    expect(mean(r)).toBeCloseTo(moments.mean!, 15);
    expect(std(r, 1)).toBeCloseTo(moments.std!, 15);
    expect(skewness(r)).toBeCloseTo(moments.skewness!, 12);
    expect(rawKurtosis(r)).toBeCloseTo(moments.rawKurtosis!, 12);
    expect(excessKurtosis(r)).toBeCloseTo(moments.rawKurtosis! - 3, 12);
    expect(quantile(r, 0.05)).toBeCloseTo(moments.quantile05!, 15);
    expect(correlation(r, b)).toBeCloseTo(moments.correlation!, 13);
    expect(covariance(r, b)).toBeCloseTo(moments.covariance!, 17);
    expect(slope(b, r)).toBeCloseTo(moments.slope!, 13);
  });

  it("sum pairwise in an order that depends on the length alone", () => {
    const values = Float64Array.from({ length: 100_003 }, () => 0.1);
    expect(Math.abs(sum(values) - 10_000.3)).toBeLessThan(1e-9);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1000, max: 1000 }), { maxLength: 500 }), (xs) => {
        expect(sum(xs)).toBe(xs.reduce((total, x) => total + x, 0));
      }),
    );
  });

  it("know what they cannot know", () => {
    const flat = new Float64Array(50).fill(0.1);
    expect(mean([])).toBeNaN();
    expect(variance([1], 1)).toBeNaN();
    expect(variance([1], 0)).toBe(0);
    expect(skewness(flat)).toBeNaN();
    expect(rawKurtosis(flat)).toBeNaN();
    expect(correlation(flat, b.subarray(0, 50))).toBeNaN();
    expect(slope(flat, b.subarray(0, 50))).toBeNaN();
    expect(quantile([], 0.5)).toBeNaN();
    expect(quantile([1, NaN, 2], 0)).toBeNaN();
    expect(mean([1, NaN])).toBeNaN();
    expect(() => quantile([1], 1.5)).toThrow(RangeError);
    expect(() => covariance([1, 2], [1])).toThrow("lengths differ: 2 and 1");
  });
});
