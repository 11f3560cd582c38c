import { describe, expect, it } from "vitest";
import { key } from "#core";
import { circularBootstrap, resampledIndices, stationaryBootstrap } from "#num";

const n = 100;

describe("block samplers", () => {
  it.each([1, 1.5, 4, 25, 1000])("draw n observations in runs inside the series, block %f", (b) => {
    const sampler = stationaryBootstrap(n, b, key(3));
    const from = new Int32Array(n);
    const to = new Int32Array(n);
    for (let i = 0; i < 200; i++) {
      const count = sampler.runs(i, from, to);
      let total = 0;
      for (let r = 0; r < count; r++) {
        expect(from[r]).toBeGreaterThanOrEqual(0);
        expect(to[r]).toBeLessThanOrEqual(n);
        expect(to[r]).toBeGreaterThan(from[r]!);
        total += to[r]! - from[r]!;
      }
      expect(total).toBe(n);
    }
  });

  it("continue a block with probability 1 − 1/length and start anywhere equally often", () => {
    const resamples = 4000;
    const sampler = stationaryBootstrap(n, 5, key(4));
    const out = new Int32Array(n);
    const seen = new Float64Array(n);
    let continued = 0;
    for (let b = 0; b < resamples; b++) {
      resampledIndices(sampler, b, out);
      for (let t = 0; t < n; t++) {
        seen[out[t]!]!++;
        if (t > 0 && out[t] === (out[t - 1]! + 1) % n) continued++;
      }
    }
    // A new block starts at the next observation by chance once in n times.
    const expected = 0.8 + 0.2 / n;
    expect(Math.abs(continued / (resamples * (n - 1)) - expected)).toBeLessThan(0.005);
    // Each is drawn `resamples` times on average; blocks make the spread √(2·5 − 1) times that of single draws.
    const spread = Math.sqrt(resamples * 9);
    for (const times of seen) expect(Math.abs(times - resamples)).toBeLessThan(5 * spread);
  });

  it("give blocks of one length and cut the last", () => {
    const out = new Int32Array(n);
    resampledIndices(circularBootstrap(n, 7, key(5)), 0, out);
    for (let t = 1; t < n; t++) {
      if (t % 7 !== 0) expect(out[t]).toBe((out[t - 1]! + 1) % n);
    }
  });

  it("depend on the key and the number of the resample alone", () => {
    const [a, b, c] = [new Int32Array(n), new Int32Array(n), new Int32Array(n)];
    const sampler = stationaryBootstrap(n, 3, key(6));
    resampledIndices(sampler, 17, a);
    resampledIndices(sampler, 3, b);
    resampledIndices(stationaryBootstrap(n, 3, key(6)), 17, c);
    expect(c).toEqual(a);
    expect(b).not.toEqual(a);
    resampledIndices(stationaryBootstrap(n, 3, key(7)), 17, c);
    expect(c).not.toEqual(a);
  });

  it("refuse what cannot be resampled", () => {
    expect(() => stationaryBootstrap(0, 2, key(1))).toThrow("cannot resample 0 observations");
    expect(() => stationaryBootstrap(5, 0.5, key(1))).toThrow("at least 1, not 0.5");
    expect(() => stationaryBootstrap(5, NaN, key(1))).toThrow(RangeError);
    expect(() => circularBootstrap(5, 1.5, key(1))).toThrow("an integer, not 1.5");
  });
});
