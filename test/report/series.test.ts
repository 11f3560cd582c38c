import fc from "fast-check";
import { expect, it } from "vitest";
import { fromParts, parts, toDay, toNumber } from "#core";
import { mean, std } from "#num";
import { monthlyReturns, rollingSharpe, underwater, wealthOf } from "../../src/report/series.ts";
import { timeTicks, wealthTicks } from "../../src/report/ticks.ts";
import { walk } from "./fixture.ts";

it("compounds, passes over the missing, and stays at nil after ruin", () => {
  const wealth = wealthOf(Float64Array.of(0.1, NaN, -0.5, -1, 0.3));
  expect([...wealth]).toEqual([1.1, 1.1, 0.55, 0, 0]);
  expect([...underwater(wealth)].map((u) => +u.toFixed(12))).toEqual([0, 0, -0.5, -1, -1]);
});

it("counts a first loss as a drawdown", () => {
  expect(underwater(wealthOf(Float64Array.of(-0.2)))[0]).toBeCloseTo(-0.2, 15);
});

it("rolls the Sharpe ratio over full windows without a gap", () => {
  const returns = walk("roll", 300);
  returns[200] = NaN;
  const rolled = rollingSharpe(returns, 50);
  expect(rolled.subarray(0, 49).every(Number.isNaN)).toBe(true);
  const held = returns.subarray(50, 100);
  expect(rolled[99]).toBeCloseTo((mean(held) / std(held, 1)) * Math.sqrt(252), 12);
  expect(rolled.subarray(200, 250).every(Number.isNaN)).toBe(true);
  expect(rolled[250]).not.toBeNaN();
  expect(rollingSharpe(new Float64Array(60).fill(0.001), 50)[59]).toBeNaN();
});

it("compounds months and years", () => {
  const days = Int32Array.of(
    fromParts(2023, 12, 29),
    fromParts(2024, 1, 2),
    fromParts(2024, 1, 31),
    fromParts(2024, 2, 1),
  );
  const { years, months, totals } = monthlyReturns(days, Float64Array.of(0.01, 0.1, 0.1, NaN));
  expect(years).toEqual([2023, 2024]);
  expect(months[0]![11]).toBeCloseTo(0.01, 15);
  expect(months[1]![0]).toBeCloseTo(0.21, 15);
  expect(months[1]![1]).toBeNaN();
  expect(totals[1]).toBeCloseTo(0.21, 15);
});

it("covers any range of wealth with round, increasing, few ticks", () => {
  const bound = fc.double({ min: -9, max: 9, noNaN: true }).map((x) => 10 ** x);
  fc.assert(
    fc.property(bound, bound, (a, b) => {
      const [low, high] = a < b ? [a, b] : [b, a];
      const ticks = wealthTicks(low, high);
      expect(ticks[0]).toBeLessThanOrEqual(low);
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(high);
      expect(ticks.length).toBeGreaterThan(1);
      expect(ticks.length).toBeLessThanOrEqual(17);
      expect(ticks.every((tick, i) => i === 0 || tick > ticks[i - 1]!)).toBe(true);
    }),
  );
  expect(() => wealthTicks(0, 1)).toThrow(RangeError);
});

it("marks round days, few of them, within any range", () => {
  const day = fc.integer({ min: toNumber("1950-01-01"), max: toNumber("2050-01-01") });
  fc.assert(
    fc.property(day, fc.integer({ min: 1, max: 40_000 }), (first, length) => {
      const { days, template } = timeTicks(first, first + length);
      expect(days.length).toBeGreaterThan(0);
      expect(days.length).toBeLessThanOrEqual(12);
      expect(
        days.every((d, i) => d >= first && d <= first + length && (i === 0 || d > days[i - 1]!)),
      ).toBe(true);
      if (template === "{yyyy}") expect(days.every((d) => toDay(d).endsWith("-01-01"))).toBe(true);
      if (template === "{MMM} {yyyy}") expect(days.every((d) => parts(d).day === 1)).toBe(true);
    }),
  );
  const { days, template } = timeTicks(toNumber("2015-01-02"), toNumber("2024-06-28"));
  expect(template).toBe("{yyyy}");
  expect(days.map((d) => parts(d).year)).toEqual([
    2016, 2017, 2018, 2019, 2020, 2021, 2022, 2023, 2024,
  ]);
});
