import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { key } from "#core";
import { normals } from "#num";
import {
  effectiveTrials,
  holm,
  modelConfidenceSet,
  overfittingProbability,
  stepM,
  superiorAbility,
} from "#evidence";
import { golden, stream } from "./golden.ts";

const noise = (seed: number, count: number, n: number) =>
  Array.from({ length: count }, (_, k) => normals(key(seed).fold(k), n));

describe("overfitting probability", () => {
  it("is zero where one strategy dominates, over all 12,870 splits", () => {
    const streams = noise(1, 20, 320);
    streams[7] = streams[7]!.map((r) => 0.05 * r + 1);
    const found = overfittingProbability(streams);
    expect(found.splits).toBe(12_870);
    expect(found.probability).toBe(0);
    expect(found.logits[0]).toBeCloseTo(Math.log(20), 12);
  });

  it("averages about a half on pure noise", () => {
    let total = 0;
    for (let h = 0; h < 30; h++)
      total += overfittingProbability(noise(100 + h, 15, 240), 8).probability;
    expect(total / 30).toBeGreaterThan(0.35);
    expect(total / 30).toBeLessThan(0.65);
  });

  it("gives copies of one strategy the middle rank, which is no merit", () => {
    const [one] = noise(3, 1, 160);
    const found = overfittingProbability([one!, one!, one!], 4);
    expect(found.probability).toBe(1);
    expect(found.splits).toBe(6);
  });

  it("drops the rows that do not fill a block, and refuses what it cannot split", () => {
    expect(overfittingProbability(noise(4, 3, 105), 10).dropped).toBe(5);
    expect(() => overfittingProbability(noise(4, 3, 105), 7)).toThrow("even");
    expect(() => overfittingProbability(noise(4, 3, 12), 10)).toThrow("12 rows are too few");
    expect(() => overfittingProbability(noise(4, 1, 100))).toThrow("1 strategies");
  });
});

describe("Holm's correction", () => {
  it("agrees with statsmodels", () => {
    holm(golden.holm.p).forEach((p, i) => expect(p).toBeCloseTo(golden.holm.adjusted[i]!, 12));
  });

  it("never helps and keeps the order", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 }), (ps) => {
        const adjusted = holm(ps);
        ps.forEach((p, i) => {
          expect(adjusted[i]).toBeGreaterThanOrEqual(p);
          ps.forEach((q, j) => {
            if (p < q) expect(adjusted[i]).toBeLessThanOrEqual(adjusted[j]!);
          });
        });
      }),
    );
  });
});

