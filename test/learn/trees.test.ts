import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { key, uniforms } from "#core";
import {
  type Ensemble,
  featureUse,
  predictTrees,
  readXgboost,
  samples,
  treeShap,
  writeXgboost,
} from "#learn";
import gbt from "../../catalog/models/gbt.ts";
import { type Tree, leafOf, scorer } from "../../src/learn/trees/ensemble.ts";
import { binColumn } from "../../src/learn/trees/bins.ts";
import { NUMBER, bells, classTask, madeTable, weekdays } from "./made-rows.ts";

interface GoldenModel {
  readonly objective: string;
  readonly file: object;
  readonly features: (number | null)[];
  readonly outputs: number[];
  readonly margins: number[];
  readonly contributions: number[];
  readonly gain: Record<string, number>;
  readonly cover: Record<string, number>;
  readonly splits: Record<string, number>;
}

interface GoldenTraining {
  readonly objective: string;
  readonly params: object;
  readonly features: (number | null)[];
  readonly target: number[];
  readonly weight: number[];
  readonly outputs: number[];
}

const golden = JSON.parse(
  readFileSync(new URL("../golden/trees.json", import.meta.url), "utf8"),
) as {
  models: GoldenModel[];
  training: GoldenTraining[];
  ours: { outputs: number[]; contributions: number[] };
};

const ourRows = JSON.parse(
  readFileSync(new URL("../golden/trees-ours.rows.json", import.meta.url), "utf8"),
) as { features: (number | null)[] };

const bytes = (value: object) => new TextEncoder().encode(JSON.stringify(value));
const numbers = (list: readonly (number | null)[]) => Float64Array.from(list, (v) => v ?? NaN);

/** Largest difference of two lists of equal length. */
function gap(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}

/** XGBoost writes one number a row for two classes: the probability of the second. */
function asXgboost(ensemble: Ensemble, outputs: Float64Array): Float64Array {
  return ensemble.objective === "logistic" ? outputs.filter((_, at) => at % 2 === 1) : outputs;
}

describe("files of XGBoost", () => {
  for (const model of golden.models) {
    it(`reads ${model.objective} and predicts as XGBoost does`, () => {
      const ensemble = readXgboost(bytes(model.file));
      const features = numbers(model.features);
      expect(gap(scorer(ensemble)(features), model.margins)).toBeLessThan(1e-5);
      const outputs = predictTrees(ensemble, features);
      expect(gap(asXgboost(ensemble, outputs), model.outputs)).toBeLessThan(1e-5);
    });

    it(`agrees with XGBoost's contributions for ${model.objective}`, () => {
      const ensemble = readXgboost(bytes(model.file));
      const shap = treeShap(ensemble, numbers(model.features));
      expect(gap(shap, model.contributions)).toBeLessThan(1e-5);
    });

    it(`agrees with XGBoost's importances for ${model.objective}`, () => {
      for (const use of featureUse(readXgboost(bytes(model.file)))) {
        expect(use.splits).toBe(model.splits[use.name] ?? 0);
        expect(use.gain).toBeCloseTo(model.gain[use.name] ?? 0, 2);
        expect(use.cover).toBeCloseTo(model.cover[use.name] ?? 0, 2);
      }
    });

    it(`writes ${model.objective} back without loss`, () => {
      const ensemble = readXgboost(bytes(model.file));
      expect(readXgboost(writeXgboost(ensemble))).toEqual(ensemble);
    });
  }

  it("written here are read by XGBoost as they are meant", () => {
    const file = readFileSync(new URL("../golden/trees-ours.model.json", import.meta.url));
    const ensemble = readXgboost(file);
    expect(Buffer.from(writeXgboost(ensemble)).equals(file)).toBe(true);
    const features = numbers(ourRows.features);
    expect(gap(predictTrees(ensemble, features), golden.ours.outputs)).toBeLessThan(1e-5);
    expect(gap(treeShap(ensemble, features), golden.ours.contributions)).toBeLessThan(1e-5);
  });

  it("refuses what it cannot represent, and says what", () => {
    const text = JSON.stringify(golden.models[0]!.file);
    const read = (from: string, to: string) => () =>
      readXgboost(new TextEncoder().encode(text.replace(from, to)));
    expect(read('"gbtree"', '"dart"')).toThrow(/booster is "dart"/);
    expect(read("multi:softprob", "rank:pairwise")).toThrow(/objective is "rank:pairwise"/);
    expect(read('"num_parallel_tree":"1"', '"num_parallel_tree":"4"')).toThrow(/forests/);
    expect(read('"categories":[]', '"categories":[2]')).toThrow(/categories/);
    expect(read('"left_children":[1', '"left_children":[0')).toThrow(/tree 0 is broken/);
    expect(read('"base_score":"5E-1"', '"base_score":"[5E-1,2E-1,5E-1]"')).toThrow(/base_score/);
    expect(read('"base_score":"5E-1"', '"base_score":"[5E-1,5E-1,5E-1]"')).not.toThrow();
    expect(() => readXgboost(new TextEncoder().encode(text.slice(0, 900)))).toThrow(/cut short/);
  });
});

