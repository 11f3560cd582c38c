import { describe, expect, it } from "vitest";
import { key } from "#core";
import { mean, normals } from "#num";
import { bootstrapIntervals, longRunVariance, politisWhite, wealthFan } from "#evidence";
import { golden, simulated, stream } from "./golden.ts";

describe("automatic block lengths", () => {
  it.each(Object.entries(golden.blockLengths))("of %s agree with arch", (name, [sb, cb]) => {
    const ours = politisWhite(stream(name));
    // arch does not keep a block from falling below one observation.
    expect(ours.stationary).toBeCloseTo(Math.max(1, sb), 6);
    expect(ours.circular).toBe(Math.max(1, Math.round(cb)));
  });

  it("are one for what has no dependence to measure", () => {
    expect(politisWhite(new Float64Array(100).fill(1))).toEqual({ stationary: 1, circular: 1 });
    expect(politisWhite(new Float64Array(5))).toEqual({ stationary: 1, circular: 1 });
  });

  it("go with a long-run variance that the flat-top window finds and short blocks miss", () => {
    const n = 20_000;
    const values = normals(key(8), n);
    for (let t = 1; t < n; t++) values[t]! += 0.5 * values[t - 1]!;
    const truth = 1 / 0.25;
    const { flatTop, stationary, freedom } = longRunVariance(values, 5);
    expect(Math.abs(flatTop / truth - 1)).toBeLessThan(4 * Math.sqrt(2 / freedom));
    expect(stationary / truth).toBeLessThan(0.9);
  });

  it("predict what the stationary bootstrap's own spread will be", () => {
    const returns = stream("s4");
    const blockLength = politisWhite(returns).stationary;
    const { mean: interval } = bootstrapIntervals(returns, ["mean"], {
      key: key(1),
      resamples: 20_000,
      periodsPerYear: 1,
    });
    const predicted = Math.sqrt(longRunVariance(returns, blockLength).stationary / 600);
    expect(interval.blockLength).toBe(blockLength);
    expect(interval.standardError / predicted).toBeCloseTo(1, 1.5);
  });
});

describe("bootstrap intervals", () => {
  it("cover a known mean and Sharpe ratio as often as they say", () => {
    let mu = 0;
    let sharpe = 0;
    const histories = 400;
    for (let h = 0; h < histories; h++) {
      const { returns } = simulated(h, 500, 1);
      const found = bootstrapIntervals(returns, ["mean", "sharpe"], {
        key: key(h),
        resamples: 400,
        alpha: 0.1,
      });
      const truth = 0.01 * Math.sqrt(252);
      if (found.mean.low < truth && truth < found.mean.high) mu++;
      if (found.sharpe.low < 1 && 1 < found.sharpe.high) sharpe++;
    }
    // 90 % ± four standard errors, less two for the few hundred resamples and returns.
    for (const hits of [mu, sharpe]) {
      expect(hits / histories).toBeGreaterThan(0.82);
      expect(hits / histories).toBeLessThan(0.96);
    }
  });

  it("pair a stream with its benchmark on the same days", () => {
    const a = simulated(1, 600).returns;
    const b = a.map((r) => r - 0.001);
    const same = bootstrapIntervals(a, ["mean", "volatility"], { key: key(2) }, b);
    expect(same.mean.estimate).toBeCloseTo(0.252, 10);
    expect(same.mean.standardError).toBeLessThan(1e-12);
    expect(same.volatility.standardError).toBeLessThan(1e-12);
    const other = simulated(2, 600).returns;
    const apart = bootstrapIntervals(a, ["mean"], { key: key(2) }, other);
    expect(apart.mean.standardError).toBeGreaterThan(0.05);
  });

  it("are equal for equal keys and turn round with the pivot", () => {
    const { returns } = simulated(3, 400, 1);
    const basic = bootstrapIntervals(returns, ["cvar95"], { key: key(4) }).cvar95;
    const again = bootstrapIntervals(returns, ["cvar95"], { key: key(4) }).cvar95;
    const turned = bootstrapIntervals(returns, ["cvar95"], { key: key(4), method: "percentile" });
    expect(again).toEqual(basic);
    expect(turned.cvar95.high).toBeCloseTo(2 * basic.estimate - basic.low, 12);
  });

  it("give the drawdown a percentile interval inside its range, ruin included", () => {
    const returns = simulated(5, 300).returns.slice();
    returns[100] = -1;
    const found = bootstrapIntervals(returns, ["max-drawdown", "cagr"], {
      key: key(5),
      bootstrap: "circular",
    });
    expect(found["max-drawdown"].low).toBe(-1);
    expect(found["max-drawdown"].high).toBeLessThan(0);
    expect(found.cagr.estimate).toBe(-1);
  });

  it("fan wealth out around its path", () => {
    const { returns } = simulated(6, 250, 1);
    const [low, middle, high] = wealthFan(returns, [0.05, 0.5, 0.95], { key: key(6) });
    for (let t = 0; t < 250; t++) {
      expect(low![t]).toBeLessThanOrEqual(middle![t]!);
      expect(middle![t]).toBeLessThanOrEqual(high![t]!);
    }
    const final = Math.exp(mean(returns) * 250);
    expect(Math.abs(middle![249]! / final - 1)).toBeLessThan(0.1);
  });

  it("refuse what cannot be resampled", () => {
    expect(() => bootstrapIntervals(new Float64Array(8), ["mean"], { key: key(1) })).toThrow(
      "8 returns are too few",
    );
    const a = simulated(1, 20).returns;
    expect(() => bootstrapIntervals(a, ["mean"], { key: key(1) }, a.subarray(1))).toThrow(
      "lengths differ",
    );
  });
});
