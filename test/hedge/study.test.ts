import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { key, silent, uniforms } from "#core";
import { adaptLambda, compare, drawStarts, tercilesOf, windowPaths, windowStarts } from "#hedge";
import { normals } from "#num";
import {
  chooseLambda,
  executeHedging,
  openCatalog,
  openLedger,
  readStudy,
  resolveHedging,
} from "#run";
import { chosenLambdas, listSelection } from "../../src/run/hedging-selection.ts";

const STUDY = "studies/hedging.yaml";
const resolve = (...overrides: string[]) => resolveHedging(readStudy(STUDY, overrides));

describe("the study file", () => {
  it("resolves under every preset", () => {
    const study = readStudy(STUDY);
    for (const preset of study.presets) expect(resolveHedging(study, preset).preset).toBe(preset);
    expect(resolve().arms.synthetic!.environments.length).toBeGreaterThanOrEqual(6);
  });

  it.each([
    [["lambdaGrid=[0.1,1]"], /must hold 0|lambdaGrid/],
    [["paths=100"], /100 episodes leave 5 in a tail/],
    [["seeds=[0,1001]"], /seed 1001 chose λ and is reported/],
    [["training.updatez=1"], /unknown key "training.updatez"/],
    [["run=[synthetik]"], /no arm "synthetik"/],
    [["training.batch=30"], /30 paths of an environment in a batch/],
    [["training.pool=300"], /300 paths are not a multiple of the batch's 256/],
  ])("refuses %j", (overrides, message) => {
    expect(() => resolve(...overrides)).toThrow(message);
  });
});

describe("the document's name of the trade warning", () => {
  it("counts where it is given", () => {
    expect(resolve().maxTradeWarningFactor).toBe(1.2);
    expect(resolve("train.max_trade_warning_factor=3").maxTradeWarningFactor).toBe(3);
  });
});

const tried = (method: string, lambda: number, heldOut: number) => ({
  arm: "synthetic",
  method,
  lambda,
  seed: 1001,
  inDomain: lambda,
  heldOut,
  oracle: -lambda,
});

describe("the trials that choose λ", () => {
  const spec = resolve("methods=[erm,v-rex,irm-v1]", "lambdaGrid=[0,1,10]");

  it("are every penalised method at every λ; without a penalty all are ERM", async () => {
    const trials = await listSelection(spec, "synthetic", openCatalog([]));
    const first = trials.filter(({ seed }) => seed === spec.selectionSeeds[0]);
    expect(first.map(({ method, lambda }) => `${method} ${lambda}`)).toEqual([
      "pretrain 0",
      "erm 0",
      "v-rex 1",
      "v-rex 10",
      "irm-v1 1",
      "irm-v1 10",
    ]);
    expect(new Set(trials.map(({ heldOut }) => heldOut)).size).toBe(spec.selectionSeeds.length);
    expect(trials.every(({ seed }) => !spec.seeds.includes(seed))).toBe(true);
  });

  it("decide for the methods that were tried; the others keep what was given", () => {
    const points = [tried("v-rex", 0, 2), tried("v-rex", 1, 1), tried("v-rex", 10, 3)];
    const chosen = chosenLambdas(spec, points, "leave-one-environment-out");
    expect(chosen).toEqual({ ...spec.lambda, "v-rex": 1 });
    expect(chosenLambdas(spec, points, "in-domain")["v-rex"]).toBe(0);
  });
});

describe("what a study names", () => {
  it.each([
    ["baselines=[deltaa]", 'no policy "deltaa"'],
    ["baselines=[network]", "is trained"],
    ["policy=delta", "is not trained"],
    ["lambda.irm=3", 'no objective "irm"'],
    ["methods=[irmm]", 'no objective "irmm"'],
    ["arms.synthetic.features=[gama]", 'no hedging feature "gama"'],
    ["arms.synthetic.probed=[crisiss]", 'no test "crisiss"'],
    ["arms.synthetic.environments=[lowe]", 'no environment "lowe"'],
    ["arms.synthetic.environments=[{name: x, from: low, params: {kapa: 1}}]", "kapa"],
    ["contract={steps: 99, maturity: 30}", "cannot be hedged for 99"],
  ])("is checked before a trial is recorded: %s", async (override, message) => {
    const root = mkdtempSync(path.join(tmpdir(), "volterra-hedging-"));
    const study = readStudy(STUDY, ["run=[synthetic]", override]);
    const request = { study, root, catalog: [], threads: 1, emit: silent, render: () => ({}) };
    await expect(executeHedging(request)).rejects.toMatchObject({
      message: expect.stringContaining(message),
    });
    const kinds = openLedger(root, "hedging")
      .entries()
      .map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind !== "contract")).toEqual([]);
  });
});

