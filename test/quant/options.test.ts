import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Right,
  black76Greeks,
  black76Price,
  blackScholesGreeks,
  blackScholesPrice,
  blackScholesRow,
  impliedVolatility,
  solveImpliedVolatility,
} from "#quant";
import { cumulative, density, mills } from "../../src/quant/mills.ts";
import { normalisedBlack } from "../../src/quant/normalised-black.ts";
import { golden } from "./golden.ts";

const RIGHTS: readonly Right[] = ["call", "put"];

/** Options over several orders of magnitude in every argument. */
const options = fc.record({
  right: fc.constantFrom(...RIGHTS),
  spot: fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
  /** Strike over spot. */
  ratio: fc.double({ min: -6, max: 6, noNaN: true }).map(Math.exp),
  tau: fc.double({ min: 1e-6, max: 30, noNaN: true }),
  vol: fc.double({ min: 1e-4, max: 4, noNaN: true }),
  rate: fc.double({ min: -0.1, max: 0.3, noNaN: true }),
  carry: fc.double({ min: -0.2, max: 0.2, noNaN: true }),
});

/** Central difference at zero. */
const slope = (f: (h: number) => number) => (f(1e-4) - f(-1e-4)) / 2e-4;

describe("published values", () => {
  // Haug, The Complete Guide to Option Pricing Formulas (1998): type K S q r t vol value.
  it.each([
    ["call", 65, 60, 0, 0.08, 0.25, 0.3, 2.1334],
    ["put", 95, 100, 0.05, 0.1, 0.5, 0.2, 2.4648],
    ["put", 70, 75, 0.05, 0.1, 0.5, 0.35, 4.087],
    ["call", 40, 42, 0.08, 0.04, 0.75, 0.35, 5.0975],
    ["call", 100, 100, 0.1, 0.1, 0.1, 0.15, 1.8734],
  ] as const)("%s %d/%d", (right, strike, spot, q, r, tau, vol, value) => {
    expect(
      Math.abs(blackScholesPrice(right, spot, strike, tau, vol, r, r - q) - value),
    ).toBeLessThan(1e-4);
  });

  it("Haug's Greeks", () => {
    const [call, put] = RIGHTS.map((right) =>
      blackScholesGreeks(right, 105, 100, 0.5, 0.36, 0.1, 0),
    );
    expect(call!.delta).toBeCloseTo(0.5946, 4);
    expect(put!.delta).toBeCloseTo(-0.3566, 4);
    const stock = blackScholesGreeks("call", 55, 60, 0.75, 0.3, 0.1);
    expect(stock.gamma).toBeCloseTo(0.0278, 4);
    expect(stock.vega).toBeCloseTo(18.9358, 4);
    expect(blackScholesGreeks("call", 72, 75, 1, 0.19, 0.09).rho).toBeCloseTo(38.7325, 4);
  });

  it("Hull's prices and Greeks", () => {
    expect(blackScholesPrice("call", 42, 40, 0.5, 0.2, 0.1)).toBeCloseTo(4.759422, 6);
    expect(blackScholesPrice("put", 42, 40, 0.5, 0.2, 0.1)).toBeCloseTo(0.808599, 6);
    const { delta, gamma, theta } = blackScholesGreeks("call", 49, 50, 0.3846, 0.2, 0.05);
    expect(delta).toBeCloseTo(0.521601634, 8);
    expect(gamma).toBeCloseTo(0.065545377, 8);
    expect(theta).toBeCloseTo(-4.305389965, 7);
  });

  it("Black-76 is Black-Scholes without carry; its rho is discounting alone", () => {
    // Hull's crude-oil put: F 20, K 20, four months, 25 %, 9 % → 1.12.
    expect(black76Price("put", 20, 20, 4 / 12, 0.25, 0.09)).toBeCloseTo(1.12, 2);
    const { rho, price, delta } = black76Greeks("put", 20, 20, 4 / 12, 0.25, 0.09);
    expect(rho).toBeCloseTo(
      slope((h) => black76Price("put", 20, 20, 4 / 12, 0.25, 0.09 + h)),
      6,
    );
    expect(delta).toBeCloseTo(
      slope((h) => black76Price("put", 20 + h, 20, 4 / 12, 0.25, 0.09)),
      6,
    );
    expect(price).toBe(black76Price("put", 20, 20, 4 / 12, 0.25, 0.09));
  });
});

