import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { key } from "#core";
import {
  type Model,
  type Samples,
  type Task,
  calibrated,
  fitScaler,
  load,
  logLoss,
  mostLikely,
  permutationImportance,
  samples,
  scale,
  takeRows,
  windows,
} from "#learn";
import { garchVariances } from "#quant";
import { NUMBER, bells, classTask, madeTable, weekdays } from "./made-rows.ts";
import { modelContract } from "./model-contract.ts";

const folder = new URL("../../catalog/models/", import.meta.url);
const names = readdirSync(folder).map((file) => file.replace(/\.ts$/, ""));

async function modelNamed(name: string): Promise<Model> {
  const entry = (await import(new URL(`${name}.ts`, folder).href)) as { default: Model };
  return entry.default;
}

const models = await Promise.all(names.map(modelNamed));
const byName = (name: string) => models.find((model) => model.name === name)!;

/** Parameters under which slow models train in a moment. */
const QUICK: Record<string, object> = { gbt: { n_estimators: 8 } };

it("each file of the catalog holds the model of its name", () => {
  expect(models.map(({ name }) => name)).toEqual(names);
});

/** Networks have suites of their own, which run the same contract. */
const here = models.filter(({ name }) => !["lstm", "attention-lstm", "mlp"].includes(name));
for (const model of here) modelContract(model, { params: QUICK[model.name] ?? {} });
modelContract(calibrated(byName("logistic"), "platt"));
modelContract(calibrated(byName("gbt"), "isotonic"), { params: QUICK["gbt"]! });

const golden = JSON.parse(
  readFileSync(new URL("../golden/scikit.json", import.meta.url), "utf8"),
) as {
  linear: {
    features: number[];
    test: number[];
    weight: number[];
    signal: number[];
    fits: { k: number; l2: number; target: number[]; outputs: number[] }[];
    ridge: { l2: number; outputs: number[] };
  };
};

function rowsOf(features: number[], target: number[], task: Task): Samples {
  return samples({
    features: Float64Array.from(features),
    steps: 1,
    names: ["a", "b", "c", "d"],
    horizon: 1,
    task,
    target: Float64Array.from(target),
    times: weekdays(target.length),
  });
}

describe("linear models agree with scikit-learn", () => {
  const { linear } = golden;
  const blank = Array.from({ length: 10 }, () => 0);
  const weights = Float64Array.from(linear.weight);
  // scikit-learn's scaler is not weighted; ours neither.

  for (const { k, l2, target, outputs } of linear.fits) {
    it(`logistic, ${k} classes, l2 ${l2}`, async () => {
      const task = classTask(...Array.from({ length: k }, (_, c) => `${c}`));
      const train = samples({ ...rowsOf(linear.features, target, task), weights });
      const fitted = await byName("logistic").fit(train, { l2 }, key(1));
      const { values } = fitted.predict(rowsOf(linear.test, blank, task));
      outputs.forEach((p, at) => expect(values[at]).toBeCloseTo(p, 6));
    });
  }

  it("ridge", async () => {
    const train = samples({ ...rowsOf(linear.features, linear.signal, NUMBER), weights });
    const fitted = await byName("ridge").fit(train, { l2: linear.ridge.l2 }, key(1));
    const { values } = fitted.predict(rowsOf(linear.test, blank, NUMBER));
    linear.ridge.outputs.forEach((value, at) => expect(values[at]).toBeCloseTo(value, 9));
  });
});

describe("the scaler", () => {
  it("is fitted on its rows alone and leaves a feature that does not vary at zero", () => {
    const rows = samples({
      features: Float64Array.of(1, 0.1, 3, 0.1, 5, 0.1),
      steps: 1,
      names: ["x", "still"],
      target: new Float64Array(3),
      task: NUMBER,
      times: Int32Array.of(1, 2, 3),
      horizon: 1,
    });
    const scaler = fitScaler(rows);
    expect(Array.from(scaler.mean)).toEqual([3, expect.closeTo(0.1, 15)]);
    expect(scaler.deviation[0]).toBeCloseTo(Math.sqrt(8 / 3), 14);
    expect(scaler.deviation[1]).toBe(1);
    expect(
      Math.max(...scale(scaler, rows).map((x, at) => (at % 2 === 1 ? Math.abs(x) : 0))),
    ).toBeLessThan(1e-15);
  });
});

