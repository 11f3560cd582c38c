import { describe, expect, it } from "vitest";
import { VolterraError } from "#core";
import { type OptionStrip, blackScholesPrice, interpolateVix, stripVariance } from "#quant";

/** A strip quoted without spread at Black-Scholes prices. */
function quoted(strikes: readonly number[], tau: number, vol: number, rate: number): OptionStrip {
  const at = (right: "call" | "put") =>
    strikes.map((strike) => blackScholesPrice(right, 100, strike, tau, vol, rate));
  const calls = at("call");
  const puts = at("put");
  return { strikes, callBid: calls, callAsk: calls, putBid: puts, putAsk: puts };
}

const range = (from: number, to: number, step: number) =>
  Array.from({ length: Math.round((to - from) / step) + 1 }, (_, i) => from + i * step);

describe("stripVariance", () => {
  it("recovers the volatility that priced a dense, wide strip, and the forward", () => {
    for (const [vol, tau, rate] of [
      [0.2, 30 / 365, 0.03],
      [0.6, 0.5, -0.01],
      [0.1, 7 / 365, 0],
    ] as const) {
      const s = vol * Math.sqrt(tau);
      const strikes = range(100 * Math.exp(-7 * s), 100 * Math.exp(7 * s), s / 4);
      const { variance, forward, centre } = stripVariance(
        quoted(strikes, tau, vol, rate),
        tau,
        rate,
      );
      expect(forward).toBeCloseTo(100 * Math.exp(rate * tau), 9);
      expect(centre).toBeLessThanOrEqual(forward);
      // What is left is the discretisation of the integral, of second order in the spacing.
      expect(Math.sqrt(variance) / vol).toBeCloseTo(1, 4);
    }
  });

  it("sums a strip worked by hand", () => {
    // F = 100 + 1·(5 − 4) = 101 at the strike of the smallest gap; K₀ = 100; five strikes, one without a bid left out.
    const strip = {
      strikes: [80, 90, 95, 100, 110, 120],
      putBid: [0, 0.9, 1.8, 3.9, 10, 19],
      putAsk: [0.1, 1.1, 2.2, 4.1, 11, 20],
      callBid: [21, 12, 8, 4.9, 0.8, 0.1],
      callAsk: [22, 13, 9, 5.1, 1.2, 0.3],
    };
    const sum =
      (5 / 90 ** 2) * 1 +
      (5 / 95 ** 2) * 2 +
      (7.5 / 100 ** 2) * 4.5 +
      (10 / 110 ** 2) * 1 +
      (10 / 120 ** 2) * 0.2;
    const result = stripVariance(strip, 0.1, 0);
    expect(result.variance).toBeCloseTo((2 / 0.1) * sum - (1 / 0.1) * 0.01 ** 2, 12);
    expect(result).toMatchObject({ centre: 100, lowest: 90, highest: 120, used: 5 });
    expect(result.forward).toBeCloseTo(101, 12);
  });

  it("ends a side at two strikes in a row without a bid, and steps over one", () => {
    const strip = {
      strikes: [60, 70, 80, 90, 100, 110, 120],
      putBid: [1, 0, 0, 0.5, 4, 11, 20],
      putAsk: [1, 1, 1, 0.7, 4.2, 12, 21],
      callBid: [41, 31, 21, 12, 4, 0, 0.1],
      callAsk: [42, 32, 22, 13, 4.2, 0.2, 0.2],
    };
    expect(stripVariance(strip, 0.1, 0)).toMatchObject({ lowest: 90, highest: 120, used: 3 });
  });

  it("refuses strips that hold no variance", () => {
    const good = quoted(range(60, 140, 5), 0.1, 0.3, 0);
    const zero = good.strikes as readonly number[];
    const none = zero.map(() => 0);
    expect(() => stripVariance({ ...good, callBid: none, putBid: none }, 0.1, 0)).toThrow(
      VolterraError,
    );
    expect(() => stripVariance({ ...good, strikes: zero.toReversed() }, 0.1, 0)).toThrow(/row 1/);
    const onlyMiddle = zero.map((k) => (k === 100 ? 1 : 0));
    expect(() => stripVariance({ ...good, putBid: onlyMiddle }, 0.1, 0)).toThrow(/0 puts/);
    expect(() => stripVariance(good, 0, 0)).toThrow(RangeError);
  });
});

describe("interpolateVix", () => {
  it("gives the white paper's 13.6858 from its two variances", () => {
    const near = { tau: 0.0683486, variance: 0.01846292 };
    const next = { tau: 0.0882686, variance: 0.01882101 };
    expect(interpolateVix(near, next)).toBeCloseTo(13.6858, 3);
  });

  it("is the volatility itself where both expiries agree, and one expiry's at the horizon", () => {
    expect(
      interpolateVix({ tau: 0.06, variance: 0.04 }, { tau: 0.11, variance: 0.04 }),
    ).toBeCloseTo(20, 12);
    expect(
      interpolateVix({ tau: 30 / 365, variance: 0.09 }, { tau: 0.2, variance: 0.01 }),
    ).toBeCloseTo(30, 12);
    expect(() =>
      interpolateVix({ tau: 0.1, variance: 0.04 }, { tau: 0.1, variance: 0.04 }),
    ).toThrow(RangeError);
  });
});