describe("against 50-digit arithmetic", () => {
  it("Black's formula keeps its relative accuracy in the wings and near expiry", () => {
    const worst = Math.max(
      ...golden.normalisedBlack.map(([x, s, value]) => Math.abs(normalisedBlack(x, s) / value - 1)),
    );
    expect(golden.normalisedBlack.length).toBeGreaterThan(300);
    // The argument of the bell itself carries h²·2⁻⁵³ of relative error, up to 1e-13 at h = −36.
    expect(worst).toBeLessThan(3e-13);
  });

  it.each(golden.greeks)("Greeks of $right $args", ({ right, args, greeks }) => {
    const ours = blackScholesGreeks(right, ...args);
    for (const name of Object.keys(ours) as (keyof typeof ours)[]) {
      const scale = Math.max(Math.abs(greeks[name]), 1e-12);
      expect(Math.abs(ours[name] - greeks[name]) / scale, name).toBeLessThan(1e-10);
    }
  });

  it("Φ and its Mills ratio agree", () => {
    for (let z = -37; z <= 8; z += 0.037) {
      expect(Math.abs(cumulative(z) / density(z) / mills(z) - 1)).toBeLessThan(3e-13);
      expect(Math.abs(cumulative(z) + cumulative(-z) - 1)).toBeLessThan(3e-16);
    }
  });
});

