import { describe, expect, it } from "vitest";
import { type Key, VolterraError, key } from "#core";
import {
  type Fitted,
  type Model,
  type Samples,
  load,
  outputs,
  samples,
  takeRows,
  windows,
} from "#learn";
import { NUMBER, classTask, madeTable } from "./made-rows.ts";

/** Steps of the sequences that are made for models that read them. */
const STEPS = 24;

export interface ContractOptions {
  /** Parameters under which the model trains in a moment. */
  readonly params?: object;
  /** Rows the model can read; made to its `input` unless given. */
  readonly rows?: Samples;
}

/** Rows that a model of this kind can learn from. */
function rowsFor(model: Model, source: Key): Samples {
  const task = model.tasks.includes("classes") ? classTask("down", "flat", "up") : NUMBER;
  const names = model.input === "table" ? ["a", "b", "c", "d"] : ["gate-score"];
  const horizon = 1;
  if (model.input !== "sequence") return madeTable({ n: 150, names, task, key: source, horizon });
  const table = madeTable({ n: 150 + STEPS, names, task, key: source, horizon });
  return windows(table, STEPS);
}

function bytes(fitted: Fitted): string {
  return Buffer.from(fitted.save()).toString("base64");
}

function changed(given: Samples, at: number, value: number): Samples {
  return samples({ ...given, features: given.features.with(at, value) });
}

/**
 * What every model owes: equal for equal keys whatever the number of threads, the same after save and load, blind to
 * rows it was not given, valid outputs row by row, and clear refusals.
 */
export function modelContract(model: Model, options: ContractOptions = {}): void {
  const { params = {} } = options;
  const rows = options.rows ?? rowsFor(model, key(77));
  const half = Array.from({ length: 100 }, (_, row) => row);
  const train = takeRows(rows, half);
  const later = takeRows(rows, Array.from(rows.times.keys()).slice(100));
  const fit = (given: Samples, threads = 1): Promise<Fitted> =>
    model.fit(given, params, key(5), { threads });

  describe(`model ${model.name}`, () => {
    it("is equal for equal keys, whatever the number of threads", async () => {
      const files = [bytes(await fit(train)), bytes(await fit(train)), bytes(await fit(train, 2))];
      expect(files[1]).toBe(files[0]);
      expect(files[2]).toBe(files[0]);
    });

    it("predicts the same after save and load", async () => {
      const fitted = await fit(train);
      const read = load(fitted.save(), [model]);
      expect(read.predict(later)).toEqual(fitted.predict(later));
      expect(read.names).toEqual(fitted.names);
      expect(read.training).toEqual(fitted.training);
      expect(bytes(read)).toBe(bytes(fitted));
    });

    it("ignores rows it was not given", async () => {
      const width = rows.steps * rows.names.length;
      const poisoned = samples({
        ...rows,
        features: rows.features.map((x, at) => (at < 100 * width ? x : 1e6)),
        target: rows.target.map((y, row) => (row < 100 ? y : 0)),
      });
      expect(bytes(await fit(takeRows(poisoned, half)))).toBe(bytes(await fit(train)));
    });

    it("gives one number, or probabilities that sum to one, for each row on its own", async () => {
      const fitted = await fit(train);
      const { values } = fitted.predict(later);
      const width = outputs(later.task);
      expect(values.length).toBe(later.times.length * width);
      expect(values.every(Number.isFinite)).toBe(true);
      if (width > 1) {
        for (let at = 0; at < values.length; at += width) {
          const shares = values.subarray(at, at + width);
          expect(shares.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 6);
          expect(Math.min(...shares)).toBeGreaterThanOrEqual(0);
        }
      }
      const alone = fitted.predict(takeRows(later, [7])).values;
      alone.forEach((value, c) => expect(value).toBeCloseTo(values[7 * width + c]!, 6));
    });

    it("does not write to the rows it is given", async () => {
      const before = [rows.features.slice(), rows.target.slice()];
      const fitted = await fit(rows);
      fitted.predict(rows);
      expect([rows.features, rows.target]).toEqual(before);
    });

    it("refuses NaN and infinity, naming row, day and column", async () => {
      const at = 3 * rows.steps * rows.names.length;
      const fitted = await fit(train);
      for (const value of [NaN, Infinity]) {
        const wanted = new RegExp(`feature "${rows.names[0]}" is ${value} in row 3 \\(2010-`);
        await expect(fit(changed(train, at, value))).rejects.toThrow(wanted);
        expect(() => fitted.predict(changed(later, at, value))).toThrow(wanted);
      }
    });

    it("refuses other features than those it was trained on", async () => {
      const fitted = await fit(train);
      const renamed = samples({ ...later, names: rows.names.with(rows.names.length - 1, "other") });
      expect(() => fitted.predict(renamed)).toThrow(/is "other", and model .* was trained on/);
      if (rows.names.length > 1) {
        const turned = samples({ ...later, names: rows.names.toReversed() });
        expect(() => fitted.predict(turned)).toThrow(VolterraError);
      }
    });

    it("refuses no rows, an unknown target and a misspelt parameter", async () => {
      await expect(fit(takeRows(train, []))).rejects.toThrow(/training rows and was given 0/);
      const blank = samples({ ...train, target: train.target.with(4, NaN) });
      await expect(fit(blank)).rejects.toThrow(/target is NaN in row 4 \(2010-/);
      await expect(model.fit(train, { ...params, learnin_rate: 1 }, key(1))).rejects.toThrow(
        VolterraError,
      );
    });

    it("refuses a file cut short, changed or of another version", async () => {
      const file = (await fit(train)).save();
      expect(() => model.load(file.slice(0, -1))).toThrow(/cut short/);
      expect(() => model.load(file.slice(0, 40))).toThrow(/cut short/);
      const text = Buffer.from(file).toString("latin1").replace('"version":1', '"version":2');
      expect(() => model.load(Buffer.from(text, "latin1"))).toThrow(/version 2, not 1/);
    });
  });
}
