import { describe, expect, it } from "vitest";
import { key, toNumber, uniforms } from "#core";
import { defineModel, fitScaler, type Samples, samples, scale, takeRows, writeState } from "#learn";
import { auditForecast, auditModel, type Forecast } from "#run";
import { z } from "zod";

const N = 240;
const HORIZON = 5;

/** Two features with a trend, so that a scaler of all rows differs from one of the first, and a noisy label. */
const rows: Samples = (() => {
  const draws = uniforms(key(1).fold("rows"), 2 * N);
  const features = draws.map((u, i) => u + i / N);
  const target = Float64Array.from({ length: N }, (_, t) => (draws[2 * t]! > 0.5 ? 1 : 0));
  return samples({
    features,
    steps: 1,
    names: ["a", "b"],
    target,
    task: { kind: "classes", classes: ["no", "yes"] },
    times: Int32Array.from({ length: N }, (_, t) => toNumber("2020-01-02") + t),
    horizon: HORIZON,
  });
})();

const range = (n: number) => Int32Array.from({ length: n }, (_, i) => i);
const cuts = [120, 133, 170, 205, N - 2];
const audit = (forecast: Forecast) => auditForecast("planted", rows, forecast, cuts);

/** The share of "yes" among the labels before each row that `lag` sessions have passed since. */
function hitRate(lag: number): Forecast {
  return async ({ target }) =>
    target.map((_, row) => {
      const known = target.subarray(0, Math.max(row + 1 - lag, 0));
      return known.reduce((sum, y) => sum + y, 0) / known.length;
    });
}

describe("a way to forecast is caught", () => {
  it("with a scaler fitted on the full sample", async () => {
    const { leak } = await audit(async (all) => scale(fitScaler(all), all));
    expect(leak).toMatchObject({ how: "prefix", cut: rows.times[120], day: rows.times[0] });
  });

  it("using labels before their horizon has passed", async () => {
    expect((await audit(hitRate(1))).leak).not.toBeNull();
    expect((await audit(hitRate(HORIZON - 1))).leak).not.toBeNull();
  });

  it("choosing a threshold afterwards", async () => {
    const { leak } = await audit(async (all) => {
      const top = Math.max(...all.features);
      return all.target.map((_, row) => (all.features[2 * row]! > top / 2 ? 1 : 0));
    });
    expect(leak).not.toBeNull();
  });

  it("and not with a scaler of the training rows, or labels that are known", async () => {
    const { leak } = await audit(async (all) => scale(fitScaler(takeRows(all, range(100))), all));
    expect(leak).toBeNull();
    expect((await audit(hitRate(HORIZON))).leak).toBeNull();
  });
});

/** Says how the first feature of each row stands to what `center` makes of the rows it is asked about. */
function model(center: (rows: Samples, trained: number) => number, peek = false) {
  const core = (trained: number) => ({
    predict: (asked: Samples) =>
      Float64Array.from({ length: 2 * asked.times.length }, (_, i) => {
        const odds = asked.features[i - (i % 2)]! - center(asked, trained);
        const yes = 1 / (1 + Math.exp(-odds));
        return i % 2 ? yes : 1 - yes;
      }),
    state: () => writeState({}),
  });
  return defineModel({
    name: "planted",
    describe: "planted",
    tasks: ["classes"],
    input: "table",
    params: z.strictObject({}),
    train: ({ features }) =>
      core(peek ? new Float64Array(features.buffer).at(-1)! : features.at(-1)!),
    restore: () => core(0),
  });
}

describe("a model is caught", () => {
  const options = { params: {}, key: key(1), trained: 100 };

  it("normalising by the rows it is asked about", async () => {
    const batch = model((asked) => fitScaler(asked).mean[0]!);
    expect((await auditModel(batch, rows, options)).leak).not.toBeNull();
  });

  it("reading behind its training rows", async () => {
    const beyond = model((_, trained) => trained, true);
    expect((await auditModel(beyond, rows, options)).leak).not.toBeNull();
  });

  it("and not when each row is forecast alone", async () => {
    const honest = model((_, trained) => trained);
    expect((await auditModel(honest, rows, options)).leak).toBeNull();
  });
});
