import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { calendar, toNumber } from "#core";
import { takeFeatures } from "#features";
import { lastSteps, readSafetensors, samples, takeRows } from "#learn";
import { memorySnapshot, openMarket, simulateMarket } from "#market";
import gbt from "../../catalog/models/gbt.ts";
import direction from "../../catalog/targets/direction.ts";
import { openCatalog } from "../../src/run/catalog.ts";
import { codeVersion } from "../../src/run/code-version.ts";
import { buildRows } from "../../src/run/forecast-data.ts";
import { makeFolds } from "../../src/run/forecast-folds.ts";
import { keepFits, type KeptFits } from "../../src/run/forecast-kept.ts";
import { modelFiles } from "../../src/run/forecast-models.ts";
import { resolveForecast } from "../../src/run/forecast-spec.ts";
import { runForecastStudy } from "../../src/run/forecast-study.ts";
import { storeVersion, versionResults } from "../../src/run/forecast-versions.ts";
import { openLedger } from "../../src/run/ledger.ts";
import { readStudy } from "../../src/run/study.ts";
import { openWorkbench } from "../../src/run/workbench.ts";
import { forecastComparison, forecastText, renderForecast } from "#report";

const STUDY = "studies/vix-direction.yaml";
const folder = () => mkdtempSync(path.join(tmpdir(), "volterra-direction-"));
const market = openMarket(
  memorySnapshot(simulateMarket({ seed: 5, from: "2006-01-03", to: "2012-12-31" }), true),
);
const catalog = openCatalog(["test/studies/lab"]);

/** A study small enough for a test: one small layer, two epochs, two folds of a year and a half. */
const SMALL = [
  "data.source=simulated",
  "window={start: 2006-01-03, end: 2012-12-31}",
  "seeds=[0, 1]",
  "model.params={hidden: 4, layers: 1, epochs: 2}",
  "split={kind: disjoint, from: 2010-01-04, folds: 2}",
  "baselines.trees.params.n_estimators=20",
  "bootstrap.resamples=100",
];

function specOf(preset: string, ...overrides: string[]) {
  return resolveForecast(readStudy(STUDY, [`preset=${preset}`, ...overrides]));
}

async function run(overrides: readonly string[], threads = 1, root = folder(), kept?: KeptFits) {
  const spec = specOf("development", ...SMALL, ...overrides);
  const ledger = openLedger(root, "test");
  const evaluation = await runForecastStudy({
    spec,
    market: await market,
    catalog,
    ledger,
    threads,
    ...(kept && { kept }),
  });
  return { spec, ledger, root, evaluation };
}

describe("the label", () => {
  const close = Float64Array.of(100, 99, 99.5, 110, 109, 109);
  const label = (late: number) =>
    Array.from(
      direction.compute({ of: close }, { ...direction.params, late }, new Int32Array(close.length)),
    );

  it("is the class of the next change, borders down", () => {
    expect(label(0)).toEqual([0, 1, 2, 1, 1, NaN]);
    expect(direction.horizon({ ...direction.params, late: 0 })).toBe(1);
  });

  it("is one session too late where the original's is", () => {
    expect(label(1)).toEqual([1, 2, 1, 1, NaN, NaN]);
    expect(direction.horizon({ ...direction.params, late: 1 })).toBe(2);
  });
});

describe("the splitters", () => {
  const end = toNumber("2024-06-28");
  const sessions = calendar("nyse").sessions.filter((d) => d >= toNumber("2000-01-03") && d <= end);
  const rows = samples({
    features: new Float64Array(sessions.length * 5),
    steps: 5,
    names: ["x"],
    target: new Float64Array(sessions.length),
    task: { kind: "classes", classes: ["Down", "Neutral", "Up"] },
    times: sessions,
    horizon: 1,
  });
  const total = (days: number, windows: number) =>
    makeFolds(rows, { kind: "overlapping", days, windows });

  it("has as many sequences as the original published", () => {
    const tested = (days: number, windows: number) =>
      total(days, windows).map(({ test }) => test.length);
    // The confusion matrices of its repository: 39 forecasts in three folds, 160 in five.
    expect(tested(180, 3)).toEqual([13, 13, 13]);
    expect(tested(365, 5)).toEqual([32, 32, 32, 32, 32]);
    // 37.5 % is three of eight.
    expect(tested(90, 2).reduce((a, b) => a + b)).toBe(8);
    // "141 training sequences" in a year.
    expect(Math.abs(total(365, 5)[0]!.train.length - 141)).toBeLessThanOrEqual(1);
  });

  it("overlaps as the original, and never trains on a later row than it tests", () => {
    const folds = total(365, 5);
    for (const { train, test } of folds) expect(train.at(-1)!).toBeLessThan(test[0]! - 4);
    const days = folds.flatMap(({ test }) => Array.from(test));
    expect(new Set(days).size).toBeLessThan(days.length);
  });

  it("tests each day from the first on once, trained on all labels that end before", () => {
    const folds = makeFolds(rows, { kind: "disjoint", from: "2010-01-04", folds: 3 });
    expect(folds.length).toBe(3);
    const days = folds.flatMap(({ test }) => Array.from(test, (row) => rows.times[row]!));
    expect(days).toEqual(Array.from(sessions.filter((d) => d >= toNumber("2010-01-04"))));
    for (const { train, test } of folds) {
      expect(train[0]).toBe(0);
      expect(train.at(-1)).toBe(test[0]! - 2);
    }
  });

  it("says how many rows are too few", () => {
    const late = { kind: "disjoint" as const, from: "2024-06-28", folds: 3 };
    expect(() => makeFolds(rows, late)).toThrow(/1 rows from 2024-06-28 on are too few/);
    expect(() => total(30, 2)).toThrow(/too few for a window of 40/);
  });
});

