import { describe, expect, it } from "vitest";
import { key } from "#core";
import {
  type HedgeCriterion,
  type HedgeKillTest,
  type JudgedClaim,
  type Samples,
  defineHedgeKillTest,
  judgeClaims,
} from "#hedge";
import { normalQuantile, normals } from "#num";
import claims from "../../catalog/claims/hedging.ts";

const improvement: HedgeCriterion = {
  name: "CVaR",
  method: "a",
  versus: "b",
  comparison: { kind: "improvement", arm: "x", set: "y" },
  threshold: 0.1,
  direction: "above",
};

type Terms = Omit<HedgeKillTest, "hash">;
const terms: Terms = {
  name: "one",
  source: "test",
  alpha: 0.05,
  seeds: 8,
  seedsToKill: 3,
  priorTrials: { count: 4, source: "a note" },
  claims: [{ name: "C", claim: "a is better than b", criteria: [improvement] }],
};

/** The contract with other criteria, or without its declaration. */
function contractOf(criteria: readonly HedgeCriterion[], declared = true): HedgeKillTest {
  const { priorTrials: _, ...rest } = terms;
  const claim = { ...terms.claims[0]!, criteria };
  return defineHedgeKillTest({ ...(declared ? terms : rest), claims: [claim] });
}

/** P&L of common paths: `a` loses less by the gain; each seed has luck of its own. */
function samplesOf(gain: number, seeds: number, luck = 0): Samples {
  return (_, __, method) =>
    Array.from({ length: seeds }, (___, s) => {
      const own = method === "a" ? 1 - gain + luck * (s % 2 === 0 ? 1 : -1) : 1;
      return normals(key(s), 120).map((z) => own * (0.2 * z - 0.3));
    });
}

/** Judging is slow: the same is judged once. */
const known = new Map<string, JudgedClaim>();

function judged(gain: number, seeds: number, contract = contractOf([improvement]), luck = 0) {
  const name = [contract.hash, gain, seeds, luck].join();
  if (!known.has(name)) {
    known.set(name, judgeClaims(contract, samplesOf(gain, seeds, luck), key(2))[0]!);
  }
  return known.get(name)!;
}

