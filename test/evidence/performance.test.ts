import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toDay, toNumber } from "#core";
import {
  conventions,
  drawdowns,
  type Metrics,
  monthlyReturns,
  performance,
  returnSeries,
  rollingSharpe,
  underwater,
  within,
  onDays,
} from "#evidence";
import { golden, goldenSeries, stream, weekdays } from "./golden.ts";

const series = goldenSeries("s6");
const options = { riskFree: new Float64Array(600).fill(0.00005), benchmark: stream("s0") };
const of = (...returns: number[]) =>
  performance(returnSeries(weekdays(returns.length), Float64Array.from(returns)));

describe("performance", () => {
  const metrics = performance(series, options);

  it.each(Object.entries(golden.conventions.empyrical))(
    "%s agrees with empyrical",
    (name, value) => {
      expect(metrics[name as keyof typeof metrics]).toBeCloseTo(value, 10);
    },
  );

  it("shows every tool's number where conventions differ", () => {
    const rows = new Map(conventions(series, options).map((row) => [row.metric as string, row]));
    for (const tool of ["quantstats", "empyrical"] as const) {
      for (const [name, value] of Object.entries(golden.conventions[tool])) {
        expect(rows.get(name)?.[tool], `${name} under ${tool}`).toBeCloseTo(value, 9);
      }
    }
    const pyfolio = {
      cagr: "Annual return",
      totalReturn: "Cumulative returns",
      volatility: "Annual volatility",
      sharpe: "Sharpe ratio",
      calmar: "Calmar ratio",
      maxDrawdown: "Max drawdown",
      sortino: "Sortino ratio",
      skew: "Skew",
      excessKurtosis: "Kurtosis",
      var95: "Daily value at risk",
      beta: "Beta",
    };
    for (const [name, theirs] of Object.entries(pyfolio)) {
      const value = golden.conventions.pyfolio[theirs]!;
      expect(rows.get(name)?.pyfolio, `${name} under pyfolio`).toBeCloseTo(value, 9);
    }
    for (const row of rows.values()) {
      const others = [row.quantstats, row.empyrical, row.pyfolio];
      const differs = others.some((x) => !(Math.abs(x - row.volterra) < 1e-9));
      if (differs) expect(row.why, row.metric).not.toBe("");
    }
  });

  it("counts years by sessions or by the calendar", () => {
    const years = performance(series, { yearsBy: "calendar" }).years;
    expect(years).toBeCloseTo((golden.days.at(-1)! - golden.days[0]! + 1) / 365.25, 12);
    expect(metrics.years).toBe(600 / 252);
  });

  it("dates the worst drawdown", () => {
    const days = weekdays(6);
    const m = performance(returnSeries(days, Float64Array.of(0.1, -0.2, -0.1, 0.2, 0.3, 0.1)));
    expect(m.maxDrawdown).toBeCloseTo(0.8 * 0.9 - 1, 12);
    expect([m.maxDrawdownPeak, m.maxDrawdownTrough, m.maxDrawdownRecovery]).toEqual([
      days[0],
      days[2],
      days[4],
    ]);
  });

  it("has an answer for an empty series", () => {
    const m = of();
    expect([m.n, m.years, m.maxDrawdownPeak]).toEqual([0, 0, null]);
    expect([m.cagr, m.sharpe, m.maxDrawdown, m.var95, m.best, m.hitRate]).toEqual(
      Array(6).fill(NaN),
    );
  });

  it("has an answer for one day", () => {
    const m = of(0.01);
    expect(m.totalReturn).toBeCloseTo(0.01, 15);
    expect(m.volatility).toBeNaN();
    expect(m.sharpe).toBeNaN();
    expect(m.maxDrawdown).toBe(0);
  });

  it("has an answer for a flat series, whose rounding noise is no risk", () => {
    const m = of(...Array<number>(300).fill(0.0001));
    expect(m.volatility).toBe(0);
    expect([m.sharpe, m.sortino, m.calmar, m.skew]).toEqual([NaN, NaN, NaN, NaN]);
    expect(m.hitRate).toBe(1);
    const still = of(...Array<number>(300).fill(0));
    expect([still.cagr, still.sharpe, still.hitRate]).toEqual([0, NaN, 0]);
  });

  it("has no Sharpe ratio over cash for a stream that is cash, as wealth rounds it", () => {
    const rates = Float64Array.from({ length: 500 }, (_, t) => (0.02 + 0.01 * Math.sin(t)) / 252);
    const [more, less] = [0, 0.0001].map((above) => {
      let wealth = 100_000;
      const returns = rates.map((rate) => {
        const before = wealth;
        wealth += wealth * (rate + above);
        return wealth / before - 1;
      });
      expect(returns.some((r, t) => r !== rates[t]! + above)).toBe(true);
      return performance(returnSeries(weekdays(500), returns), { riskFree: rates });
    }) as [Metrics, Metrics];
    expect([more.sharpeExcess, less.sharpeExcess]).toEqual([NaN, NaN]);
    expect(more.sharpe).toBeGreaterThan(10);
  });

  it("takes a return that equity rounds for flat", () => {
    const equity = Array.from({ length: 300 }, (_, t) => 100 * 1.001 ** t);
    const m = of(...equity.slice(1).map((x, t) => x / equity[t]! - 1));
    expect([m.sharpe, m.skew, m.excessKurtosis]).toEqual([NaN, NaN, NaN]);
    const flat = Float64Array.from(equity.slice(1).map((x, t) => x / equity[t]! - 1));
    expect(rollingSharpe(flat, 20).every(Number.isNaN)).toBe(true);
  });

  it("has an answer for losses alone and for ruin", () => {
    const losses = of(-0.01, -0.02, -0.03);
    expect(losses.hitRate).toBe(0);
    expect(losses.maxDrawdown).toBeCloseTo(losses.totalReturn, 12);
    expect(losses.maxDrawdownRecovery).toBeNull();
    const ruin = of(0.1, -1, 0.5, 0.5);
    expect([ruin.totalReturn, ruin.cagr, ruin.maxDrawdown, ruin.calmar]).toEqual([-1, -1, -1, -1]);
    expect(of(0.1, -1.5, 3).totalReturn).toBe(-1);
  });

  it("refuses companions of another length", () => {
    expect(() => performance(series, { benchmark: new Float64Array(3) })).toThrow(
      "3 values for 600 returns",
    );
  });

  it("has a deepest drawdown that no path goes below", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -0.5, max: 0.5, noNaN: true }), { minLength: 1 }),
        (xs) => {
          const s = returnSeries(weekdays(xs.length), Float64Array.from(xs));
          const depth = underwater(s.returns);
          const worst = drawdowns(s, 1)[0]?.depth ?? 0;
          expect(Math.min(0, ...depth)).toBe(worst);
          expect(performance(s).maxDrawdown).toBe(worst);
          const all = drawdowns(s, Infinity);
          for (const d of all) {
            expect(d.peak).toBeLessThanOrEqual(d.trough);
            expect(d.recovery ?? Infinity).toBeGreaterThan(d.trough);
          }
          const wet = all.reduce(
            (total, d) => total + d.sessions - (d.recovery === null ? 0 : 1),
            0,
          );
          expect(wet).toBe(depth.filter((x) => x < 0).length);
        },
      ),
    );
  });
});

