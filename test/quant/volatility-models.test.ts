import { describe, expect, it } from "vitest";
import { SESSIONS_PER_YEAR, VolterraError, key } from "#core";
import {
  closeToCloseVolatility,
  fitGarch,
  fitHar,
  forecastHar,
  garchForecast,
  garchPersistence,
  garchVariances,
  garmanKlassVolatility,
  parkinsonVolatility,
  yangZhangVolatility,
} from "#quant";
import gbm from "../../catalog/processes/gbm.ts";
import { golden } from "./golden.ts";

const returns = Float64Array.from(golden.garch.returns);

describe.each(golden.garch.fits)("$kind with $mean mean", (expected) => {
  const fit = fitGarch(returns, { kind: expected.kind, mean: expected.mean });

  it("reaches the likelihood of `arch`, or more", () => {
    expect(fit.converged).toBe(true);
    expect(fit.logLikelihood).toBeGreaterThan(expected.logLikelihood - 1e-6);
    expect(fit.logLikelihood).toBeLessThan(expected.logLikelihood + 1e-6);
  });

  it("at its parameters", () => {
    for (const name of ["mean", "omega", "alpha", "gamma", "beta"] as const) {
      expect(Math.abs(fit[name] - expected.params[name]), name).toBeLessThan(1e-6);
    }
  });

  it("with its variances and forecasts", () => {
    const variances = garchVariances(fit, returns);
    expect(variances.length).toBe(returns.length + 1);
    expect(variances.at(-2)! / expected.lastVariance).toBeCloseTo(1, 6);
    const mean = expected.forecast.reduce((sum, v) => sum + v, 0) / 5;
    expect(garchForecast(fit, variances.at(-1)!, 5) / mean).toBeCloseTo(1, 6);
  });
});

describe("GARCH", () => {
  it("gives the likelihood of `arch` at the parameters of `arch`: same starting variance, same recursion", () => {
    const { params, lastVariance, forecast } = golden.garch.fits[2]!;
    const { start } = fitGarch(returns, { kind: "gjr" });
    const variances = garchVariances({ ...params, start }, returns);
    expect(variances.at(-2)! / lastVariance).toBeCloseTo(1, 9);
    expect(variances.at(-1)! / forecast[0]!).toBeCloseTo(1, 9);
  });

  it("scales with its returns", () => {
    const small = fitGarch(returns.map((r) => r / 100));
    const large = fitGarch(returns);
    expect(small.omega * 1e4).toBeCloseTo(large.omega, 4);
    expect(small.beta).toBeCloseTo(large.beta, 3);
    expect(small.logLikelihood).toBeCloseTo(
      large.logLikelihood + returns.length * Math.log(100),
      2,
    );
  });

  it("forecasts its own variance one period ahead and its long-run variance far ahead", () => {
    const model = { mean: 0, omega: 0.02, alpha: 0.05, gamma: 0.06, beta: 0.85, start: 1 };
    expect(garchPersistence(model)).toBeCloseTo(0.93, 12);
    expect(garchForecast(model, 3, 1)).toBe(3);
    expect(garchForecast(model, 3, 200_000)).toBeCloseTo(0.02 / 0.07, 3);
  });

  it("finds nothing in constant variance but the variance", () => {
    const { spot } = gbm.simulate({
      paths: 1,
      steps: 2000,
      dt: 1 / 252,
      key: key(1),
      spot: 100,
      params: { vol: 0.16 },
    });
    const calm = Float64Array.from({ length: 2000 }, (_, t) => Math.log(spot[t + 1]! / spot[t]!));
    const fit = fitGarch(calm);
    const variances = garchVariances(fit, calm).map((v) => Math.sqrt(252 * v));
    expect(Math.min(...variances.slice(50))).toBeGreaterThan(0.13);
    expect(Math.max(...variances.slice(50))).toBeLessThan(0.2);
  });

  it("says why it cannot fit", () => {
    expect(() => fitGarch(returns.slice(0, 50))).toThrow(/50 returns/);
    expect(() => fitGarch(new Float64Array(200))).toThrow(VolterraError);
    const gap = Float64Array.from(returns);
    gap[7] = NaN;
    expect(() => fitGarch(gap)).toThrow(/return 7 of 1500/);
  });
});

describe("HAR", () => {
  const measure = returns.map((r) => r * r);

  it.each(golden.har)("is numpy's least squares, $horizon ahead", (expected) => {
    const fit = fitHar(measure, expected.horizon);
    expect(fit.rows).toBe(expected.rows);
    fit.coefficients.forEach((c, i) => expect(c).toBeCloseTo(expected.coefficients[i]!, 10));
    expect(fit.variance / expected.variance).toBeCloseTo(1, 10);
  });

  it("forecasts from the rows before alone, after 22 of them", () => {
    const fit = fitHar(measure, 5);
    const whole = forecastHar(fit, measure);
    expect(whole.findIndex((v) => v === v)).toBe(21);
    expect(forecastHar(fit, measure.slice(0, 300))).toEqual(whole.slice(0, 300));
  });

  it("leaves out rows with gaps and says when too few are left", () => {
    const gaps = measure.map((v, i) => (i === 500 ? NaN : v));
    // Row 500 enters as target of one row and as regressor of 22.
    expect(fitHar(gaps).rows).toBe(golden.har[0]!.rows - 23);
    expect(() => fitHar(measure.slice(0, 30))).toThrow(/8 complete rows/);
  });
});

