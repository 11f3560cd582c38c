import { describe, expect, it } from "vitest";
import { key, toDay, VolterraError } from "#core";
import {
  clopperPearson,
  dataFactorNeeded,
  defineKillTest,
  type Evidence,
  judge,
  type KillTestTerms,
  minimumDetectableEffect,
  monthlyReturns,
  powerAt,
  returnSeries,
  type ReturnSeries,
} from "#evidence";
import { golden, simulated, weekdays } from "./golden.ts";

const n = 1250;
const window = { start: "2010-01-04", end: toDay(weekdays(n).at(-1)!) };
const earns = { name: "earns", statistic: "sharpe", threshold: 0, window, costs: 1 } as const;
const terms: KillTestTerms = {
  name: "claim",
  claim: "It earns after costs",
  source: "a test",
  criteria: [earns],
  priorTrials: { count: 0, source: "this file" },
};
const test = defineKillTest(terms);
const alone = (stream: ReturnSeries, more: Partial<Evidence> = {}): Evidence => ({
  streams: { 1: stream },
  trials: { recorded: 1 },
  resamples: 250,
  ...more,
});
const strong = simulated(1, n, 3);
const losing = simulated(2, n, -3);

function total(series: ReturnSeries): number {
  return series.returns.reduce((sum, r) => sum + r, 0);
}

function bar(trials: Evidence["trials"]): number {
  return judge(test, alone(strong, { trials }), key(1)).criteria[0]!.criticalValue;
}