describe("tables", () => {
  it("compound months to the total", () => {
    const months = monthlyReturns(series);
    expect(months[0]).toMatchObject({ year: 2020, month: 1, day: toNumber("2020-01-31") });
    const total = months.reduce((wealth, m) => wealth * (1 + m.return), 1) - 1;
    expect(total).toBeCloseTo(performance(series).totalReturn, 12);
  });

  it("roll the Sharpe ratio over a window that ends on its day", () => {
    const rolled = rollingSharpe(series.returns, 63);
    expect(rolled[61]).toBeNaN();
    const part = returnSeries(series.days.subarray(38, 101), series.returns.subarray(38, 101));
    expect(rolled[100]).toBeCloseTo(performance(part).sharpe, 12);
    expect(() => rollingSharpe(series.returns, 1)).toThrow(RangeError);
  });

  it("cut windows and match days, and name what is missing", () => {
    const cut = within(series, { start: "2020-02-01", end: "2020-02-29" });
    expect(cut.days).toHaveLength(20);
    expect(toDay(cut.days[0]!)).toBe("2020-02-03");
    expect(() => within(series, { start: "2021-01-01", end: "2020-01-01" })).toThrow("reversed");
    expect(onDays(series, cut.days, "SPY")).toEqual(cut.returns);
    const holes = returnSeries(
      cut.days.filter((_, i) => i !== 3),
      cut.returns.filter((_, i) => i !== 3),
    );
    expect(() => onDays(holes, cut.days, "SPY")).toThrow("SPY has no return on 2020-02-06");
  });

  it("refuse missing returns and days out of order", () => {
    const days = weekdays(3);
    expect(() => returnSeries(days, Float64Array.of(0, NaN, 0), "fund")).toThrow(
      "fund: the return of 2010-01-05 is missing",
    );
    expect(() => returnSeries(Int32Array.of(5, 5), new Float64Array(2))).toThrow("does not follow");
  });
});