describe("rules", () => {
  const task = classTask("down", "flat", "up");
  const column = (name: string, values: number[], target: number[]) =>
    samples({
      features: Float64Array.from(values),
      steps: 1,
      names: [name],
      task,
      horizon: 1,
      target: Float64Array.from(target),
      times: weekdays(values.length),
    });
  const named = async (name: string, rows: ReturnType<typeof column>, params: object = {}) =>
    Array.from(mostLikely((await byName(name).fit(rows, params, key(1))).predict(rows)));

  const changes = column("change", [0.02, -0.02, 0.005, 0, 0.03], [0, 0, 0, 2, 0]);

  it("name the class that they say they name", async () => {
    expect(await named("majority", changes)).toEqual([0, 0, 0, 0, 0]);
    expect(await named("class-prior", changes)).toEqual([0, 0, 0, 0, 0]);
    expect(await named("sign-of-yesterday", changes)).toEqual([2, 0, 2, 0, 2]);
    expect(await named("moving-average-distance", changes)).toEqual([0, 2, 0, 2, 0]);
    expect(await named("moving-average-distance", changes, { above: "last" })).toEqual([
      2, 0, 2, 0, 2,
    ]);
    expect(await named("persistence", changes, { borders: [-0.01, 0.01] })).toEqual([
      2, 0, 1, 1, 2,
    ]);
  });

  it("give class-prior the smoothed shares of training", async () => {
    const fitted = await byName("class-prior").fit(changes, {}, key(1));
    expect(Array.from(fitted.predict(changes).values.subarray(0, 3))).toEqual([
      5 / 8,
      1 / 8,
      2 / 8,
    ]);
  });

  it("give a rule its hit rate as probability, but never let another class lead", async () => {
    const fitted = await byName("sign-of-yesterday").fit(changes, {}, key(1));
    // One hit of five: (1 + 1) / (5 + 3) = 0.25 is below an equal share.
    expect(fitted.training["confidence"]).toBeCloseTo(1.01 / 3, 12);
  });

  it("turn the gate's score into risk, one half at the threshold", async () => {
    const rows = samples({
      ...column("gate-score", [-1, 0.1, 1, -0.45, 0.55], [1, 0, 0, 1, 0]),
      task: classTask("safe", "risk"),
    });
    const fitted = await byName("gate-score").fit(rows, {}, key(1));
    const risk = fitted.predict(rows).values.filter((_, at) => at % 2 === 1);
    [1, 0.5, 0, 0.75, 0.25].forEach((p, at) => expect(risk[at]).toBeCloseTo(p, 12));
  });

  it("ask which feature where there are several", async () => {
    const rows = madeTable({ n: 20, names: ["a", "b"], task, key: key(2) });
    await expect(byName("persistence").fit(rows, {}, key(1))).rejects.toThrow(
      /which of 2 features/,
    );
    await expect(byName("persistence").fit(rows, { feature: "c" }, key(1))).rejects.toThrow(
      /no feature "c"/,
    );
  });
});

/** Returns of a GARCH process. */
function garchReturns(n: number, seed: number): Float64Array {
  const draws = bells(key(seed), n);
  let variance = 1e-4;
  return draws.map((z) => {
    const r = Math.sqrt(variance) * z;
    variance = 2e-6 + 0.1 * r * r + 0.88 * variance;
    return r;
  });
}

describe("volatility models", () => {
  const returns = garchReturns(1500, 4);
  const table = samples({
    features: returns,
    steps: 1,
    names: ["return"],
    target: returns.map(Math.abs),
    task: NUMBER,
    times: weekdays(1500),
    horizon: 5,
  });

  for (const name of ["garch", "gjr"]) {
    it(`${name} forecasts the volatility of the sessions to come from past returns alone`, async () => {
      const rows = windows(table, 250);
      const train = takeRows(
        rows,
        Array.from({ length: 900 }, (_, row) => row),
      );
      const fitted = await byName(name).fit(train, {}, key(1));
      const { mean, omega, alpha, gamma, beta } = fitted.training as Record<string, number>;
      expect(alpha! + gamma! / 2 + beta!).toBeGreaterThan(0.9);
      const last = takeRows(rows, [1200]);
      // The filter over the whole past differs by the forgotten start only.
      const model = {
        mean: mean!,
        omega: omega!,
        alpha: alpha!,
        gamma: gamma!,
        beta: beta!,
        start: 1e-4,
      };
      const past = returns.subarray(0, 1450);
      let variance = garchVariances(model, past)[1450]!;
      let sum = 0;
      for (let h = 0; h < 5; h++) {
        sum += variance / 5;
        variance = omega! + (alpha! + gamma! / 2 + beta!) * variance;
      }
      expect(fitted.predict(last).values[0]).toBeCloseTo(Math.sqrt(252 * sum), 6);
    });
  }

  it("join windows across rows that were left out, and refuse strangers", async () => {
    const rows = windows(table, 120);
    const some = Array.from({ length: 600 }, (_, row) => row);
    const gaps = some.filter((row) => row % 7 !== 3 || row === 0);
    const whole = await byName("garch").fit(takeRows(rows, some), {}, key(1));
    const holed = await byName("garch").fit(takeRows(rows, gaps), {}, key(1));
    expect(holed.training).toEqual(whole.training);
    await expect(byName("garch").fit(takeRows(rows, [0, 900]), {}, key(1))).rejects.toThrow(
      /no day in common/,
    );
  });

  it("har is least squares on the daily, weekly and monthly mean", async () => {
    const measure = garchReturns(400, 9).map((r) => r * r * 1e4);
    const mean = (t: number, span: number) =>
      measure.subarray(t - span + 1, t + 1).reduce((sum, value) => sum + value, 0) / span;
    const target = measure.map((_, t) =>
      t < 21 ? 0 : 0.1 + 0.3 * mean(t, 1) + 0.2 * mean(t, 5) + 0.4 * mean(t, 22),
    );
    const rows = windows(
      samples({ ...table, features: measure, target, times: weekdays(400) }),
      22,
    );
    const { training } = await byName("har").fit(rows, {}, key(1));
    [0.1, 0.3, 0.2, 0.4].forEach((weight, i) =>
      expect((training["weights"] as readonly number[])[i]).toBeCloseTo(weight, 9),
    );
    await expect(byName("har").fit(windows(table, 10), {}, key(1))).rejects.toThrow(
      /22 days or more/,
    );
  });
});