describe("a verdict", () => {
  it("is PASS on a planted effect, KILL on its opposite, NOT PROVEN in between", () => {
    const outcomes = [3, 0, -3].map(
      (sharpe) => judge(test, alone(simulated(5, n, sharpe)), key(1)).outcome,
    );
    expect(outcomes).toEqual(["PASS", "NOT PROVEN", "KILL"]);
  });

  it("passes noise no more often than α, and kills a true zero no more often", () => {
    const histories = 200;
    let passes = 0;
    let kills = 0;
    for (let h = 0; h < histories; h++) {
      const { outcome } = judge(test, alone(simulated(1000 + h, n)), key(h));
      if (outcome === "PASS") passes++;
      if (outcome === "KILL") kills++;
    }
    expect(clopperPearson(passes, histories).low).toBeLessThanOrEqual(0.05);
    expect(clopperPearson(kills, histories).low).toBeLessThanOrEqual(0.05);
    expect(passes).toBeGreaterThan(0);
  });

  it("passes the best of twenty worthless trials no more often than α, whether their streams are kept or only counted", () => {
    const histories = 60;
    let kept = 0;
    let counted = 0;
    let fooled = 0;
    for (let h = 0; h < histories; h++) {
      const streams = Array.from({ length: 20 }, (_, k) => simulated(5000 + 20 * h + k, 600));
      const best = streams.toSorted((a, b) => total(b) - total(a))[0]!;
      const short = { ...earns, window: { start: window.start, end: toDay(best.days.at(-1)!) } };
      const contract = defineKillTest({ ...terms, criteria: [short] });
      const outcome = (trials: Evidence["trials"]) =>
        judge(contract, alone(best, { trials }), key(h)).outcome;
      if (outcome({ recorded: 20, streams }) === "PASS") kept++;
      if (outcome({ recorded: 20 }) === "PASS") counted++;
      if (outcome({ recorded: 1 }) === "PASS") fooled++;
    }
    expect(clopperPearson(kept, histories).low).toBeLessThanOrEqual(0.05);
    expect(clopperPearson(counted, histories).low).toBeLessThanOrEqual(0.05);
    // What hiding the other nineteen would have given: 1 − 0.95²⁰ = 64 %.
    expect(fooled / histories).toBeGreaterThan(0.4);
  });

  it("is at best NOT PROVEN where the contract declares no prior trials", () => {
    const { priorTrials: _, ...undeclared } = terms;
    const verdict = judge(defineKillTest(undeclared), alone(strong), key(1));
    expect(verdict.outcome).toBe("NOT PROVEN");
    expect(verdict.criteria[0]!.outcome).toBe("PASS");
    expect(verdict.trials.declared).toBeNull();
    expect(verdict.whatWouldDecide[0]).toContain("a declaration of the trials made before");
    expect(judge(defineKillTest(undeclared), alone(losing), key(1)).outcome).toBe("KILL");
  });

  it("counts recorded, declared and streamed trials, and never fewer than any of them says", () => {
    const declared = defineKillTest({ ...terms, priorTrials: { count: 12, source: "the paper" } });
    const streams = [strong, simulated(7, n), simulated(8, n), simulated(9, n)];
    const count = (trials: Evidence["trials"]) =>
      judge(declared, alone(strong, { trials }), key(1)).trials;
    expect(count({ recorded: 3 })).toEqual({
      recorded: 3,
      declared: 12,
      atLeast: 15,
      effective: 15,
    });
    expect(count({ recorded: 1, streams }).atLeast).toBe(16);
    expect(count({ recorded: 3, declared: 40 }).atLeast).toBe(43);
    // Ten copies of the candidate found nothing else: beside it stand the twelve that are known by number alone.
    const copies = Array.from({ length: 10 }, () => strong);
    const alike = count({ recorded: 10, streams: copies });
    expect(alike).toMatchObject({ atLeast: 22, effective: 13 });
    const bar = (trials: Evidence["trials"]) =>
      judge(declared, alone(strong, { trials }), key(1)).criteria[0]!.criticalValue;
    expect(bar({ recorded: 10, streams: copies })).toBe(bar({ recorded: 1, streams: [strong] }));
  });

  it("is declared by the contract, by what is told now, or by what was told before, whichever is most", () => {
    const { priorTrials: _, ...rest } = terms;
    const undeclared = defineKillTest(rest);
    const verdict = (trials: Evidence["trials"]) =>
      judge(undeclared, alone(strong, { trials }), key(1));
    const told = verdict({ recorded: 1, declared: 0 });
    expect(told).toMatchObject({ outcome: "PASS", trials: { declared: 0, atLeast: 1 } });
    expect(told.reasons.join()).not.toContain("declared");
    const remembered = { count: 500, source: "--trials", line: 3 };
    const later = verdict({ recorded: 1, declared: 0, remembered });
    expect(later.trials).toMatchObject({ declared: 500, atLeast: 501 });
    expect(later.reasons.join()).toContain(
      "500 prior trials were declared in line 3 of the ledger (--trials), 0 now: the larger number holds",
    );
    expect(verdict({ recorded: 1, remembered }).reasons.join()).toContain("none now");
    const more = verdict({ recorded: 1, declared: 600, remembered });
    expect(more.trials.atLeast).toBe(601);
    expect(more.reasons.join()).not.toContain("larger number");
  });

  it("is at best NOT PROVEN in the place of a contract that ended KILL, and says which of how many it is", () => {
    const killed = [{ contract: "ab".repeat(32), line: 2, verdict: 5 }];
    const replaced = judge(
      test,
      alone(strong, { contracts: { place: 2, count: 2, killed } }),
      key(1),
    );
    expect(replaced.outcome).toBe("NOT PROVEN");
    expect(replaced.reasons.join()).toContain("contract abababab");
    expect(replaced.reasons.join()).toContain("(line 2 of the ledger) ended KILL");
    expect(replaced.whatWouldDecide).toHaveLength(1);
    const beside = judge(
      test,
      alone(strong, { contracts: { place: 2, count: 3, killed: [] } }),
      key(1),
    );
    expect(beside.outcome).toBe("PASS");
    expect(beside.reasons).toContain("contract 2 of 3 in this family");
  });

  it("raises the bar with every trial, less for trials that resemble one another", () => {
    const others = Array.from({ length: 30 }, (_, k) => simulated(200 + k, n));
    const similar = others.map((s) =>
      returnSeries(
        s.days,
        strong.returns.map((r, t) => r + 0.2 * s.returns[t]!),
      ),
    );
    const one = bar({ recorded: 1 });
    const far = bar({ recorded: 31, streams: others });
    const near = bar({ recorded: 31, streams: similar });
    expect(one).toBeLessThan(near);
    expect(near).toBeLessThan(far);
    expect(Math.abs(far - bar({ recorded: 31 }))).toBeLessThan(0.25);
  });

  it("pays for trials kept as monthly returns as for daily ones", () => {
    const others = Array.from({ length: 25 }, (_, k) => simulated(300 + k, n));
    const monthly = [strong, ...others].map((s) => {
      const months = monthlyReturns(s);
      return returnSeries(
        Int32Array.from(months, (m) => m.day),
        Float64Array.from(months, (m) => m.return),
      );
    });
    const results = [[strong, ...others], monthly].map((streams) =>
      judge(test, alone(strong, { trials: { recorded: 26, streams }, resamples: 2000 }), key(1)),
    );
    const [daily, coarse] = results.map((v) => v.criteria[0]!);
    expect(Math.abs(daily!.criticalValue - coarse!.criticalValue)).toBeLessThan(0.25);
    expect(coarse!.n).toBe(n);
    expect(results.map((v) => v.trials.effective)).toEqual([26, 26]);
  });

  it("is not moved by trials that never traded, other than by their number", () => {
    const flat = Array.from({ length: 9 }, () => returnSeries(strong.days, new Float64Array(n)));
    const verdict = judge(test, alone(strong, { trials: { recorded: 10, streams: flat } }), key(1));
    const counted = judge(test, alone(strong, { trials: { recorded: 10 } }), key(1));
    expect(verdict.criteria[0]!.criticalValue).toBe(counted.criteria[0]!.criticalValue);
  });

  it("counts trials of another period without letting them bend the candidate", () => {
    const late = Array.from({ length: 9 }, (_, k) => {
      const { days, returns } = simulated(400 + k, n);
      return returnSeries(days.subarray(600), returns.subarray(600));
    });
    expect(bar({ recorded: 10, streams: late })).toBe(bar({ recorded: 10 }));
  });

  it("says what would decide", () => {
    const verdict = judge(test, alone(simulated(12, n, 0.3)), key(2));
    expect(verdict.outcome).toBe("NOT PROVEN");
    const [result] = verdict.criteria;
    expect(result!.monthsNeeded).toBeGreaterThan(0);
    expect(verdict.whatWouldDecide.join()).toMatch(/earns: \d+ more months at this level/);
    const longer = 1 + result!.monthsNeeded! / 12 / (n / 252);
    const { estimate, standardError, criticalValue } = result!;
    expect(estimate - (criticalValue * standardError) / Math.sqrt(longer)).toBeCloseTo(0, 10);
    expect(result!.minimumDetectableEffect).toBeGreaterThan(estimate);
  });

  describe("says of a criterion that is not proven", () => {
    const weak = simulated(12, n, 0.3);
    const said = (criterion: object, stream = weak, more: Partial<KillTestTerms> = {}) => {
      const asked = defineKillTest({ ...terms, ...more, criteria: [{ ...earns, ...criterion }] });
      const benchmarks = { market: simulated(20, n, 0.2) };
      const verdict = judge(asked, alone(stream, { benchmarks }), key(2));
      expect(verdict.outcome).toBe("NOT PROVEN");
      return { text: verdict.whatWouldDecide.join(), result: verdict.criteria[0]! };
    };

    it("how long until a KILL, where it lies on the wrong side", () => {
      const { text, result } = said({ threshold: 0.6 });
      expect(result.monthsNeeded).toBeNull();
      expect(text).toMatch(
        /earns: \d+ more months at this level would KILL it; these data find only/,
      );
      // With that much more data the upper bound is at the threshold.
      const longer = 1 + result.monthsToKill! / 12 / (n / 252);
      const { estimate, upper } = result;
      expect(estimate + (upper - estimate) / Math.sqrt(longer)).toBeCloseTo(0.6, 10);
    });

    it("the same of an upper limit, from the other side", () => {
      const low = said({ statistic: "volatility", threshold: 0.159, direction: "below" });
      const high = said({ statistic: "volatility", threshold: 0.161, direction: "below" });
      const texts = [low, high].map(({ text }) => text).join("\n");
      for (const { text, result } of [low, high]) {
        const isAbove = result.estimate > result.criterion.threshold;
        expect(result.monthsNeeded === null).toBe(isAbove);
        expect(result.monthsToKill === null).toBe(!isAbove);
        expect(text).toContain("a true value below");
      }
      expect(texts).toMatch(/more months? at this level/);
    });

    it("that waiting proves no drawdown, and which bar these data could clear", () => {
      const { text, result } = said({ statistic: "max-drawdown", threshold: -0.25 });
      expect([result.monthsNeeded, result.monthsToKill]).toEqual([null, null]);
      expect(text).toContain("waiting will not: the worst drawdown of a path only deepens");
      const bar = Number((100 * result.lower).toPrecision(3));
      expect(text).toContain(`a bar below ${bar} %`);
      const easier = { statistic: "max-drawdown" as const, threshold: result.lower - 0.01 };
      const passed = defineKillTest({ ...terms, criteria: [{ ...earns, ...easier }] });
      expect(judge(passed, alone(weak), key(2)).outcome).toBe("PASS");
    });

    it("that no drawdown is above nil, nor better than the benchmark's whole", () => {
      const own = said({ statistic: "max-drawdown", threshold: -0.2 });
      expect(own.result.minimumDetectableEffect).toBeNaN();
      expect(own.text).toContain("These data find no possible value four times in five");
      const improvement = {
        statistic: "drawdown-improvement",
        benchmark: "market",
        threshold: 0.1,
      };
      const beside = said(improvement);
      expect(beside.text).toContain("the worst drawdowns of both paths only deepen");
      expect(beside.text).not.toContain("NaN");
    });

    it("that a total return is no rate", () => {
      const { text, result } = said({ statistic: "total-return", threshold: 0.2 });
      expect([result.monthsNeeded, result.monthsToKill]).toEqual([null, null]);
      expect(text).toContain("ask for cagr, which time decides");
    });

    it("that its deflated Sharpe ratio falls short, where its bound does not", () => {
      const trials = { priorTrials: { count: 400, source: "a test" } };
      const { text } = said({}, simulated(5, n, 1.5), { ...trials, selection: "deflated-sharpe" });
      expect(text).toMatch(
        /its bound clears, its deflated Sharpe ratio of 0\.\d+ is short of 0.95/,
      );
    });

    it("that returns of the whole window are needed, in words of years where months are too many", () => {
      const late = { ...window, end: "2030-01-04" };
      const { text } = said({ window: late });
      expect(text).toContain(`returns in the whole of ${late.start} … ${late.end}`);
      const hardly = said({ threshold: said({}).result.estimate - 0.001 });
      expect(hardly.text).toContain("more than 100 years at this level");
    });
  });

  it("judges differences on paired days", () => {
    const benchmark = simulated(20, n);
    const ahead = returnSeries(
      benchmark.days,
      benchmark.returns.map((r) => r + 0.0002),
    );
    const against = { ...earns, benchmark: "market" };
    const criteria = [
      { ...against, name: "sharpe", statistic: "sharpe-difference" as const },
      { ...against, name: "mean", statistic: "mean-difference" as const },
      { ...against, name: "growth", statistic: "cagr-difference" as const },
    ];
    const contract = defineKillTest({ ...terms, criteria });
    const verdict = judge(contract, alone(ahead, { benchmarks: { market: benchmark } }), key(3));
    expect(verdict.outcome).toBe("PASS");
    expect(judge(test, alone(ahead), key(3)).outcome).toBe("NOT PROVEN");
  });

  it("judges drawdowns, hit rates and upper limits", () => {
    const half = returnSeries(
      strong.days,
      strong.returns.map((r) => r / 2),
    );
    const contract = defineKillTest({
      ...terms,
      criteria: [
        {
          ...earns,
          name: "shallower",
          statistic: "drawdown-improvement",
          benchmark: "full",
        },
        { ...earns, name: "calm", statistic: "volatility", threshold: 0.1, direction: "below" },
        { ...earns, name: "hits", statistic: "hit-rate", threshold: 0.5 },
        { ...earns, name: "excess", statistic: "sharpe-excess" },
      ],
    });
    const evidence = alone(half, {
      benchmarks: { full: strong },
      riskFree: returnSeries(strong.days, new Float64Array(n).fill(0.00001)),
    });
    const verdict = judge(contract, evidence, key(4));
    expect(verdict.criteria.map((c) => [c.criterion.name, c.outcome])).toEqual([
      ["shallower", "PASS"],
      ["calm", "PASS"],
      ["hits", "PASS"],
      ["excess", "PASS"],
    ]);
    const calm = verdict.criteria[1]!;
    expect(calm.lower).toBeLessThan(calm.estimate);
    expect(calm.upper).toBeGreaterThan(calm.estimate);
    const limit = { ...earns, name: "calm", statistic: "volatility", threshold: 0.1 } as const;
    const wild = defineKillTest({ ...terms, criteria: [{ ...limit, direction: "below" }] });
    expect(judge(wild, alone(strong), key(4)).outcome).toBe("KILL");
  });

  it("judges win rates by the days with a position, over cash", () => {
    const bills = 0.0001;
    // Positions of ten days and ten days without; two of five held days are won, rounding on the others.
    const wins = [1, 0, 1, 0, 0];
    const held = strong.days.map((_, t) => (t % 20 < 10 ? 1 : 0));
    const returnsOf = (of: (t: number) => number) =>
      returnSeries(
        strong.days,
        Float64Array.from(strong.days, (_, t) => bills + of(t)),
      );
    const result = (t: number) => (wins[t % 5] === 1 ? 0.01 : -0.01) * (1 + t / 1e4);
    const base = returnsOf((t) => (held[t] ? result(t) : (t % 3) * 1e-13));
    // Of every ten held days, which have four wins, the filter leaves out the first and last losing one.
    const filtered = returnsOf((t) => (held[t] && t % 10 !== 1 && t % 10 !== 9 ? result(t) : 0));
    const idle = returnsOf((t) => (t < 19 ? 0.01 : 0));
    const better = { ...earns, name: "wins", statistic: "win-rate-difference" as const };
    const contract = defineKillTest({
      ...terms,
      criteria: [{ ...better, benchmark: "unfiltered", threshold: 0.05 }],
    });
    const riskFree = returnsOf(() => 0);
    const verdictOf = (series: ReturnSeries) =>
      judge(contract, alone(series, { benchmarks: { unfiltered: base }, riskFree }), key(8));
    const [good] = verdictOf(filtered).criteria;
    expect(good!.estimate).toBeCloseTo(0.5 - 0.4, 12);
    expect(good!.outcome).toBe("PASS");
    expect(verdictOf(base).outcome).toBe("KILL");
    // An account that hardly ever holds anything, or never, has shown no win rate.
    for (const series of [idle, returnsOf((t) => (t % 2) * 1e-12)]) {
      const [none] = verdictOf(series).criteria;
      expect(none!.estimate).toBeCloseTo(-0.4, 12);
      expect(none!.outcome).toBe("KILL");
    }
    expect(() =>
      judge(contract, alone(filtered, { benchmarks: { unfiltered: base } }), key(8)),
    ).toThrow(/risk-free/);
  });

  it("takes streams at the cost level that the criterion names", () => {
    const both = defineKillTest({
      ...terms,
      criteria: [earns, { ...earns, name: "doubled", costs: 2 }],
    });
    const verdict = judge(both, { ...alone(strong), streams: { 1: strong, 2: losing } }, key(5));
    expect(verdict.criteria.map((c) => c.outcome)).toEqual(["PASS", "KILL"]);
    expect(verdict.outcome).toBe("KILL");
    expect(() => judge(both, alone(strong), key(5))).toThrow("no stream at 2× costs");
  });

  it("asks a deflated Sharpe ratio where the contract says so", () => {
    const contract = defineKillTest({
      ...terms,
      selection: "deflated-sharpe",
      priorTrials: { count: 50, source: "this file" },
    });
    const weak = judge(contract, alone(simulated(30, n, 1)), key(6));
    expect(weak.criteria[0]!.lower).toBeGreaterThan(0);
    expect(weak.deflatedSharpe).toBeLessThan(0.95);
    expect(weak.outcome).toBe("NOT PROVEN");
    expect(weak.reasons[0]).toContain("deflated Sharpe ratio");
    expect(judge(contract, alone(strong), key(6)).outcome).toBe("PASS");
  });

  it("is not proven by data that do not cover the window", () => {
    const longer = { ...earns, window: { ...window, end: "2020-12-31" } };
    const verdict = judge(defineKillTest({ ...terms, criteria: [longer] }), alone(strong), key(7));
    expect(verdict.outcome).toBe("NOT PROVEN");
    expect(verdict.reasons.join()).toContain("do not cover 2010-01-04 … 2020-12-31");
  });

  it("is equal for equal keys", () => {
    const evidence = alone(strong, { trials: { recorded: 2, streams: [simulated(40, n)] } });
    expect(judge(test, evidence, key(8))).toEqual(judge(test, evidence, key(8)));
  });
});

