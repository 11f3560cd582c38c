import { describe, expect, it } from "vitest";
import {
  hestonPrice,
  mertonPrice,
  blackScholesPrice,
  sabrVolatility,
  expectedVariance,
} from "#quant";
import { integrate } from "../../src/quant/quadrature.ts";
import { golden } from "./golden.ts";

const CALM = { kappa: 1.5, theta: 0.04, xi: 0.3, rho: -0.6, v0: 0.04 };

/** A call on 100 without dividends; the model as kappa, theta, xi, rho, v0. */
const price = (
  strike: number,
  tau: number,
  rate: number,
  [kappa, theta, xi, rho, v0]: readonly number[],
) =>
  hestonPrice(
    "call",
    100,
    strike,
    tau,
    { kappa: kappa!, theta: theta!, xi: xi!, rho: rho!, v0: v0! },
    rate,
  );

describe("Heston's price", () => {
  it("is what Fang and Oosterlee (2008), Broadie and Kaya (2006) and Andersen (2008) publish", () => {
    const fang = [1.5768, 0.0398, 0.5751, -0.5711, 0.0175];
    expect(price(100, 1, 0, fang)).toBeCloseTo(5.78515545, 7);
    expect(price(100, 10, 0, fang)).toBeCloseTo(22.318945791, 8);
    expect(price(100, 1, 0.0319, [6.21, 0.019, 0.61, -0.7, 0.010201])).toBeCloseTo(6.8061, 4);
    expect(price(100, 5, 0.05, [2, 0.09, 1, -0.3, 0.09])).toBeCloseTo(34.9998, 4);
    const andersen = [0.5, 0.04, 1, -0.9, 0.04];
    expect(price(100, 10, 0, andersen)).toBeCloseTo(13.085, 3);
    expect(price(60, 10, 0, andersen)).toBeCloseTo(44.33, 3);
    expect(price(140, 10, 0, andersen)).toBeCloseTo(0.296, 3);
  });

  it.each(golden.heston)(
    "is Heston's two probabilities, in 30 digits, at $args",
    ({ model, args, call }) => {
      const [spot, strike, tau, rate, yieldRate] = args;
      const { kappa, theta, xi, rho, v0, intensity, jumpMean, jumpDeviation } = model;
      const diffusion = { kappa: kappa!, theta: theta!, xi: xi!, rho: rho!, v0: v0! };
      const full =
        intensity === undefined
          ? diffusion
          : {
              ...diffusion,
              jumps: { intensity, jumpMean: jumpMean!, jumpDeviation: jumpDeviation! },
            };
      expect(
        Math.abs(hestonPrice("call", spot, strike, tau, full, rate, rate - yieldRate) - call),
      ).toBeLessThan(1e-7);
    },
  );

  it("becomes Black-Scholes without noise in the variance and Merton's series with jumps alone", () => {
    const still = { ...CALM, xi: 0, theta: 0.09 };
    const vol = Math.sqrt(expectedVariance(2, still) / 2);
    expect(hestonPrice("put", 100, 90, 2, still, 0.03, 0.01)).toBeCloseTo(
      blackScholesPrice("put", 100, 90, 2, vol, 0.03, 0.01),
      9,
    );
    const nearly = hestonPrice("put", 100, 90, 2, { ...still, xi: 1e-4, rho: 0 }, 0.03, 0.01);
    expect(nearly).toBeCloseTo(blackScholesPrice("put", 100, 90, 2, vol, 0.03, 0.01), 6);
    const jumps = { intensity: 1.2, jumpMean: -0.1, jumpDeviation: 0.2 };
    const jumpy = hestonPrice("call", 100, 110, 1, { ...CALM, xi: 0, jumps }, 0.02);
    expect(jumpy).toBeCloseTo(mertonPrice("call", 100, 110, 1, { vol: 0.2, ...jumps }, 0.02), 7);
  });

  it("obeys parity and bounds from a day to thirty years, deep in and out of the money", () => {
    for (const tau of [1 / 365, 1 / 12, 1, 30]) {
      for (const strike of [20, 70, 100, 140, 500]) {
        for (const model of [
          CALM,
          { ...CALM, xi: 2, kappa: 0.2 },
          { ...CALM, rho: 1 },
          { ...CALM, rho: -1, v0: 0 },
        ]) {
          const call = hestonPrice("call", 100, strike, tau, model, 0.03, 0.01);
          const put = hestonPrice("put", 100, strike, tau, model, 0.03, 0.01);
          const asset = 100 * Math.exp(-0.02 * tau);
          const bond = strike * Math.exp(-0.03 * tau);
          expect(call - put).toBeCloseTo(asset - bond, 8);
          expect(call).toBeGreaterThan(Math.max(0, asset - bond) - 1e-6);
          expect(call).toBeLessThan(asset);
        }
      }
    }
  });

  it("refuses what is not a Heston model", () => {
    expect(() => hestonPrice("call", 100, 100, 1, { ...CALM, rho: 1.1 }, 0)).toThrow(/rho/);
    expect(() => hestonPrice("call", 100, 100, 1, { ...CALM, v0: -1 }, 0)).toThrow(RangeError);
  });
});

it("Merton's series: Black-Scholes without jumps, and parity with many", () => {
  const none = { vol: 0.2, intensity: 0, jumpMean: 0, jumpDeviation: 0.1 };
  expect(mertonPrice("call", 100, 95, 0.5, none, 0.02)).toBeCloseTo(
    blackScholesPrice("call", 100, 95, 0.5, 0.2, 0.02),
    12,
  );
  const many = { vol: 0.1, intensity: 60, jumpMean: 0.01, jumpDeviation: 0.02 };
  const [call, put] = (["call", "put"] as const).map((right) =>
    mertonPrice(right, 100, 95, 2, many, 0.02, 0.01),
  );
  expect(call! - put!).toBeCloseTo(100 * Math.exp(-0.02) - 95 * Math.exp(-0.04), 9);
});

it("SABR's volatility is smooth through the money and flat without noise", () => {
  const model = { alpha: 0.3, beta: 0.7, rho: -0.4, nu: 0.6 };
  const at = (strike: number) => sabrVolatility(1.2, strike, 0.5, model);
  expect(at(1.2 * (1 + 1e-9))).toBeCloseTo(at(1.2), 8);
  expect(at(1.2 * 1.0002) + at(1.2 / 1.0002) - 2 * at(1.2)).toBeLessThan(1e-6);
  expect(at(1)).toBeGreaterThan(at(1.4));
  expect(sabrVolatility(100, 130, 2, { alpha: 0.2, beta: 1, rho: -0.5, nu: 0 })).toBeCloseTo(
    0.2,
    12,
  );
  expect(() => sabrVolatility(100, 130, 2, { ...model, rho: 1 })).toThrow(RangeError);
});

it("the quadrature integrates what it can know", () => {
  expect(integrate((x) => x ** 5, 0, 2, 1e-12)).toBeCloseTo(64 / 6, 12);
  expect(integrate(Math.sqrt, 0, 1, 1e-12)).toBeCloseTo(2 / 3, 11);
  expect(integrate((x) => Math.cos(200 * x), 0, 1, 1e-12)).toBeCloseTo(Math.sin(200) / 200, 11);
});
