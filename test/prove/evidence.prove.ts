import { describe, expect, it } from "vitest";
import { key, toDay } from "#core";
import {
  assessPower,
  defineKillTest,
  judge,
  measurePower,
  type PowerCell,
  returnSeries,
  type ReturnProcess,
} from "#evidence";
import { simulateReturns } from "../../src/evidence/power-study.ts";
import { weekdays } from "../evidence/golden.ts";

const planted = [0, 0.5, 1, 1.5];
const share = process.env.PROVE === "reduced" ? 1 / 4 : 1;
const cell = (kind: ReturnProcess, years: number, trials: number): PowerCell => ({
  process: kind,
  years,
  trials,
  histories: Math.round({ 1: 1500, 10: 500, 100: 120 }[trials]! * share),
  resamples: 500,
  planted,
  alpha: 0.05,
});

describe("size and power of the judge, reduced: bench/power.ts makes the whole table", () => {
  it.each([
    cell("normal", 5, 1),
    cell("fat-tailed", 5, 1),
    cell("autocorrelated", 5, 1),
    cell("normal", 10, 10),
    cell("fat-tailed", 5, 10),
    cell("autocorrelated", 5, 10),
    cell("autocorrelated", 5, 100),
  ])(
    "$process returns, $years years, best of $trials",
    (given) => {
      for (const count of measurePower(given, key(77).fold(given.process, given.trials))) {
        const row = assessPower(count, given.histories, given.alpha);
        expect(row.sizeAccepted, JSON.stringify(row)).toBe(true);
        expect(row.powerAccepted, JSON.stringify(row)).not.toBe(false);
      }
    },
    900_000,
  );

  it("measures the judge itself: the short cut and `judge` agree history by history", () => {
    const years = 4;
    const n = years * 252;
    const days = weekdays(n);
    const contract = defineKillTest({
      name: "positive",
      claim: "Sharpe ratio above zero",
      source: "this file",
      priorTrials: { count: 0, source: "this file" },
      criteria: [
        {
          name: "sharpe",
          statistic: "sharpe",
          threshold: 0,
          window: { start: toDay(days[0]!), end: toDay(days.at(-1)!) },
          costs: 1,
        },
      ],
    });
    let passes = 0;
    for (let h = 0; h < 60; h++) {
      const base = key(500 + h);
      const trials = 5;
      const [count] = measurePower(
        {
          process: "normal",
          years,
          trials,
          histories: 1,
          resamples: 1000,
          planted: [1.2],
          alpha: 0.05,
        },
        base,
      );
      const history = base.fold(0);
      const streams = Array.from({ length: trials }, (_, k) => {
        const returns = simulateReturns("normal", n, history.fold("stream", k));
        return returnSeries(
          days,
          returns.map((r) => (k === 0 ? r + 1.2 / Math.sqrt(252) : r)),
        );
      });
      const mean = (s: (typeof streams)[0]) =>
        s.returns.reduce((a, r) => a + r, 0) / Math.sqrt(s.returns.reduce((a, r) => a + r * r, 0));
      const best = streams.toSorted((a, b) => mean(b) - mean(a))[0]!;
      const verdict = judge(
        contract,
        { streams: { 1: best }, trials: { recorded: trials, streams }, resamples: 1000 },
        history,
      );
      expect(verdict.outcome === "PASS", `history ${h}`).toBe(
        count!.found + count!.falsePasses > 0,
      );
      if (verdict.outcome === "PASS") passes++;
    }
    expect(passes).toBeGreaterThan(10);
    expect(passes).toBeLessThan(55);
  });
});