/** Code and message of what it throws. */
function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof VolterraError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return "judged";
}

describe("evidence that cannot be judged", () => {
  it.each([
    ["a flat stream", returnSeries(weekdays(n), new Float64Array(n).fill(0.001)), "every return"],
    ["ten returns", simulated(1, 10, 1), "10 returns are fewer than 20"],
    [
      "another time",
      returnSeries(
        weekdays(n).map((d) => d + 9000),
        strong.returns,
      ),
      "no return in",
    ],
  ])("%s", (_, stream, message) => {
    expect(codeOf(() => judge(test, alone(stream), key(1)))).toContain(message);
  });

  it("a benchmark that is absent, misspelt or has a hole", () => {
    const against = { ...earns, statistic: "sharpe-difference", benchmark: "market" } as const;
    const contract = defineKillTest({ ...terms, criteria: [against] });
    const holes = returnSeries(
      strong.days.filter((_, t) => t !== 5),
      strong.returns.filter((_, t) => t !== 5),
    );
    const said = (benchmarks: Record<string, ReturnSeries>) =>
      codeOf(() => judge(contract, alone(strong, { benchmarks }), key(1)));
    expect(said({ marke: strong })).toBe('DATA: earns: there is no benchmark "market"');
    expect(said({ market: holes })).toBe("DATA: the benchmark market has no return on 2010-01-11");
    const cash = defineKillTest({ ...terms, criteria: [{ ...earns, statistic: "sharpe-excess" }] });
    expect(codeOf(() => judge(cash, alone(strong), key(1)))).toContain("needs a risk-free rate");
  });
});

