import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as elementary from "../../src/num/elementary.ts";

type Row = readonly [x: number, value: number, rest: number];
const golden = JSON.parse(
  readFileSync(new URL("../golden/elementary.json", import.meta.url), "utf8"),
) as Record<string, Row[]>;

/** One unit in the last place at `x`. */
function ulp(x: number): number {
  const exponent = Math.max(Math.floor(Math.log2(Math.abs(x))), -1022);
  return 2 ** (exponent - 52);
}

describe("elementary functions against 50-digit arithmetic", () => {
  for (const [name, rows] of Object.entries(golden)) {
    it(`${name} is within 2 ulp`, () => {
      const f = elementary[name as keyof typeof elementary];
      let worst = { error: 0, x: 0 };
      for (const [x, value, rest] of rows) {
        const error = Math.abs(f(x) - value - rest) / ulp(value);
        if (error > worst.error) worst = { error, x };
      }
      expect(rows.length).toBeGreaterThan(100);
      expect(worst.error, `at ${worst.x}`).toBeLessThanOrEqual(2);
    });
  }
});

describe("edges of the elementary functions", () => {
  const { exp, expm1, log, log1p, tanh, erf, erfc, sin, cos } = elementary;
  it("overflow, underflow and infinities", () => {
    expect([exp(710), exp(-746), exp(Infinity), exp(-Infinity)]).toEqual([
      Infinity,
      0,
      Infinity,
      0,
    ]);
    expect([expm1(710), expm1(-50), log(0), log(Infinity)]).toEqual([
      Infinity,
      -1,
      -Infinity,
      Infinity,
    ]);
    expect([tanh(Infinity), tanh(-30), erf(30), erf(-Infinity), erfc(30), erfc(-30)]).toEqual([
      1, -1, 1, -1, 0, 2,
    ]);
    expect(log1p(-1)).toBe(-Infinity);
  });
  it("exact values", () => {
    expect([exp(0), log(1), cos(0), erfc(0)]).toEqual([1, 0, 1, 1]);
    for (const f of [expm1, log1p, tanh, erf, sin]) {
      expect(Object.is(f(-0), -0)).toBe(true);
      expect(f(0)).toBe(0);
    }
  });
  it("NaN where there is no value", () => {
    for (const f of [exp, expm1, log, log1p, tanh, erf, erfc, sin, cos]) expect(f(NaN)).toBeNaN();
    expect([log(-1), log1p(-2), sin(Infinity), cos(-Infinity)]).toEqual([NaN, NaN, NaN, NaN]);
  });
  it("sine and cosine refuse what they cannot reduce", () => {
    expect(() => sin(2e6)).toThrow(RangeError);
    expect(() => cos(-2e6)).toThrow(/2000000/);
  });
});