describe("training", () => {
  golden.training.forEach(({ objective, params, ...run }, i) => {
    it(`gives XGBoost's outputs where every cut is exact: ${i + 1}, ${objective}`, async () => {
      const names = ["a", "b", "c", "d", "e", "f"];
      const classes = { "multi:softprob": ["0", "1", "2"], "binary:logistic": ["0", "1"] };
      const named = classes[objective as keyof typeof classes];
      const rows = samples({
        features: numbers(run.features),
        steps: 1,
        names,
        task: named ? classTask(...named) : NUMBER,
        target: numbers(run.target),
        weights: numbers(run.weight),
        times: weekdays(run.target.length),
        horizon: 1,
      });
      const plain = {
        gamma: 0,
        reg_alpha: 0,
        min_child_weight: 1,
        subsample: 1,
        colsample_bytree: 1,
      };
      const shape = { max_depth: 4, learning_rate: 0.2, n_estimators: 15, missing: "learn" };
      const fitted = await gbt.fit(rows, { ...plain, ...shape, ...params }, key(1));
      const ensemble = readXgboost(fitted.exchange()!.bytes);
      const outputs = asXgboost(ensemble, fitted.predict(rows).values);
      expect(gap(outputs, run.outputs)).toBeLessThan(1e-5);
    });
  });

  it("is equal to the bit for any number of threads", async () => {
    const task = classTask("down", "flat", "up");
    const rows = madeTable({
      n: 2500,
      names: ["a", "b", "c", "d", "e", "f", "g"],
      task,
      key: key(3),
    });
    const files = await Promise.all(
      [1, 2, 3].map(async (threads) => {
        const fitted = await gbt.fit(rows, { n_estimators: 6 }, key(9), { threads });
        return Buffer.from(fitted.save()).toString("base64");
      }),
    );
    expect(files[1]).toBe(files[0]);
    expect(files[2]).toBe(files[0]);
  });

  it("draws rows and features by its key", async () => {
    const rows = madeTable({ n: 300, names: ["a", "b", "c", "d"], task: NUMBER, key: key(4) });
    const fit = async (seed: number, params: object) =>
      (await gbt.fit(rows, { n_estimators: 3, ...params }, key(seed))).predict(rows).values;
    const whole = { subsample: 1, colsample_bytree: 1 };
    expect(await fit(1, whole)).toEqual(await fit(2, whole));
    expect(await fit(1, { subsample: 0.5 })).not.toEqual(await fit(2, { subsample: 0.5 }));
    expect(await fit(1, { colsample_bytree: 0.5 })).not.toEqual(
      await fit(2, { colsample_bytree: 0.5 }),
    );
  });

  it("stops early at the lowest loss of the held-out tail and keeps the trees up to it", async () => {
    const rows = madeTable({
      n: 240,
      names: ["a", "b", "c"],
      task: classTask("no", "yes"),
      key: key(8),
    });
    const params = { n_estimators: 300, learning_rate: 0.3, early_stopping_rounds: 10 };
    const { training } = await gbt.fit(rows, params, key(1));
    const losses = training["validationLoss"] as readonly number[];
    expect(losses.length).toBeLessThan(300);
    expect(training["rounds"]).toBe(losses.indexOf(Math.min(...losses)) + 1);
    expect(losses.length).toBe((training["rounds"] as number) + 10);
  });

  it("learns where missing values go", async () => {
    // The sign of x decides, and x is missing only where the target is high.
    const n = 400;
    const x = bells(key(2), n);
    const hidden = uniforms(key(3), n);
    const target = x.map((value) => (value > 0 ? 1 : 0));
    const features = x.map((value, i) => (value > 0 && hidden[i]! < 0.5 ? NaN : value));
    const rows = samples({
      features,
      steps: 1,
      names: ["x"],
      target,
      task: classTask("low", "high"),
      times: weekdays(n),
      horizon: 1,
    });
    const fitted = await gbt.fit(rows, { n_estimators: 40, missing: "learn" }, key(1));
    const { values } = fitted.predict(rows);
    const missed = Array.from(features, (value, i) => [value, values[2 * i + 1]!] as const);
    for (const [value, p] of missed) if (Number.isNaN(value)) expect(p).toBeGreaterThan(0.9);
    await expect(gbt.fit(rows, {}, key(1))).rejects.toThrow(/feature "x" is NaN in row/);
  });
});

