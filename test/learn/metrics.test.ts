import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { key } from "#core";
import {
  CLASS_METRICS,
  areaUnderRoc,
  aucBetween,
  aucPairwise,
  bias,
  calibrate,
  calibrationCurve,
  confusionMatrix,
  evaluate,
  fitIsotonic,
  fitPlatt,
  mae,
  measure,
  pointAt,
  precisionCurve,
  rmse,
  samples,
  skillOver,
  summariseSeeds,
} from "#learn";
import { VolterraError } from "#core";
import { NUMBER, bells, classTask, weekdays } from "./made-rows.ts";

interface GoldenClasses {
  readonly k: number;
  readonly values: number[];
  readonly target: number[];
  readonly weight: number[];
  readonly plain: Record<string, number> & { readonly confusion: number[] };
  readonly weighted: Record<string, number> & { readonly confusion: number[] };
  readonly curve: { precision: number[]; recall: number[]; thresholds: number[] };
  readonly uniform: { happened: number[]; forecast: number[] };
  readonly quantile: { happened: number[]; forecast: number[] };
  readonly grid: number[];
  readonly isotonic: number[];
  readonly plattGrid: number[];
  readonly platt: number[];
}

const golden = JSON.parse(
  readFileSync(new URL("../golden/scikit.json", import.meta.url), "utf8"),
) as {
  classes: GoldenClasses[];
  numbers: {
    target: number[];
    values: number[];
    weight: number[];
    rmse: number;
    mae: number;
    bias: number;
  };
};

const measured = ({ values, target, k }: GoldenClasses) => ({
  values: Float64Array.from(values),
  target: Float64Array.from(target),
  classes: k,
});

function expectNear(found: ArrayLike<number>, wanted: readonly number[], digits = 10): void {
  expect(found.length).toBe(wanted.length);
  wanted.forEach((value, i) => expect(found[i]).toBeCloseTo(value, digits));
}

describe("class metrics agree with scikit-learn", () => {
  for (const entry of golden.classes) {
    for (const kind of ["plain", "weighted"] as const) {
      it(`${entry.k} classes, ${kind}`, () => {
        const forecasts = measured(entry);
        const weight = Float64Array.from(entry.weight, (w) => (kind === "plain" ? 1 : w));
        const wanted = entry[kind];
        let compared = 0;
        for (const metric of CLASS_METRICS) {
          if (wanted[metric.name] === undefined) continue;
          expect(metric.prepare(forecasts)(weight), metric.name).toBeCloseTo(
            wanted[metric.name]!,
            10,
          );
          compared++;
        }
        expect(compared).toBeGreaterThanOrEqual(8);
        expectNear(confusionMatrix(forecasts, weight), wanted.confusion);
      });
    }
  }

  it("precision and recall at every threshold", () => {
    const entry = golden.classes[0]!;
    const score = Float64Array.from(entry.target, (_, row) => entry.values[2 * row + 1]!);
    const curve = precisionCurve(score, Uint8Array.from(entry.target)).toReversed();
    expectNear(
      curve.map((point) => point.precision),
      entry.curve.precision,
    );
    expectNear(
      curve.map((point) => point.recall),
      entry.curve.recall,
    );
    expectNear(
      curve.map((point) => point.threshold),
      entry.curve.thresholds,
    );
  });

  it("the calibration curve", () => {
    const entry = golden.classes[0]!;
    const score = Float64Array.from(entry.target, (_, row) => entry.values[2 * row + 1]!);
    const curve = calibrationCurve(score, Uint8Array.from(entry.target), { count: 5, by: "width" });
    expectNear(
      curve.map((bin) => bin.forecast),
      entry.uniform.forecast,
    );
    expectNear(
      curve.map((bin) => bin.happened),
      entry.uniform.happened,
    );
  });

  it("isotonic and Platt calibration", () => {
    const entry = golden.classes[0]!;
    const score = Float64Array.from(entry.target, (_, row) => entry.values[2 * row + 1]!);
    const happened = Uint8Array.from(entry.target);
    const isotonic = fitIsotonic(score, happened);
    expectNear(
      entry.grid.map((p) => calibrate(isotonic, p)),
      entry.isotonic,
      8,
    );
    const platt = fitPlatt(score, happened);
    expectNear(
      entry.plattGrid.map((p) => calibrate(platt, p)),
      entry.platt,
      4,
    );
  });
});