describe("prices, everywhere", () => {
  it("obey parity and no-arbitrage bounds", () => {
    fc.assert(
      fc.property(options, ({ spot, ratio, tau, vol, rate, carry }) => {
        const strike = spot * ratio;
        const call = blackScholesPrice("call", spot, strike, tau, vol, rate, carry);
        const put = blackScholesPrice("put", spot, strike, tau, vol, rate, carry);
        const asset = spot * Math.exp((carry - rate) * tau);
        const bond = strike * Math.exp(-rate * tau);
        const rounding = 1e-12 * (asset + bond);
        expect(Math.abs(call - put - (asset - bond))).toBeLessThan(rounding);
        expect(call).toBeGreaterThanOrEqual(Math.max(0, asset - bond) - rounding);
        expect(call).toBeLessThanOrEqual(asset + rounding);
        expect(put).toBeGreaterThanOrEqual(Math.max(0, bond - asset) - rounding);
        expect(put).toBeLessThanOrEqual(bond + rounding);
      }),
    );
  });

  it("never fall with volatility, nor calls with spot, nor puts with strike", () => {
    fc.assert(
      fc.property(options, fc.double({ min: 1e-6, max: 1, noNaN: true }), (option, more) => {
        const { right, spot, ratio, tau, vol, rate, carry } = option;
        const strike = spot * ratio;
        const price = blackScholesPrice(right, spot, strike, tau, vol, rate, carry);
        const slack = 1e-12 * (price + spot + strike);
        const moreVol = vol * (1 + more);
        expect(
          blackScholesPrice(right, spot, strike, tau, moreVol, rate, carry),
        ).toBeGreaterThanOrEqual(price - slack);
        const rising = right === "call" ? [spot * (1 + more), strike] : [spot, strike * (1 + more)];
        expect(
          blackScholesPrice(right, rising[0]!, rising[1]!, tau, vol, rate, carry),
        ).toBeGreaterThanOrEqual(price - slack);
      }),
    );
  });

  it("and Greeks are finite for every positive volatility and time", () => {
    fc.assert(
      fc.property(options, ({ right, spot, ratio, tau, vol, rate, carry }) => {
        const greeks = blackScholesGreeks(right, spot, spot * ratio, tau, vol, rate, carry);
        for (const [name, value] of Object.entries(greeks)) {
          expect(Number.isFinite(value), name).toBe(true);
        }
        expect(Math.sign(greeks.delta) * (right === "call" ? 1 : -1)).toBeGreaterThanOrEqual(0);
        expect(greeks.gamma).toBeGreaterThanOrEqual(0);
        expect(greeks.vega).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it("at expiry and without volatility are the discounted intrinsic value of the forward", () => {
    for (const [tau, vol] of [
      [0, 0.2],
      [1, 0],
      [0, 0],
    ] as const) {
      const forward = 100 * Math.exp(0.02 * tau);
      const discount = Math.exp(-0.05 * tau);
      for (const strike of [50, 90, 100, 110, 1e9]) {
        const call = blackScholesGreeks("call", 100, strike, tau, vol, 0.05, 0.02);
        expect(call.price).toBeCloseTo(discount * Math.max(0, forward - strike), 9);
        if (strike === forward) continue;
        expect(call.delta).toBeCloseTo(forward > strike ? Math.exp(-0.03 * tau) : 0, 12);
        expect(
          [call.gamma, call.vega, call.vanna, call.volga, call.speed, call.zomma].every(
            (g) => g === 0,
          ),
        ).toBe(true);
      }
    }
    const atExpiry = blackScholesGreeks("call", 100, 100, 0, 0.2, 0.05);
    expect(atExpiry.delta).toBe(0.5);
    expect(atExpiry.gamma).toBe(Infinity);
  });

  it("have limits at the ends of every argument", () => {
    expect(blackScholesPrice("call", 0, 100, 1, 0.2, 0.05)).toBe(0);
    expect(blackScholesPrice("put", 0, 100, 1, 0.2, 0.05)).toBeCloseTo(100 * Math.exp(-0.05), 12);
    expect(blackScholesPrice("call", 100, 0, 1, 0.2, 0.05)).toBeCloseTo(100, 12);
    expect(blackScholesPrice("call", 100, 100, 1, 1e6, 0.05)).toBeCloseTo(100, 12);
    expect(blackScholesPrice("call", 1e300, 1e-300, 1, 0.2, 0)).toBe(1e300);
    expect(blackScholesPrice("call", 1e-300, 1e300, 1, 0.2, 0)).toBe(0);
    expect(blackScholesPrice("call", 100, 101, 1e-12, 0.2, 0.05)).toBe(0);
  });

  it("refuse negatives and pass what is missing", () => {
    expect(() => blackScholesPrice("call", -1, 100, 1, 0.2, 0)).toThrow(RangeError);
    expect(() => blackScholesGreeks("put", 1, 100, -1, 0.2, 0)).toThrow(/-1/);
    expect(blackScholesPrice("call", NaN, 100, 1, 0.2, 0)).toBeNaN();
    expect(blackScholesPrice("call", 100, 100, 1, NaN, 0)).toBeNaN();
    expect(blackScholesGreeks("call", 100, 100, 1, NaN, 0).delta).toBeNaN();
  });
});

describe("a row of options", () => {
  it("is the options one by one", () => {
    fc.assert(
      fc.property(options, fc.double({ min: 0, max: 2, noNaN: true }), (option, otherVol) => {
        const { right, spot, ratio, tau, rate, carry } = option;
        const strike = spot * ratio;
        const spots = Float64Array.of(spot, strike, spot * 1.01);
        const vols = Float64Array.of(option.vol, option.vol, otherVol);
        const row = blackScholesRow(right, spots, strike, tau, vols, rate, carry);
        spots.forEach((s, i) => {
          const one = blackScholesGreeks(right, s, strike, tau, vols[i]!, rate, carry);
          expect(Math.abs(row.price[i]! - one.price)).toBeLessThan(
            1e-12 * (s + strike) * Math.exp(0.3 * tau),
          );
          for (const name of ["delta", "gamma", "vega"] as const) {
            expect(Math.abs(row[name][i]! - one[name])).toBeLessThanOrEqual(
              1e-10 * Math.abs(one[name]) + 1e-300,
            );
          }
          const scale = Math.abs(one.theta) + (s + strike) * Math.exp(0.3 * tau);
          expect(Math.abs(row.theta[i]! - one.theta)).toBeLessThan(1e-10 * scale);
        });
      }),
    );
  });

  it("has the limits at expiry and refuses rows that do not fit", () => {
    const spots = Float64Array.of(90, 100, 110);
    const { price, delta } = blackScholesRow(
      "call",
      spots,
      100,
      0,
      new Float64Array(3).fill(0.2),
      0.05,
    );
    expect([...price]).toEqual([0, 0, 10]);
    expect([...delta]).toEqual([0, 0.5, 1]);
    expect(() => blackScholesRow("put", spots, 100, 1, new Float64Array(2), 0)).toThrow(
      /2 volatilities/,
    );
    expect(() =>
      blackScholesRow("put", Float64Array.of(-1), 100, 1, Float64Array.of(1), 0),
    ).toThrow(RangeError);
  });
});

/** Why a call struck at 90 has no volatility. */
const reason = (price: number, spot = 100, tau = 1) =>
  solveImpliedVolatility("call", price, spot, 90, tau, 0.05).reason;

describe("implied volatility", () => {
  it("returns the volatility of an out-of-the-money price to 1e-9, wherever the price is a normal number", () => {
    let seen = 0;
    fc.assert(
      fc.property(options, ({ spot, ratio, tau, vol, rate, carry }) => {
        const strike = spot * ratio;
        const right = strike > spot * Math.exp(carry * tau) ? "call" : "put";
        const price = blackScholesPrice(right, spot, strike, tau, vol, rate, carry);
        const most = Math.min(
          spot * Math.exp((carry - rate) * tau),
          strike * Math.exp(-rate * tau),
        );
        // Near its upper bound the price tells the volatility only through the little that is missing.
        if (!(price > 1e-290) || most - price < 1e-4 * most) return;
        seen++;
        const again = impliedVolatility(right, price, spot, strike, tau, rate, carry);
        expect(Math.abs(again / vol - 1)).toBeLessThan(1e-9);
      }),
      { numRuns: 2000 },
    );
    expect(seen).toBeGreaterThan(600);
  });

  it("reprices whatever lies between the bounds, to rounding", () => {
    fc.assert(
      fc.property(
        options,
        fc.double({ min: 1e-12, max: 1 - 1e-9, noNaN: true }),
        (option, share) => {
          const { right, spot, ratio, tau, rate, carry } = option;
          const strike = spot * ratio;
          const asset = spot * Math.exp((carry - rate) * tau);
          const bond = strike * Math.exp(-rate * tau);
          const intrinsic = Math.max(0, right === "call" ? asset - bond : bond - asset);
          const price = intrinsic + share * Math.min(asset, bond);
          const { vol, reason } = solveImpliedVolatility(
            right,
            price,
            spot,
            strike,
            tau,
            rate,
            carry,
          );
          // The bounds themselves are rounded: a price within rounding of one may fall on its other side.
          if (reason !== "ok") {
            expect(Math.min(share, 1 - share) * Math.min(asset, bond)).toBeLessThan(
              1e-12 * (asset + bond),
            );
            return;
          }
          const again = blackScholesPrice(right, spot, strike, tau, vol, rate, carry);
          expect(Math.abs(again - price)).toBeLessThan(1e-12 * (asset + bond));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("rises with the price", () => {
    const vols = Array.from({ length: 200 }, (_, i) =>
      impliedVolatility("call", 0.05 + i * 0.49, 100, 120, 0.5, 0.03),
    );
    expect(vols.every((v, i) => i === 0 || v > vols[i - 1]!)).toBe(true);
  });

  it("says why there is none", () => {
    expect(reason(14.3)).toBe("below intrinsic");
    expect(reason(100)).toBe("above maximum");
    expect(reason(NaN)).toBe("missing input");
    expect(reason(12, 100, 0)).toBe("expired");
    expect(reason(0, 0)).toBe("no underlying");
    expect(reason(20)).toBe("ok");
    expect(impliedVolatility("call", 14.3, 100, 90, 1, 0.05)).toBeNaN();
    expect(impliedVolatility("put", 0, 100, 90, 1, 0.05)).toBe(0);
    expect(() => impliedVolatility("call", 1, 100, -90, 1, 0.05)).toThrow(RangeError);
  });
});