const last = (values: Float64Array) => values.at(-1)!;

/** Rows without a value among the first eighty. */
const missing = (values: Float64Array) =>
  [...values.slice(0, 80).entries()].filter(([, v]) => v !== v).map(([i]) => i);

const span = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe("realised volatility", () => {
  const year = Math.sqrt(SESSIONS_PER_YEAR);

  it("of windows worked by hand", () => {
    const close = Float64Array.of(100, 110, 99, 108.9);
    const [up, down] = [Math.log(1.1), Math.log(0.9)];
    const mean = (2 * up + down) / 3;
    const deviation = Math.sqrt((2 * (up - mean) ** 2 + (down - mean) ** 2) / 2);
    const rolled = closeToCloseVolatility(close, 3);
    expect(rolled.slice(0, 3).every(Number.isNaN)).toBe(true);
    expect(rolled[3]).toBeCloseTo(year * deviation, 12);

    const bars = {
      open: Float64Array.of(100, 102),
      high: Float64Array.of(105, 108),
      low: Float64Array.of(98, 101),
      close: Float64Array.of(104, 103),
    };
    const r1 = Math.log(105 / 98) ** 2;
    const r2 = Math.log(108 / 101) ** 2;
    const parkinson = parkinsonVolatility(bars.high, bars.low, 2);
    expect(parkinson[0]).toBeNaN();
    expect(parkinson[1]).toBeCloseTo(year * Math.sqrt((r1 + r2) / 2 / (4 * Math.LN2)), 12);
    const body = Math.log(104 / 100) ** 2 + Math.log(103 / 102) ** 2;
    const garmanKlass = (0.5 * (r1 + r2) - (2 * Math.LN2 - 1) * body) / 2;
    expect(garmanKlassVolatility(bars, 2)[1]).toBeCloseTo(year * Math.sqrt(garmanKlass), 12);
  });

  // Bars of sessions of 200 small steps with an overnight step; the true volatility is 0.2 in sum.
  const sessions = 4000;
  const inside = 200;
  const path = gbm.simulate({
    paths: 1,
    steps: sessions * (inside + 1),
    dt: 1 / 252 / (inside + 1),
    key: key(6),
    spot: 100,
    params: { vol: 0.2 },
  }).spot;
  const bar = (of: (session: Float64Array) => number) =>
    Float64Array.from({ length: sessions }, (_, t) =>
      of(path.subarray(t * (inside + 1) + 1, (t + 1) * (inside + 1) + 1)),
    );
  const bars = {
    open: bar((s) => s[0]!),
    high: bar((s) => Math.max(...s)),
    low: bar((s) => Math.min(...s)),
    close: bar((s) => s.at(-1)!),
  };

  it("of a simulated market is what was put in, within the estimators' errors", () => {
    const open = 0.2 * Math.sqrt(inside / (inside + 1));
    expect(Math.abs(last(closeToCloseVolatility(bars.close, 3999)) / 0.2 - 1)).toBeLessThan(0.04);
    expect(Math.abs(last(yangZhangVolatility(bars, 3999)) / 0.2 - 1)).toBeLessThan(0.06);
    // A range seen at 200 points is some 6 % short of the continuous one.
    expect(last(parkinsonVolatility(bars.high, bars.low, 4000)) / open).toBeGreaterThan(0.9);
    expect(last(parkinsonVolatility(bars.high, bars.low, 4000)) / open).toBeLessThan(1);
    expect(last(garmanKlassVolatility(bars, 4000)) / open).toBeGreaterThan(0.88);
    expect(last(garmanKlassVolatility(bars, 4000)) / open).toBeLessThan(1);
  });

  it("is missing exactly through the warm-up and while a missing price is in the window", () => {
    const close = bars.close.map((c, i) => (i === 50 ? NaN : c));
    const holed = { ...bars, close };
    expect(missing(closeToCloseVolatility(close, 10))).toEqual([...span(0, 9), ...span(50, 60)]);
    expect(missing(yangZhangVolatility(holed, 10))).toEqual([...span(0, 9), ...span(50, 60)]);
    expect(missing(garmanKlassVolatility(holed, 10))).toEqual([...span(0, 8), ...span(50, 59)]);
    expect(missing(parkinsonVolatility(bars.high, bars.low, 10))).toEqual(span(0, 8));
    expect(() => closeToCloseVolatility(close, 1)).toThrow(RangeError);
  });
});