describe("many streams against a benchmark", () => {
  const options = { key: key(11), blockLength: 4, resamples: 10_000 };

  it.each(Object.entries(golden.spa))(
    "superior ability of %s: p-values agree with arch",
    (names, theirs) => {
      const { pValues } = superiorAbility(stream("s0"), names.split(" ").map(stream), options);
      for (const name of ["lower", "consistent", "upper"] as const) {
        // Both are binomial, ours of 10,000 and theirs of 20,000 resamples: four standard errors of the difference.
        const p = theirs[name];
        const error = 4 * Math.sqrt(p * (1 - p) * (1 / 10_000 + 1 / 20_000));
        expect(Math.abs(pValues[name] - p), name).toBeLessThanOrEqual(error);
      }
    },
  );

  it("superior ability: nothing speaks for a stream that is worse", () => {
    const { statistic, pValues } = superiorAbility(stream("s0"), [stream("s7")], options);
    expect(statistic).toBe(0);
    expect(pValues).toEqual({ lower: 1, consistent: 1, upper: 1 });
  });

  it("superior ability: a clearly bad stream weakens the upper p-value alone", () => {
    const good = stream("s0").map((r, t) => r + 0.001 + 0.004 * noise(5, 1, 600)[0]![t]!);
    const bad = stream("s0").map((r, t) => r - 0.02 + 0.01 * stream("s1")[t]!);
    const alone = superiorAbility(stream("s0"), [good], options).pValues;
    const both = superiorAbility(stream("s0"), [good, bad, bad, bad], options).pValues;
    expect(Math.abs(both.consistent - alone.consistent)).toBeLessThan(0.002);
    expect(both.upper).toBeGreaterThanOrEqual(both.consistent);
    expect(both.consistent).toBeGreaterThanOrEqual(both.lower);
  });

  it("StepM finds what arch finds", () => {
    const names = ["s1", "s2", "s3", "s5", "s6", "s7"];
    const found = stepM(names.map(stream), {
      ...options,
      statistic: "mean",
      benchmark: stream("s0"),
    });
    expect(names.filter((_, i) => found.rejected[i])).toEqual(golden.stepM);
  });

  it("StepM: a second step rejects what the first could not", () => {
    const streams = noise(21, 12, 600).map((r, k) => r.map((z) => z + (k < 10 ? 0.6 : 0)));
    const [c1, c2] = [10, 11];
    const lone = stepM(streams, { ...options, resamples: 2000 });
    expect(lone.rejected.slice(0, 10).every(Boolean)).toBe(true);
    expect(lone.steps).toBeGreaterThan(1);
    expect(lone.quantiles[c1]).toBeLessThan(lone.quantiles[0]!);
    expect([lone.rejected[c1], lone.rejected[c2]]).toEqual([false, false]);
  });

  it("StepM: unseen trials raise the bar as independent ones would", () => {
    const [one] = noise(22, 1, 1000);
    const bar = (unseen: number) => stepM([one!], { ...options, unseen }).quantiles[0]!;
    expect(bar(0)).toBeCloseTo(1.645, 1);
    // Φ⁻¹(0.95^(1/100)) = 3.283.
    expect(bar(99)).toBeCloseTo(3.283, 1);
    expect(bar(999)).toBeGreaterThan(bar(99));
  });

  it("StepM: a flat stream neither wins nor hinders", () => {
    const good = noise(23, 1, 600)[0]!.map((z) => z + 0.3);
    const found = stepM([good, new Float64Array(600)], { ...options, resamples: 500 });
    expect(found.rejected).toEqual([true, false]);
  });

  it("confidence set: eliminates what arch eliminates, with its p-values", () => {
    const names = ["s0", "s1", "s2", "s6", "s7"];
    const found = modelConfidenceSet(names.map(stream), options);
    names.forEach((name, i) => {
      const p = golden.mcs[name]!;
      const error = 5 * Math.sqrt(p * (1 - p) * 1.5e-4) + 0.005;
      expect(Math.abs(found.pValues[i]! - p), name).toBeLessThan(error);
    });
    expect(found.members).toEqual([0, 1, 2, 3]);
    expect([found.order[0], found.order.at(-1)]).toEqual([4, 3]);
  });
});

describe("the effective number of trials", () => {
  it("counts independent streams each and copies once", () => {
    const streams = noise(31, 30, 500);
    expect(effectiveTrials(streams).count).toBe(30);
    const variants = streams
      .slice(0, 4)
      .flatMap((s, k) => noise(40 + k, 6, 500).map((e) => s.map((r, t) => r + 0.4 * e[t]!)));
    const found = effectiveTrials(variants);
    expect(found.count).toBe(4);
    expect([...found.member]).toEqual(variants.map((_, i) => Math.floor(i / 6)));
  });

  it("does not depend on the order or scale of streams", () => {
    const streams = noise(51, 12, 200).map((s, k, all) =>
      s.map((r, t) => r + (k % 3 === 0 ? 1.5 : 0) * all[0]![t]!),
    );
    const { count } = effectiveTrials(streams);
    expect(effectiveTrials(streams.toReversed()).count).toBe(count);
    expect(effectiveTrials(streams.map((s, k) => s.map((r) => r * (k + 1) + k))).count).toBe(count);
    expect(effectiveTrials([...streams, new Float64Array(200)]).count).toBe(count + 1);
    expect(effectiveTrials([]).count).toBe(0);
  });
});