describe("claims", () => {
  it("passes a planted effect on enough seeds, kills its absence, and proves nothing on few", () => {
    expect(judged(0.2, 8).outcome).toBe("PASS");
    expect(judged(0, 8).outcome).toBe("KILL");
    expect(judged(0, 3).outcome).toBe("KILL");
    expect(judged(0.2, 7).outcome).toBe("NOT PROVEN");
    expect(judged(0, 2).outcome).toBe("NOT PROVEN");
  });

  it("is not proven where nothing was run, and says what to run", () => {
    const [claim] = judgeClaims(contractOf([improvement]), () => null, key(1));
    expect(claim!.outcome).toBe("NOT PROVEN");
    expect(claim!.reasons[0]).toContain("not run");
    expect(claim!.criteria[0]!.minimumDetectableEffect).toBeNull();
    expect(claim!.whatWouldDecide).toEqual(["a run of a and b in arm x on y"]);
  });

  it("says with every criterion the smallest effect it finds four times in five, and its power", () => {
    const claim = judged(0.11, 4, undefined, 0.05);
    const [{ measured, minimumDetectableEffect: effect, power }] = claim.criteria as [
      (typeof claim.criteria)[0],
    ];
    const reach = (normalQuantile(0.95) + normalQuantile(0.8)) * measured!.standardError;
    expect(measured!.standardError).toBeGreaterThan(0);
    expect(effect).toBeCloseTo(0.1 + reach, 12);
    expect(power).toBeGreaterThan(0.05);
    expect(power).toBeLessThan(0.8);
    expect(claim.reasons[0]).toContain(
      `these data find only a true value above ${Number((100 * effect!).toPrecision(3))} % four times in five`,
    );
  });

  it("turns the effect around for a criterion that must stay below", () => {
    const below = { ...improvement, direction: "below" as const };
    const [criterion] = judged(0.09, 4, contractOf([below]), 0.05).criteria;
    expect(criterion!.minimumDetectableEffect).toBeLessThan(0.1);
    expect(criterion!.power).toBeGreaterThan(0.05);
  });

  it("says how many seeds would decide", () => {
    expect(judged(0.3, 5).whatWouldDecide).toEqual(["8 seeds, which PASS asks for"]);
    expect(judged(0, 2).whatWouldDecide).toEqual(["3 seeds, which KILL asks for"]);
    expect(judged(0.2, 1).whatWouldDecide[0]).toMatch(/^8 seeds, which PASS asks for, or 3 for/);
    // An estimate that stays clears where its distance is z₀.₉₅ standard errors, which fall as 1/√seeds.
    const { criteria, whatWouldDecide } = judged(0.13, 8, undefined, 0.2);
    const { estimate, standardError } = criteria[0]!.measured!;
    const errors = (estimate - 0.1) / standardError;
    const needed = Math.ceil(8 * (normalQuantile(0.95) / errors) ** 2);
    expect(needed).toBeGreaterThan(8);
    expect(whatWouldDecide).toEqual([
      `about ${needed} seeds at this estimate and spread, for a PASS`,
    ]);
    expect(judged(0.06, 8, undefined, 0.2).whatWouldDecide[0]).toMatch(/for a KILL$/);
    expect(judged(0.2, 8).whatWouldDecide).toEqual([]);
  });

  it("cannot pass without a declaration of what was looked at before", () => {
    const claim = judged(0.2, 8, contractOf([improvement], false));
    expect(claim.criteria[0]!.outcome).toBe("PASS");
    expect(claim.outcome).toBe("NOT PROVEN");
    expect(claim.declared).toBeNull();
    expect(claim.reasons).toContain("no prior trials are declared: N is known only from below");
    expect(claim.whatWouldDecide).toEqual([
      "a declaration of the trials looked at before, with its source",
    ]);
    expect(judged(0, 8, contractOf([improvement], false)).outcome).toBe("KILL");
    expect(judged(0.2, 8).declared).toEqual(terms.priorTrials);
    expect(() =>
      defineHedgeKillTest({ ...terms, priorTrials: { count: 1.5, source: "x" } }),
    ).toThrow(/whole count/);
    expect(() => defineHedgeKillTest({ ...terms, priorTrials: { count: 1, source: "" } })).toThrow(
      /a source/,
    );
  });

  it("says what a criterion's failing means, unless it passes", () => {
    const tie = { ...improvement, otherwise: "no advantage is shown" };
    expect(judged(0, 8, contractOf([tie])).reasons).toContain(tie.otherwise);
    expect(judged(0.2, 7, contractOf([tie])).reasons).toContain(tie.otherwise);
    expect(judged(0.2, 8, contractOf([tie])).reasons).not.toContain(tie.otherwise);
  });

  it("gives one sentence a criterion, in order, before what else speaks", () => {
    const two = { ...improvement, name: "second", threshold: 0.05 };
    const { reasons } = judged(0.2, 7, contractOf([improvement, two]));
    expect(reasons.map((text) => text.split(":")[0])).toEqual(["CVaR", "second", "7 seeds"]);
  });
});

describe("the study's claims", () => {
  it("fixes H1 to H4 under one hash", () => {
    expect(claims.claims.map(({ name }) => name)).toEqual(["H1", "H2", "H3", "H4"]);
    expect(claims.claims[0]!.criteria[0]!.threshold).toBe(0.1);
    const { hash: _, ...own } = claims;
    expect(defineHedgeKillTest(own).hash).toBe(claims.hash);
    expect(defineHedgeKillTest({ ...own, alpha: 0.1 }).hash).not.toBe(claims.hash);
  });

  it("declares the trials that were looked at, and where that is written", () => {
    expect(claims.priorTrials).toEqual({
      count: 25,
      source: expect.stringContaining("docs/studies/hedging.md"),
    });
  });

  it("knows what a tie with strong regularisation means", () => {
    const tie = claims.claims[0]!.criteria.find(({ versus }) => versus === "erm-reg")!;
    expect(tie.otherwise).toContain("no advantage over strong regularisation");
  });
});
