import { describe, expect, it } from "vitest";
import { key } from "#core";
import { type Measured, type Objective, twoBatchPenalty } from "#hedge";
import { normals } from "#num";
import erm from "../../catalog/objectives/erm.ts";
import groupDro from "../../catalog/objectives/group-dro.ts";
import hirm from "../../catalog/objectives/hirm.ts";
import irmV1 from "../../catalog/objectives/irm-v1.ts";
import vRex from "../../catalog/objectives/v-rex.ts";

/**
 * A label, a feature that agrees with it three times in four everywhere, and one that agrees with it nine and eight
 * times in ten in training and once in ten at the test; exact expectations over the four signs (M. Arjovsky et al. 2019).
 */
const AGREE = [0.9, 0.8];
const CASES = [1, -1].flatMap((a) => [1, -1].map((b) => ({ a, b })));
const share = (agree: number, sign: number) => (sign === 1 ? agree : 1 - agree);

function accuracy(theta: readonly number[], agree: number): number {
  return CASES.reduce(
    (sum, { a, b }) =>
      sum + (theta[0]! * a + theta[1]! * b > 0 ? share(0.75, a) * share(agree, b) : 0),
    0,
  );
}

/** Logistic risk of an environment, its derivative by a scale of the logit, and both gradients. */
function measure(theta: readonly number[], agree: number) {
  let [risk, slope] = [0, 0];
  const [byRisk, bySlope] = [
    [0, 0],
    [0, 0],
  ];
  for (const { a, b } of CASES) {
    const weight = share(0.75, a) * share(agree, b);
    const z = theta[0]! * a + theta[1]! * b;
    const s = -1 / (1 + Math.exp(z));
    risk += weight * Math.log1p(Math.exp(-z));
    slope += weight * s * z;
    [a, b].forEach((x, i) => {
      byRisk[i]! += weight * s * x;
      bySlope[i]! += weight * (-s * (1 + s) * z + s) * x;
    });
  }
  return { risk, slope, byRisk, bySlope };
}

function fit(objective: Objective, lambda: number): number[] {
  const weigh = objective.start();
  let theta = [0.1, 0.1];
  for (let step = 0; step < 4000; step++) {
    const found = AGREE.map((agree) => measure(theta, agree));
    const { risk, slope } = weigh({
      risks: Float64Array.from(found, (f) => f.risk),
      slopes: Float64Array.from(found.flatMap((f) => [f.slope, f.slope])),
      gradients: found.map((f) => Float64Array.from(f.byRisk)),
      lambda: step < 200 ? 0 : lambda,
    });
    theta = theta.map((t, i) => {
      const gradient = found.reduce(
        (sum, f, e) =>
          sum +
          risk[e]! * f.byRisk[i]! +
          ((slope?.[2 * e] ?? 0) + (slope?.[2 * e + 1] ?? 0)) * f.bySlope[i]!,
        0,
      );
      return t - 0.5 * gradient;
    });
  }
  return theta;
}

describe("the toy of a feature that flips", () => {
  it("ERM and group DRO follow the feature that flips", () => {
    expect(accuracy(fit(erm, 0), 0.1)).toBeLessThan(0.5);
    expect(accuracy(fit(groupDro, 0), 0.1)).toBeLessThan(0.5);
  });

  it.each([
    [irmV1, 1000],
    [vRex, 1000],
  ] as const)("$0.name does not", (objective, lambda) => {
    expect(accuracy(fit(objective, lambda), 0.1)).toBeGreaterThan(0.6);
    // Without its penalty it is ERM.
    expect(accuracy(fit(objective, 0), 0.1)).toBeLessThan(0.5);
  });
});

/** HIRM's penalty on some gradients. */
const of = (...rows: number[][]) =>
  hirm.start()({
    risks: new Float64Array(rows.length),
    slopes: new Float64Array(0),
    gradients: rows.map((r) => Float64Array.from(r)),
    lambda: 10,
  }).penalty;

describe("objectives", () => {
  const measured: Measured = {
    risks: Float64Array.of(0.2, 0.5, 0.8),
    slopes: Float64Array.of(0.1, 0.2, -0.1, 0.3, 0.2, 0.2),
    gradients: [Float64Array.of(1, 0), Float64Array.of(1, 1), Float64Array.of(0, 2)],
    lambda: 10,
  };

  it("V-REx penalises the population variance, scaled down by a large λ", () => {
    const { loss, penalty } = vRex.start()(measured);
    expect(penalty).toBeCloseTo(0.06, 12);
    expect(loss).toBeCloseTo((0.5 + 0.6) / 10, 12);
  });

  it("IRM multiplies two half-batches, so that noise has no bias", () => {
    expect(irmV1.start()(measured).penalty).toBeCloseTo((0.02 - 0.03 + 0.04) / 3, 12);
  });

  it("IRM's product of half-batches averages to the true square, the square of their mean does not", () => {
    const [truth, draws] = [[0.3, -0.1], 20_000];
    const noise = normals(key(6), 4 * draws);
    let [product, square] = [0, 0];
    for (let d = 0; d < draws; d++) {
      const slopes = Float64Array.from({ length: 4 }, (_, i) => truth[i >> 1]! + noise[4 * d + i]!);
      product += twoBatchPenalty(slopes).penalty / draws;
      square += ((slopes[0]! + slopes[1]!) ** 2 + (slopes[2]! + slopes[3]!) ** 2) / (8 * draws);
    }
    // Four standard errors of the mean product, whose deviation is about √(1/2 + 0.05).
    expect(Math.abs(product - 0.05)).toBeLessThan((4 * 0.75) / Math.sqrt(draws));
    expect(square - 0.05).toBeGreaterThan(0.4);
  });

  it("HIRM is nil for gradients of one direction and one for orthogonal ones", () => {
    expect(of([1, 2], [2, 4], [0.5, 1])).toBeCloseTo(0, 12);
    expect(of([1, 0], [0, 3], [1, 0])).toBeCloseTo(2 / 3, 12);
    expect(of([1, 0], [0, 3])).toBeCloseTo(1, 12);
  });

  it("group DRO moves its weight to the worst environment", () => {
    const weigh = groupDro.start();
    let risk = new Float64Array(3);
    for (let i = 0; i < 2000; i++) risk = Float64Array.from(weigh(measured).risk);
    expect(risk[2]).toBeGreaterThan(0.95);
    expect(risk.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
  });
});