describe("bins", () => {
  it("hold rows in the order of their values, at most 256 of them, and tell all values apart where they can", () => {
    const values = fc.array(
      fc.oneof(
        fc.float({ noNaN: true, noDefaultInfinity: true }),
        fc.constant(NaN),
        fc.integer({ min: -3, max: 3 }),
      ),
      { minLength: 1, maxLength: 700 },
    );
    fc.assert(
      fc.property(values, (list) => {
        const column = Float32Array.from(list);
        const bins = new Uint8Array(column.length);
        const cuts = binColumn(column, bins);
        const present = new Set(column.filter((v) => !Number.isNaN(v)).map((v) => v + 0));
        const anyMissing = column.some((v) => Number.isNaN(v));
        expect(cuts.length).toBeLessThan(anyMissing ? 255 : 256);
        if (present.size <= (anyMissing ? 255 : 256))
          expect(cuts.length).toBe(Math.max(0, present.size - 1));
        for (let i = 1; i < cuts.length; i++) expect(cuts[i]!).toBeGreaterThan(cuts[i - 1]!);
        column.forEach((value, row) => {
          if (Number.isNaN(value)) expect(bins[row]).toBe(255);
          else expect(bins[row]).toBe(cuts.filter((cut) => cut <= value).length);
        });
      }),
      { numRuns: 60 },
    );
  });

  it("share the rows equally where values are many", () => {
    const column = Float32Array.from(bells(key(1), 10_000));
    const bins = new Uint8Array(column.length);
    binColumn(column, bins);
    const counts = new Int32Array(256);
    for (const bin of bins) counts[bin]! += 1;
    expect(Math.min(...counts)).toBeGreaterThan(35);
    expect(Math.max(...counts)).toBeLessThan(45);
  });
});

function factorial(n: number): number {
  return n < 2 ? 1 : n * factorial(n - 1);
}

/** Shapley values by their definition: every order of the features, expectations by cover. */
function bruteForce(tree: Tree, row: Float64Array): Float64Array {
  const k = row.length;
  const expect = (node: number, known: number): number => {
    const left = tree.left[node]!;
    if (left < 0) return tree.value[node]!;
    const right = tree.right[node]!;
    const feature = tree.feature[node]!;
    if (known & (1 << feature)) {
      const goesLeft = Number.isNaN(row[feature])
        ? tree.missingLeft[node] === 1
        : Math.fround(row[feature]!) < tree.threshold[node]!;
      return expect(goesLeft ? left : right, known);
    }
    const [l, r] = [tree.cover[left]!, tree.cover[right]!];
    return (l * expect(left, known) + r * expect(right, known)) / (l + r);
  };
  const out = new Float64Array(k);
  for (let known = 0; known < 1 << k; known++) {
    const size = known.toString(2).replaceAll("0", "").length;
    for (let j = 0; j < k; j++) {
      if (known & (1 << j)) continue;
      const weight = (factorial(size) * factorial(k - size - 1)) / factorial(k);
      out[j]! += weight * (expect(0, known | (1 << j)) - expect(0, known));
    }
  }
  return out;
}

describe("Shapley values", () => {
  it("are those of the definition, and add up to the score", async () => {
    const names = ["a", "b", "c", "d", "e"];
    const rows = madeTable({ n: 300, names, task: NUMBER, key: key(12) });
    const fitted = await gbt.fit(
      rows,
      { n_estimators: 5, max_depth: 6, min_child_weight: 1, learning_rate: 0.5 },
      key(1),
    );
    const ensemble = readXgboost(fitted.exchange()!.bytes);
    const some = rows.features.subarray(0, 20 * 5);
    const shap = treeShap(ensemble, some);
    const raw = scorer(ensemble)(some);
    for (let i = 0; i < 20; i++) {
      const row = some.subarray(5 * i, 5 * i + 5);
      const exact = new Float64Array(5);
      for (const tree of ensemble.trees) bruteForce(tree, row).forEach((v, j) => (exact[j]! += v));
      const own = shap.subarray(6 * i, 6 * i + 6);
      expect(gap(own.subarray(0, 5), exact)).toBeLessThan(1e-10);
      expect(own.reduce((sum, value) => sum + value, 0)).toBeCloseTo(raw[i]!, 10);
    }
  });
});

describe("leaves", () => {
  it("are found by float32 thresholds, as XGBoost compares", () => {
    const third = Math.fround(1 / 3);
    const tree: Tree = {
      feature: Int32Array.of(0, 0, 0),
      threshold: Float32Array.of(third, 0, 0),
      left: Int32Array.of(1, -1, -1),
      right: Int32Array.of(2, -1, -1),
      missingLeft: Uint8Array.of(1, 0, 0),
      value: Float32Array.of(0, -1, 1),
      gain: new Float32Array(3),
      cover: new Float32Array(3),
    };
    // 1/3 as a double lies below its float32, but is that float32 once rounded.
    expect(1 / 3).toBeLessThan(third);
    expect(leafOf(tree, Float64Array.of(1 / 3), 0)).toBe(2);
    expect(leafOf(tree, Float64Array.of(0.33), 0)).toBe(1);
    expect(leafOf(tree, Float64Array.of(NaN), 0)).toBe(1);
  });
});