/** Normal P&L by seed. */
const better = (shift: number, seeds = 6) =>
  Array.from({ length: seeds }, (_, s) => normals(key(s), 800).map((z) => 0.1 * z + shift));

describe("comparison", () => {
  it("is paired: a constant shift has almost no spread", () => {
    const found = compare([better(0.05), better(0)], ([a, b]) => b! - a!, {
      key: key(1),
      resamples: 200,
    });
    expect(found.estimate).toBeCloseTo(0.05, 10);
    expect(found.standardError).toBeLessThan(1e-10);
    expect(found.pAbove).toBeCloseTo(1 / 201, 10);
    expect(found.pBelow).toBe(1);
  });

  it("covers the truth about as often as it says", () => {
    let covered = 0;
    for (let round = 0; round < 60; round++) {
      const sample = [normals(key(round).fold("x"), 600)];
      const { low, high } = compare([sample], (_, [m]) => m!, {
        key: key(round),
        resamples: 200,
        alpha: 0.05,
      });
      if (low <= 0 && high >= 0) covered += 1;
    }
    expect(covered).toBeGreaterThan(47);
    expect(covered).toBeLessThan(60);
  });
});

const point = (lambda: number, inDomain: number, heldOut: number, oracle: number) => ({
  arm: "x",
  method: "m",
  lambda,
  seed: 1,
  inDomain,
  heldOut,
  oracle,
});

describe("choosing λ", () => {
  const points = [point(0, 1, 3, 2), point(1, 2, 2, 3), point(10, 3, 2, 1)];

  it("follows its rule, the smallest of equals", () => {
    expect(chooseLambda(points, "m", "in-domain")).toBe(0);
    expect(chooseLambda(points, "m", "leave-one-environment-out")).toBe(1);
    expect(chooseLambda(points, "m", "oracle")).toBe(10);
    expect(chooseLambda(points, "other", "oracle")).toBeNull();
  });

  it("adapts: up while held-out risk improves and training does not collapse", () => {
    const best = { held: 1, trained: 1 };
    expect(adaptLambda(1, { held: 0.9, trained: 1.05 }, best)).toBe(1.5);
    expect(adaptLambda(1, { held: 1.1, trained: 1 }, best)).toBe(0.5);
    expect(adaptLambda(1, { held: 0.9, trained: 1.2 }, best)).toBe(0.5);
  });
});

describe("real stretches", () => {
  const n = 30;
  const returns = uniforms(key(4), n).map((u) => 0.02 * (u - 0.5));
  const stretch = { returns, variance: returns.map((_, t) => 0.01 * (t + 1)) };

  it("keeps whole windows only, and names too short ones", () => {
    const starts = windowStarts(stretch, 10, 5);
    expect(starts).toEqual([0, 5, 10, 15]);
    expect(() => windowStarts(stretch, 30, 1)).toThrow(/30 sessions hold no episode of 30/);
    const { spot, variance } = windowPaths(stretch, starts, 10);
    expect(spot[0]).toBe(100);
    // Path 1 starts at the close of session 5 and earns the returns after it.
    expect(spot[4 + 1]).toBeCloseTo(100 * (1 + returns[6]!), 12);
    expect(variance[4 + 1]).toBe(stretch.variance[6]);
  });

  it("splits windows by their mean volatility and draws with replacement", () => {
    const thirds = tercilesOf(stretch, windowStarts(stretch, 10, 1), 10);
    expect(thirds.map((t) => t.length)).toEqual([7, 6, 7]);
    expect(Math.max(...thirds[0]!)).toBeLessThan(Math.min(...thirds[2]!));
    const drawn = drawStarts(thirds[1]!, 100, key(1));
    expect(new Set(drawn).size).toBe(6);
  });
});
