import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { key } from "#core";
import { excessKurtosis, mean, normalCdf, normalQuantile, normals, std } from "#num";

const golden = JSON.parse(
  readFileSync(new URL("../golden/evidence.json", import.meta.url), "utf8"),
) as { normal: [number, number][]; normalQuantile: [number, number][] };

describe("the normal distribution", () => {
  it.each(golden.normal)("Φ(%f) agrees with scipy", (x, p) => {
    // In the tail Φ magnifies an error of x by about x².
    expect(Math.abs(normalCdf(x) / p - 1)).toBeLessThan(Math.max(1e-14, 2.2e-16 * x * x));
  });

  it.each(golden.normalQuantile)("Φ⁻¹(%f) agrees with scipy", (p, x) => {
    expect(Math.abs(normalQuantile(p) - x)).toBeLessThan(2e-15 * Math.max(1, Math.abs(x)) * 2);
  });

  it("has its quantile's ends and no more", () => {
    expect(normalQuantile(0)).toBe(-Infinity);
    expect(normalQuantile(1)).toBe(Infinity);
    expect(normalQuantile(-0.1)).toBeNaN();
    expect(normalQuantile(NaN)).toBeNaN();
  });

  it("draws standard normal numbers, each from its own place in the stream", () => {
    const draws = normals(key(1), 200_000);
    expect(Math.abs(mean(draws))).toBeLessThan(4 / Math.sqrt(200_000));
    expect(Math.abs(std(draws, 1) - 1)).toBeLessThan(0.007);
    expect(Math.abs(excessKurtosis(draws))).toBeLessThan(0.045);
    expect(normals(key(1), 10)).toEqual(draws.subarray(0, 10));
  });
});