describe("metrics", () => {
  it("of numbers agree with scikit-learn", () => {
    const { target, values, weight, ...wanted } = golden.numbers;
    const forecasts = {
      target: Float64Array.from(target),
      values: Float64Array.from(values),
      classes: 1,
    };
    expect(rmse.prepare(forecasts)(Float64Array.from(weight))).toBeCloseTo(wanted.rmse, 12);
    expect(mae.prepare(forecasts)(Float64Array.from(weight))).toBeCloseTo(wanted.mae, 12);
    expect(bias(forecasts)).toBeCloseTo(wanted.bias, 12);
  });

  it("skill is 0 for the reference itself, 1 for a perfect forecast", () => {
    const target = bells(key(1), 30);
    const reference = target.map((value) => value + 1);
    expect(measure(skillOver(reference), { values: reference, target, classes: 1 })).toBe(0);
    expect(measure(skillOver(reference), { values: target, target, classes: 1 })).toBe(1);
  });

  it("the area under the curve is the share of ordered pairs, ties half", () => {
    const score = Float64Array.of(0.1, 0.4, 0.4, 0.8, 0.4);
    const positive = Uint8Array.of(0, 1, 0, 1, 0);
    let sum = 0;
    for (const i of [1, 3]) {
      for (const j of [0, 2, 4]) sum += (1 + Math.sign(score[i]! - score[j]!)) / 2;
    }
    expect(areaUnderRoc(score, positive)(new Float64Array(5).fill(1))).toBeCloseTo(sum / 6, 14);
    expect(areaUnderRoc(score, new Uint8Array(5))(new Float64Array(5).fill(1))).toBeNaN();
  });

  it("up against down leaves the neutral rows out", () => {
    const entry = golden.classes[1]!;
    const forecasts = measured(entry);
    const rows = entry.target.flatMap((label, row) => (label === 1 ? [] : [row]));
    const only = {
      values: Float64Array.from(rows.flatMap((row) => entry.values.slice(3 * row, 3 * row + 3))),
      target: Float64Array.from(rows, (row) => entry.target[row]!),
      classes: 3,
    };
    const upDown = aucBetween(0, 2);
    expect(measure(upDown, forecasts)).toBeCloseTo(measure(upDown, only), 14);
    expect(measure(upDown, forecasts)).not.toBeCloseTo(measure(aucPairwise, forecasts), 4);
  });

  it("a threshold gives precision, recall, false positives and lift", () => {
    const score = Float64Array.of(0.9, 0.8, 0.7, 0.2, 0.1, 0.05, 0.04, 0.03, 0.02, 0.01);
    const positive = Uint8Array.of(1, 0, 1, 0, 0, 0, 0, 0, 0, 0);
    const point = pointAt(score, positive, 0.6)!;
    expect(point).toMatchObject({
      threshold: 0.7,
      recall: 1,
      falsePositiveRate: 1 / 8,
      called: 0.3,
    });
    expect(point.precision).toBeCloseTo(2 / 3, 14);
    expect(point.lift).toBeCloseTo(2 / 3 / 0.2, 14);
    expect(pointAt(score, positive, 0.95)).toBeUndefined();
  });
});

describe("evaluate", () => {
  const n = 600;
  const signal = bells(key(21), n);
  const noise = bells(key(22), n);
  const target = signal.map((value, row) => value + noise[row]!);
  const rows = samples({
    features: signal,
    steps: 1,
    names: ["x"],
    target,
    task: NUMBER,
    times: weekdays(n),
    horizon: 5,
  });
  const forecasts = {
    good: { task: NUMBER, values: signal },
    persistence: { task: NUMBER, values: target.map((_, row) => target[row - 1] ?? NaN) },
    copy: { task: NUMBER, values: signal },
  };

  it("compares with each baseline on common rows, in pairs", () => {
    const {
      rows: count,
      scores,
      against,
      blockLength,
    } = evaluate(rows, forecasts, {
      baselines: ["persistence", "copy"],
      key: key(1),
      resamples: 200,
    });
    expect(count).toBe(n - 1);
    expect(blockLength).toBeGreaterThanOrEqual(5);
    const { estimate, low, high } = scores["good"]!["rmse"]!;
    expect(estimate).toBeCloseTo(1, 0);
    expect(low).toBeLessThan(estimate);
    expect(high).toBeGreaterThan(estimate);
    expect(against["good"]!["persistence"]!["rmse"]!.high).toBeLessThan(0);
    expect(against["good"]!["persistence"]!["skill"]!.low).toBeGreaterThan(0.4);
    // Pairing leaves nothing of the noise that both forecasts share.
    expect(against["good"]!["copy"]!["rmse"]).toEqual({ estimate: 0, low: 0, high: 0 });
    expect(Object.keys(against["persistence"]!)).toEqual(["copy"]);
  });

  it("covers the truth about as often as it says", () => {
    let covered = 0;
    for (let trial = 0; trial < 60; trial++) {
      const label = bells(key(trial).fold("label"), 200).map((value) => (value > 0 ? 1 : 0));
      const half = new Float64Array(400).map((_, at) => (at % 2 === 1 ? 0.51 : 0.49));
      const some = samples({
        features: new Float64Array(200),
        steps: 1,
        names: ["x"],
        target: label,
        task: classTask("no", "yes"),
        times: weekdays(200),
        horizon: 1,
      });
      const { scores } = evaluate(
        some,
        { fixed: { task: some.task, values: half } },
        { baselines: [], key: key(trial), resamples: 150 },
      );
      const { low, high } = scores["fixed"]!["accuracy"]!;
      if (low <= 0.5 && 0.5 <= high) covered++;
    }
    expect(covered).toBeGreaterThanOrEqual(51);
  });

  it("tells of seeds that failed", () => {
    const failure = new VolterraError("MODEL", "the loss diverged in epoch 3");
    const summary = summariseSeeds([
      { seed: 1, result: 0.5 },
      { seed: 2, failure },
      { seed: 3, result: 0.7 },
    ]);
    expect(summary.mean).toBeCloseTo(0.6, 14);
    expect(summary.failed).toEqual([{ seed: 2, why: "the loss diverged in epoch 3" }]);
    expect(summary.each.map(({ seed }) => seed)).toEqual([1, 3]);
  });
});