describe("the study on the simulated market", async () => {
  const root = folder();
  const first = await run([], 1, root);
  const { result } = first.evaluation;

  it("measures the network and every trivial baseline on the same days", () => {
    const names = [
      "model",
      "class-prior",
      "majority",
      "above-20-day-mean",
      "persistence",
      "sign-of-yesterday",
      "logistic",
      "trees",
    ];
    expect(Object.keys(result.evaluation.scores)).toEqual(names);
    expect(result.entries[0]!.seeds.accuracy!.each.map(({ seed }) => seed)).toEqual([0, 1]);
    expect(result.days).toBe(result.rows);
    expect(result.folds.map(({ test }) => test.rows).reduce((a, b) => a + b)).toBe(result.rows);
    const named = result.confusion.flat().reduce((a, b) => a + b);
    expect(named).toBe(result.rows);
    expect(result.evaluation.scores["class-prior"]!.balancedAccuracy!.estimate).toBeCloseTo(1 / 3);
    expect(result.trials).toBe(2);
  });

  it("gives the same on two threads, and counts no trial twice", async () => {
    const again = await run([], 2, root);
    expect(again.evaluation.result).toEqual(result);
    expect(again.evaluation.bySeed).toEqual(first.evaluation.bySeed);
    const results = again.ledger.entries().filter(({ kind }) => kind === "result");
    expect(results).toHaveLength(2);
    const origin = { snapshot: result.snapshot, code: codeVersion() };
    for (const entry of results) expect(entry).toMatchObject(origin);
  });

  it("gives the last models as files of its own, of PyTorch and of XGBoost", async () => {
    const { models, asOf, forecasts, pooled } = first.evaluation;
    const files = modelFiles(models, asOf);
    expect(Object.keys(files).filter((name) => /model|trees/.test(path.basename(name)))).toEqual([
      "models/model-0.volterra",
      "models/model-0.safetensors",
      "models/model-1.volterra",
      "models/model-1.safetensors",
      "models/trees-0.volterra",
      "models/trees-0.xgboost.json",
    ]);
    expect(asOf < result.folds[1]!.test.start && asOf >= result.folds[0]!.test.end).toBe(true);
    const bytes = (name: string) => files[`models/${name}`] as Uint8Array;
    expect(readSafetensors(bytes("model-1.safetensors"))).toHaveProperty([
      "tensors",
      "scaler.mean",
    ]);
    // What is loaded forecasts the last fold as the run did.
    const rows = await buildRows(openWorkbench(await market, catalog), first.spec);
    const last = makeFolds(rows, first.spec.split)[1]!.test;
    const own = lastSteps(takeFeatures(rows, Object.keys(first.spec.features)));
    const loaded = gbt.load(bytes("trees-0.volterra")).predict(takeRows(own, last));
    expect(loaded.values).toEqual(forecasts.trees!.values.slice(-last.length * 3));
    expect(pooled.times.at(-1)).toBe(rows.times[last.at(-1)!]);
    for (const cut of [5, 60, bytes("trees-0.volterra").length - 1]) {
      expect(() => gbt.load(bytes("trees-0.volterra").slice(0, cut))).toThrow(
        /not a readable model file/,
      );
    }
  });

  it("goes on where it was interrupted, with the same result", async () => {
    const dir = folder();
    let written = 0;
    const counting = (stopAt: number): KeptFits => {
      const kept = keepFits(dir);
      return {
        read: kept.read,
        async write(chain, fits) {
          if (written === stopAt) throw new Error("power cut");
          written++;
          await kept.write(chain, fits);
        },
      };
    };
    await expect(run([], 1, folder(), counting(4))).rejects.toThrow("power cut");
    expect(written).toBe(4);
    const resumed = await run([], 1, folder(), counting(Infinity));
    // Two seeds of the model and seven baselines.
    expect(written).toBe(9);
    expect(resumed.evaluation).toEqual(first.evaluation);
    await run([], 1, folder(), counting(9));
    expect(written).toBe(9);
    writeFileSync(path.join(dir, "logistic-0.fits"), "damaged");
    const repaired = await run([], 1, folder(), counting(10));
    expect(written).toBe(10);
    expect(repaired.evaluation).toEqual(first.evaluation);
  });

  it("numbers distinct contents of a configuration, in the original's fields", async () => {
    const results = folder();
    const one = versionResults(results, first.spec, first.evaluation);
    await storeVersion(one);
    expect(one.version).toBe(1);
    expect(versionResults(results, first.spec, first.evaluation).version).toBe(1);
    const other = await run(["model.params.epochs=1"]);
    const two = versionResults(results, other.spec, other.evaluation);
    await storeVersion(two);
    expect(two.version).toBe(2);
    const files = readdirSync(one.dir).filter((name) => name.endsWith(".json"));
    expect(files.toSorted()).toEqual(
      ["complete_pipeline", "lstm_training", "pipeline_config"].flatMap((kind) => [
        `${kind}_development_v1.json`,
        `${kind}_development_v2.json`,
      ]),
    );
    const read = (name: string) =>
      JSON.parse(readFileSync(path.join(one.dir, name), "utf8")) as Record<string, object>;
    const training = read("lstm_training_development_v1.json");
    for (const key of ["config", "summary", "fold_results", "avg_class_weights", "config_name"]) {
      expect(training).toHaveProperty(key);
    }
    expect(Object.keys(training.summary!)).toEqual([
      "success",
      "avg_accuracy",
      "std_accuracy",
      "improvement_over_random",
      "individual_accuracies",
    ]);
    const complete = read("complete_pipeline_development_v1.json");
    expect(Object.keys(complete)).toEqual([
      "config",
      "pipeline_summary",
      "windows",
      "lstm_training",
      "config_used",
      "version",
      "timestamp",
    ]);
  });

  it("draws and prints what it found, and compares configurations", () => {
    const shown = { ...result, run: "run", code: "code", version: 1 };
    const files = renderForecast(shown);
    expect(files["report.html"]).toContain("SIMULATED");
    expect(files["lstm_training_development_v1.png"]).toBeInstanceOf(Uint8Array);
    expect(forecastText(shown)).toContain("sign-of-yesterday");
    const { columns, rows } = forecastComparison([shown, { ...shown, config: "light_model" }]);
    expect(rows.map((row) => row.length)).toEqual([columns.length, columns.length]);
  });

  it("tells of a seed that diverges and leaves it out of the mean", async () => {
    const flaky = ["model.name=flaky", "model.params.share=0.15", "seeds=[0, 1, 2, 3]"];
    const { evaluation } = await run(flaky);
    const { failed, entries } = evaluation.result;
    expect(failed.length).toBeGreaterThan(0);
    expect(failed.length).toBeLessThan(4);
    expect(failed[0]!.why).toMatch(/^fold \d: the loss is NaN/);
    expect(entries[0]!.seeds.accuracy!.each.length).toBe(4 - failed.length);
    await expect(run([...flaky, "model.params.share=1"])).rejects.toMatchObject({
      code: "MODEL",
      message: expect.stringMatching(/^model, seed 0, as under all 4 seeds: fold 1: /),
    });
  });
});