describe("checks before any work", () => {
  const task = classTask("down", "flat", "up");
  const rows = madeTable({ n: 60, names: ["a", "b"], task, key: key(2) });
  const gbt = byName("gbt");

  it("name a class that is absent", async () => {
    const target = rows.target.map((label) => (label === 1 ? 0 : label));
    await expect(gbt.fit(samples({ ...rows, target }), {}, key(1))).rejects.toThrow(
      /class "flat" has no training row between 2010-01-04 and 2010-03-26/,
    );
  });

  it("name a feature that does not vary", async () => {
    const features = rows.features.map((x, at) => (at % 2 === 1 ? 7 : x));
    await expect(gbt.fit(samples({ ...rows, features }), {}, key(1))).rejects.toThrow(
      /feature "b" is 7 in all 60 training rows/,
    );
  });

  it("refuse attention for a tree, sequences for a table and a table for sequences", async () => {
    await expect(gbt.fit(rows, { attention: true }, key(1))).rejects.toMatchObject({
      code: "SPEC",
    });
    await expect(gbt.fit(windows(rows, 5), {}, key(1))).rejects.toThrow(/not sequences of 5/);
    const one = madeTable({ n: 60, names: ["a"], task: NUMBER, key: key(2) });
    await expect(byName("har").fit(one, {}, key(1))).rejects.toThrow(/reads sequences/);
    await expect(byName("ridge").fit(rows, {}, key(1))).rejects.toThrow(/does not predict classes/);
  });

  it("suggest a parameter's right name", async () => {
    await expect(gbt.fit(rows, { max_dept: 3 }, key(1))).rejects.toMatchObject({
      hint: 'Did you mean "max_depth"?',
    });
  });

  it("say which model a strange file holds", async () => {
    const file = (await byName("majority").fit(rows, {}, key(1))).save();
    expect(() => load(file, [gbt])).toThrow(
      /holds a "majority" model, which is not in the catalog/,
    );
    expect(() => gbt.load(file)).toThrow(/holds a "majority" model, not "gbt"/);
  });
});

describe("calibration", () => {
  it("repairs what class weights distort", async () => {
    const task = classTask("safe", "risk");
    const base = madeTable({ n: 3000, names: ["a", "b", "c"], task, key: key(3) });
    // One row in five is risk: the two classes are far from equal.
    const target = base.target.map((_, row) => (base.features[3 * row]! > 0.85 ? 1 : 0));
    const noisy = target.map((label, row) => (row % 9 === 0 ? 1 - label : label));
    const rows = samples({
      ...base,
      target: noisy,
      weights: noisy.map((label) => (label === 1 ? 4 : 1)),
    });
    const train = takeRows(
      rows,
      Array.from({ length: 2000 }, (_, row) => row),
    );
    const test = takeRows(
      rows,
      Array.from({ length: 1000 }, (_, row) => 2000 + row),
    );
    const rate = test.target.reduce((sum, label) => sum + label, 0) / 1000;
    const meanRisk = async (model: Model) => {
      const { values } = (await model.fit(train, {}, key(1))).predict(test);
      return values.reduce((sum, p, at) => sum + (at % 2) * p, 0) / 1000;
    };
    const logistic = byName("logistic");
    expect((await meanRisk(logistic)) - rate).toBeGreaterThan(0.1);
    for (const kind of ["platt", "isotonic"] as const) {
      expect(Math.abs((await meanRisk(calibrated(logistic, kind))) - rate)).toBeLessThan(0.03);
    }
  });
});

describe("permutation importance", () => {
  it("is large for what decides and near zero for what does not", async () => {
    const task = classTask("down", "up");
    const rows = madeTable({ n: 600, names: ["a", "b", "c", "idle"], task, key: key(14) });
    const [train, test] = [0, 1].map((half) =>
      takeRows(
        rows,
        Array.from({ length: 300 }, (_, row) => 300 * half + row),
      ),
    );
    const fitted = await byName("gbt").fit(train!, { n_estimators: 60 }, key(1));
    const found = permutationImportance(fitted, test!, { metric: logLoss, key: key(1) });
    const [a, , , idle] = found.map(({ mean }) => mean);
    expect(found.map(({ name }) => name)).toEqual(["a", "b", "c", "idle"]);
    expect(a!).toBeGreaterThan(0.15);
    expect(Math.abs(idle!)).toBeLessThan(0.03);
    expect(permutationImportance(fitted, test!, { metric: logLoss, key: key(1) })).toEqual(found);
  });
});
