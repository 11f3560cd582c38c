import { describe, expect, it } from "vitest";
import { VolterraError, bits, key } from "#core";
import { type Fitted, type Model, type Samples, samples } from "#learn";
import attentionLstm from "../../catalog/models/attention-lstm.ts";
import lstm from "../../catalog/models/lstm.ts";
import mlp from "../../catalog/models/mlp.ts";

const uniform = (seed: number, n: number): Float64Array =>
  Float64Array.from(bits(key(seed), n), (word) => word / 2 ** 31 - 1);

/** Sequences whose class is the sign of a sum over all steps: no single day gives it away. */
function sequences(n: number, seed: number): Samples {
  const steps = 6;
  const features = uniform(seed, n * steps * 2);
  const target = new Float64Array(n);
  for (let row = 0; row < n; row++) {
    let sum = 0;
    for (let t = 0; t < steps; t++) sum += features[(row * steps + t) * 2]!;
    target[row] = sum > 0 ? 1 : 0;
  }
  return samples({
    features,
    steps,
    names: ["a", "b"],
    target,
    task: { kind: "classes", classes: ["down", "up"] },
    times: Int32Array.from({ length: n }, (_, i) => 12_000 + i),
    horizon: 1,
  });
}

/** y = 40 + 10·|x₀| + noise. */
function table(n: number, seed: number): Samples {
  const features = uniform(seed, 3 * n);
  const noise = uniform(seed + 1, n);
  return samples({
    features: features.map((x, i) => (i % 3 === 1 ? 1000 + x : x)),
    steps: 1,
    names: ["x", "big", "idle"],
    target: Float64Array.from(noise, (e, i) => 40 + 10 * Math.abs(features[3 * i]!) + 2 * e),
    task: { kind: "number" },
    times: Int32Array.from({ length: n }, (_, i) => 12_000 + i),
    horizon: 0,
  });
}

function accuracyOf(fitted: Fitted, rows: Samples): number {
  const { values } = fitted.predict(rows);
  let right = 0;
  for (let i = 0; i < rows.target.length; i++) {
    right += (values[2 * i + 1]! > 0.5 ? 1 : 0) === rows.target[i] ? 1 : 0;
  }
  return right / rows.target.length;
}

const SMALL = { hidden: 12, epochs: 40, learning_rate: 0.01, patience: 0 };

function firstLoss(fitted: Fitted): number {
  return (fitted.training["validationLoss"] as readonly number[])[0]!;
}