function fails(overrides: readonly string[]) {
  return expect(run(overrides)).rejects;
}

describe("bad input", () => {
  it("names a column that is not there, and suggests parameters", async () => {
    expect(() => specOf("development", "baselines.persistence.features=[vix-chnge]")).toThrow(
      /persistence reads "vix-chnge"/,
    );
    expect(() => specOf("development", "features.vix-change=vix.close")).toThrow(/Rename|column/);
    expect(() => specOf("development", "reference=prior")).toThrow(/not one of the baselines/);
    await fails(["baselines.trees.params.attention=true"]).toMatchObject({
      code: "SPEC",
      message: expect.stringContaining("attention"),
    });
  });

  it("refuses a target among the features, and a feature as a target", async () => {
    await fails(["features.cheat=direction"]).toMatchObject({ code: "LOOK_AHEAD" });
    await fails(["target=rolling-mean"]).toMatchObject({ code: "SPEC" });
  });

  it("refuses a constant feature, an absent class and a window without rows before it trains", async () => {
    await fails(["features.flat=difference(a=vix.close, b=vix.close)"]).toMatchObject({
      code: "MODEL",
      message: expect.stringContaining('"flat"'),
    });
    const never = "target=direction(of=vix.close, low=-0.9, high=0.01)";
    await fails([never]).toMatchObject({
      code: "MODEL",
      message: expect.stringMatching(/fold 1, test from 2010-01-04: class "Down"/),
    });
    await fails(["window={start: 2006-01-03, end: 2006-01-20}"]).toMatchObject({
      code: "EMPTY_WINDOW",
    });
  });
});
