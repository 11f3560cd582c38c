import { describe, expect, it } from "vitest";
import { calendar, key, lastAtOrBefore, toNumber, uniforms } from "#core";
import { type Evidence, judge, type KillTest, type ReturnSeries } from "#evidence";
import { normalQuantile } from "#num";
import { catalog } from "./worlds.ts";

const tests = await Promise.all(
  catalog.names("killtests").map((name) => catalog.load<KillTest>("killtests", name)),
);

/** Days that cover every window of a contract. */
function daysOf({ criteria }: KillTest): Int32Array {
  const { sessions } = calendar("nyse");
  const from = Math.min(...criteria.map(({ window }) => toNumber(window.start)));
  const to = Math.max(...criteria.map(({ window }) => toNumber(window.end)));
  return sessions.slice(lastAtOrBefore(sessions, from - 1) + 1, lastAtOrBefore(sessions, to) + 1);
}

/** Returns of 10 % volatility around an annual Sharpe ratio. */
function returns(days: Int32Array, seed: number, sharpe: number): ReturnSeries {
  const daily = 0.1 / Math.sqrt(252);
  const drift = (0.1 * sharpe) / 252;
  const draws = uniforms(key(seed), days.length);
  return { days, returns: draws.map((u) => drift + daily * normalQuantile(u)) };
}

/** A strategy and its benchmarks with Sharpe ratios of their own. */
function evidence(test: KillTest, seed: number, sharpe: number, others: number): Evidence {
  const days = daysOf(test);
  const own = returns(days, seed, sharpe);
  const names = test.criteria.flatMap(({ benchmark }) => benchmark ?? []);
  const benchmarks = names.map((name, i) => [name, returns(days, seed + 100 + i, others)] as const);
  return {
    streams: { 1: own, 2: own },
    benchmarks: Object.fromEntries(benchmarks),
    riskFree: { days, returns: new Float64Array(days.length) },
    resamples: 200,
    trials: { recorded: 1 },
  };
}

describe.each(tests)("the kill-test $name", (test) => {
  const outcome = (seed: number, sharpe: number, others: number) =>
    judge(test, evidence(test, seed, sharpe, others), key(seed)).outcome;

  it.each([1, 2, 3])("does not pass noise, draw %i", (seed) => {
    expect(outcome(seed, 0, 0)).not.toBe("PASS");
  });

  it("does not pass a benchmark in disguise", () => {
    const given = evidence(test, 4, 1, 1);
    const own = given.streams[1]!;
    const same = Object.keys(given.benchmarks!).map((name) => [name, own] as const);
    const { outcome } = judge(test, { ...given, benchmarks: Object.fromEntries(same) }, key(4));
    if (same.length > 0) expect(outcome).not.toBe("PASS");
  });

  it("passes a planted effect", () => {
    expect(outcome(5, 8, -2)).toBe("PASS");
  });

  it("kills its opposite", () => {
    expect(outcome(6, -8, 2)).toBe("KILL");
  });

  it("declares the trials made before it, with a source", () => {
    expect(test.priorTrials?.count).toBeGreaterThanOrEqual(0);
    expect(test.priorTrials?.source).not.toBe("");
    expect(test.claim).not.toBe("");
    expect(test.source).not.toBe("");
  });
});