describe("net models", () => {
  it.each([
    ["lstm", lstm, { ...SMALL, head: [8], head_dropout: [0], dropout: 0 }],
    ["attention-lstm", attentionLstm, { ...SMALL, head: [8], dropout: 0 }],
  ] as [string, Model, object][])(
    "%s learns what only a sequence tells",
    async (_, model, params) => {
      const fitted = await model.fit(sequences(600, 1), params, key(4));
      expect(accuracyOf(fitted, sequences(400, 90))).toBeGreaterThan(0.9);
      const losses = fitted.training["trainingLoss"] as readonly number[];
      expect(losses.at(-1)!).toBeLessThan(losses[0]! / 2);
    },
  );

  it.each([1, 2, 3])("gives the same bytes on %d threads", async (threads) => {
    const params = { hidden: 10, epochs: 2, dropout: 0.3, class_weights: "balanced", batch: 40 };
    const rows = sequences(150, 2);
    const one = await attentionLstm.fit(rows, params, key(9));
    const many = await attentionLstm.fit(rows, params, key(9), { threads });
    expect(many.save()).toEqual(one.save());
    const other = await attentionLstm.fit(rows, params, key(10));
    expect(other.save()).not.toEqual(one.save());
  });

  it("predicts a number in its own unit, and a quantile", async () => {
    const params = { hidden: [16], activation: "gelu", layer_norm: true, dropout: 0, epochs: 60 };
    const [rows, fresh] = [table(500, 5), table(300, 50)];
    const middle = await mlp.fit(rows, { ...params, learning_rate: 0.01 }, key(1));
    const high = await mlp.fit(
      rows,
      { ...params, learning_rate: 0.01, loss: { quantile: 0.9 }, schedule: "cosine" },
      key(1),
    );
    const errors = middle.predict(fresh).values.map((y, i) => (y - fresh.target[i]!) ** 2);
    // The noise has a standard deviation of 2/√3; half a unit above that is learned well.
    expect(Math.sqrt(errors.reduce((a, b) => a + b) / errors.length)).toBeLessThan(1.65);
    const above = high.predict(fresh).values;
    const share = above.filter((y, i) => fresh.target[i]! <= y).length / above.length;
    expect(Math.abs(share - 0.9)).toBeLessThan(0.07);
  });

  it("one output and a binary loss do what two outputs do", async () => {
    const params = { ...SMALL, head: [8], dropout: 0, loss: "binary" };
    const fitted = await attentionLstm.fit(sequences(600, 1), params, key(4));
    expect(accuracyOf(fitted, sequences(400, 90))).toBeGreaterThan(0.9);
  });

  it("survives save and load, row by row or all at once", async () => {
    const rows = sequences(120, 3);
    const fitted = await lstm.fit(rows, { hidden: 10, epochs: 2, head: [5] }, key(2));
    const loaded = lstm.load(fitted.save());
    const all = fitted.predict(rows).values;
    expect(loaded.predict(rows).values).toEqual(all);
    expect(loaded.save()).toEqual(fitted.save());
    const single = (row: number): Samples =>
      samples({
        ...rows,
        features: rows.features.slice(row * 12, (row + 1) * 12),
        target: rows.target.slice(row, row + 1),
        times: rows.times.slice(row, row + 1),
      });
    for (const row of [0, 17, 119]) {
      expect(fitted.predict(single(row)).values).toEqual(all.slice(2 * row, 2 * row + 2));
    }
  });

  it("goes on from a model it is given, and keeps the best epoch", async () => {
    const params = { hidden: 10, dropout: 0, head: [6], epochs: 25, learning_rate: 0.01 };
    const rows = sequences(500, 6);
    const first = await attentionLstm.fit(rows, params, key(1));
    const again = await attentionLstm.fit(rows, { ...params, epochs: 1 }, key(2), { start: first });
    const cold = await attentionLstm.fit(rows, { ...params, epochs: 1 }, key(2));
    expect(firstLoss(again)).toBeLessThan(firstLoss(cold));
    const losses = first.training["validationLoss"] as readonly number[];
    expect(first.training["bestEpoch"]).toBe(losses.indexOf(Math.min(...losses)) + 1);
  });

  it("stops early", async () => {
    const noise = sequences(200, 7);
    const target = Float64Array.from(uniform(8, 200), (x) => (x > 0 ? 1 : 0));
    const params = { hidden: 32, epochs: 200, learning_rate: 0.02, patience: 5, dropout: 0 };
    const fitted = await attentionLstm.fit(samples({ ...noise, target }), params, key(3));
    const losses = fitted.training["validationLoss"] as readonly number[];
    expect(losses.length).toBeLessThan(100);
    expect(losses.length).toBe(Number(fitted.training["bestEpoch"]) + 5);
  });
});

/** The error of work that must fail with one. */
async function say(work: Promise<unknown>): Promise<VolterraError> {
  const error = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(VolterraError);
  return error as VolterraError;
}

describe("net models refuse", () => {
  it("to hide that a training diverged", async () => {
    const params = { hidden: [8], learning_rate: 1e30, clip: 0, dropout: 0, epochs: 20 };
    const error = await say(mlp.fit(table(100, 1), params, key(1)));
    expect(error.code).toBe("MODEL");
    expect(error.message).toMatch(
      /diverged: loss (NaN|Infinity) in (epoch \d+, batch|the validation)/,
    );
  });

  it("a loss that does not fit the target", async () => {
    const wrong = await say(mlp.fit(table(100, 1), { loss: "binary" }, key(1)));
    expect(wrong.message).toContain('"binary" does not fit a target of numbers');
    const number = await say(lstm.fit(sequences(100, 1), { loss: "squared" }, key(1)));
    expect(number.message).toContain("2 classes");
  });

  it("to go on from a model of another shape", async () => {
    const rows = sequences(100, 1);
    const start = await attentionLstm.fit(rows, { hidden: 6, epochs: 1 }, key(1));
    const error = await say(attentionLstm.fit(rows, { hidden: 7, epochs: 1 }, key(1), { start }));
    expect(error.message).toContain("24 x 2, not 28 x 2");
  });
});