describe("a contract", () => {
  it("has a hash that every term moves and nothing else", () => {
    expect(defineKillTest({ ...terms, alpha: 0.05, selection: "stepm" }).hash).toBe(test.hash);
    const others = [
      { ...terms, alpha: 0.01 },
      { ...terms, selection: "deflated-sharpe" as const },
      { ...terms, priorTrials: { count: 1, source: "this file" } },
      { ...terms, criteria: [{ ...earns, threshold: 0.1 }] },
      { ...terms, criteria: [{ ...earns, window: { ...window, end: "2014-01-01" } }] },
    ].map((t) => defineKillTest(t).hash);
    expect(new Set([test.hash, ...others]).size).toBe(6);
  });

  it.each([
    ["no criterion", { ...terms, criteria: [] }],
    [
      "reversed",
      { ...terms, criteria: [{ ...earns, window: { start: "2011-01-01", end: "2010-01-01" } }] },
    ],
    [
      "needs a benchmark",
      { ...terms, criteria: [{ ...earns, statistic: "sharpe-difference" as const }] },
    ],
    ["two criteria share a name", { ...terms, criteria: [earns, earns] }],
    ["threshold is NaN", { ...terms, criteria: [{ ...earns, threshold: NaN }] }],
    ["alpha is 0.7", { ...terms, alpha: 0.7 }],
    ["priorTrials needs", { ...terms, priorTrials: { count: -1, source: "x" } }],
  ])("is refused: %s", (message, bad) => {
    expect(() => defineKillTest(bad)).toThrow(message);
  });
});

