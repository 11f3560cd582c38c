import { describe, expect, it } from "vitest";
import { key } from "#core";
import { RISK, bestThreshold, disutility, tailLoss } from "#hedge";
import { normals } from "#num";
import { headScore } from "../../src/hedge/risk-head.ts";

const KINDS = [
  { kind: "cvar", alpha: 0.05, round: 0.05 },
  { kind: "entropic", aversion: 3 },
  { kind: "mean-variance", aversion: 2 },
] as const;

/** Of the softplus. */
const inverse = (y: number) => Math.log(Math.expm1(y));

describe("risk", () => {
  it.each(KINDS)("$kind: derivatives agree with differences", (spec) => {
    const u = disutility(RISK.parse(spec));
    for (const x of [-0.4, -0.03, 0.01, 0.03, 0.3]) {
      const h = 1e-5;
      const at = { ...u(x) };
      const [up, down] = [{ ...u(x + h) }, { ...u(x - h) }];
      expect(at.slope).toBeCloseTo((up.value - down.value) / (2 * h), 5);
      expect(at.bend).toBeCloseTo((up.slope - down.slope) / (2 * h), 4);
    }
  });

  it("has the closed forms of normal losses", () => {
    const losses = normals(key(1), 50_000);
    const risk = (spec: object) => {
      const full = RISK.parse(spec);
      const u = disutility(full);
      const tau = bestThreshold(losses, full);
      return tau + losses.reduce((sum, x) => sum + u(x - tau).value, 0) / losses.length;
    };
    // φ(z₀.₉₅)/0.05; η/2; c.
    expect(risk({ kind: "cvar", round: 0 })).toBeCloseTo(2.0627, 1);
    expect(risk({ kind: "entropic", aversion: 0.5 })).toBeCloseTo(0.25, 2);
    expect(risk({ kind: "mean-variance", aversion: 1 })).toBeCloseTo(1, 1);
    expect(risk({ kind: "cvar", round: 0 })).toBeCloseTo(tailLoss(losses.map((x) => -x)), 4);
  });
});

describe("the risk head's score", () => {
  const score = headScore(RISK.parse({ kind: "cvar", alpha: 0.2, round: 0.3 }));
  const copy = (loss: number, a: number, b: number) => {
    const { value, first, second } = score(loss, a, b);
    return { value, first: [...first], second: [...second] };
  };

  it("has the derivatives it says", () => {
    const h = 1e-5;
    for (const loss of [-0.6, 0.2, 0.5, 1.4]) {
      for (const [a, b] of [
        [0.3, -0.2],
        [1.1, 0.8],
      ] as const) {
        const at = copy(loss, a, b);
        const [a1, a0, b1, b0] = [
          copy(loss, a + h, b),
          copy(loss, a - h, b),
          copy(loss, a, b + h),
          copy(loss, a, b - h),
        ];
        expect(at.first[0]).toBeCloseTo((a1.value - a0.value) / (2 * h), 5);
        expect(at.first[1]).toBeCloseTo((b1.value - b0.value) / (2 * h), 5);
        expect(at.second[0]).toBeCloseTo((a1.first[0]! - a0.first[0]!) / (2 * h), 4);
        expect(at.second[1]).toBeCloseTo((a1.first[1]! - a0.first[1]!) / (2 * h), 4);
        expect(at.second[1]).toBeCloseTo((b1.first[0]! - b0.first[0]!) / (2 * h), 4);
        expect(at.second[2]).toBeCloseTo((b1.first[1]! - b0.first[1]!) / (2 * h), 4);
      }
    }
  });

  it("is least at the true value at risk and tail mean", () => {
    const sharp = headScore(RISK.parse({ kind: "cvar", alpha: 0.05, round: 0 }));
    const losses = normals(key(2), 50_000).map((z) => 0.2 * z + 0.1);
    const tail = tailLoss(losses.map((x) => -x)) + 0.5;
    const cut = losses.toSorted()[Math.floor(0.95 * losses.length)]! + 0.5;
    const meanScore = (v: number, e: number) =>
      losses.reduce(
        (sum, x) => sum + sharp(x, inverse(e - v) + 2, inverse(e - 0.05) - 0.5).value,
        0,
      ) / losses.length;
    const best = meanScore(cut, tail);
    for (const [v, e] of [
      [cut + 0.05, tail + 0.05],
      [cut - 0.05, tail],
      [cut, tail + 0.1],
      [cut, tail - 0.05],
    ] as const) {
      expect(meanScore(v, e)).toBeGreaterThan(best);
    }
  });
});