describe("power", () => {
  it("is four fifths at the minimum detectable effect, and data grow as the square", () => {
    const oneSided = { threshold: 0.1, standardError: 0.5, criticalValue: 1.645 };
    const effect = minimumDetectableEffect(oneSided);
    expect(powerAt(oneSided, effect)).toBeCloseTo(0.8, 10);
    expect(powerAt(oneSided, 0.1)).toBeCloseTo(0.05, 4);
    const factor = dataFactorNeeded(oneSided, 0.5, 0.8);
    const after = { ...oneSided, standardError: 0.5 / Math.sqrt(factor) };
    expect(powerAt(after, 0.5)).toBeCloseTo(0.8, 10);
    expect(dataFactorNeeded(oneSided, 0.05)).toBe(Infinity);
  });

  it("has Clopper–Pearson intervals that agree with the beta distribution", () => {
    // scipy.stats.beta.ppf: 95 % intervals of 7 in 50 and 100 in 2,000; 0 in 20 has 1 − 0.025^(1/20).
    const seven = clopperPearson(7, 50);
    expect(seven.low).toBeCloseTo(0.05819170034037209, 10);
    expect(seven.high).toBeCloseTo(0.2673960024970084, 10);
    const hundred = clopperPearson(100, 2000);
    expect(hundred.low).toBeCloseTo(golden.clopperPearson[0], 10);
    expect(hundred.high).toBeCloseTo(golden.clopperPearson[1], 10);
    expect(clopperPearson(0, 20).high).toBeCloseTo(1 - 0.025 ** (1 / 20), 10);
    expect(clopperPearson(20, 20).high).toBe(1);
    expect(() => clopperPearson(3, 2)).toThrow("3 hits in 2 tries");
  });
});
