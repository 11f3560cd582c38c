import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { lastAtOrBefore, silent, toNumber } from "#core";
import { openCatalog } from "../../src/run/catalog.ts";
import { measure, type Runs, simulateSensitivity, simulateSpec } from "../../src/run/evaluation.ts";
import { resolveSpec } from "../../src/run/spec.ts";
import { readStudy } from "../../src/run/study.ts";
import { openWorkbench, type Workbench } from "../../src/run/workbench.ts";
import { hasMarketData } from "../market-data.ts";
import { realMarket } from "../backtest/market.ts";

/** The rules of docs/studies/vrp-erp.md written a second time, in Python: make/vrp-erp.py. */
interface Golden {
  readonly sessions: number;
  readonly nav: readonly number[];
  readonly gate: string;
  readonly score: readonly number[];
  readonly trades: number;
  readonly totalReturn: number;
  readonly cagr: number;
  readonly sharpe: number;
  readonly maxDrawdown: number;
  readonly vrp: { readonly mean: number; readonly std: number; readonly positive: number };
}

const golden = JSON.parse(
  readFileSync(new URL("../golden/vrp-erp.json", import.meta.url), "utf8"),
) as Golden;

describe.runIf(hasMarketData)("vrp-erp on the real data", () => {
  const study = readStudy("studies/vrp-erp.yaml");
  let bench: Workbench;
  let corrected: Runs;
  let first: number;

  beforeAll(async () => {
    const series = "spy shy vix vvix dtb3 vx_contracts vx_weekly_contracts".split(" ");
    bench = openWorkbench(await realMarket(...series), openCatalog());
    const spec = resolveSpec(study, "corrected");
    corrected = await simulateSpec(spec, bench);
    first = lastAtOrBefore(bench.market.sessions, toNumber(spec.window.start));
  });

  it("corrected: every day's NAV is that of an independent implementation, to the cent", () => {
    const { nav, trades } = corrected.simulation;
    expect(nav.length).toBe(golden.sessions);
    expect(trades).toBe(golden.trades);
    const gaps = nav.map((value, i) => Math.abs(value - golden.nav[i]!));
    expect(Math.max(...gaps)).toBeLessThan(0.01);
  });

  it("corrected: so are its metrics", () => {
    const metrics = measure(corrected, corrected.simulation);
    for (const name of ["totalReturn", "cagr", "sharpe", "maxDrawdown"] as const) {
      expect(metrics[name]).toBeCloseTo(golden[name], 9);
    }
  });

  it("the gate's score and state, and the premium, are those of the same implementation", async () => {
    const rows = (column: Float64Array) => column.subarray(first, first + golden.sessions);
    const score = rows(await bench.feature("gate-score"));
    const gaps = score.map((value, i) => Math.abs(value - golden.score[i]!));
    expect(Math.max(...gaps)).toBeLessThan(1e-8);
    expect(rows(await bench.feature("gate-state")).join("")).toBe(golden.gate);
    const vrp = rows(await bench.feature("vrp"));
    const mean = vrp.reduce((a, b) => a + b, 0) / vrp.length;
    expect(mean).toBeCloseTo(golden.vrp.mean, 9);
    expect(vrp.filter((v) => v > 0).length / vrp.length).toBeCloseTo(golden.vrp.positive, 12);
  });

  it("as-coded: delays are of fills at the next session, not of the look-ahead", async () => {
    const runs = await simulateSpec(resolveSpec(study, "as-coded"), bench, false);
    const { delays } = await simulateSensitivity(runs, bench, silent);
    const ends = delays.map(({ simulation }) => simulation.nav.at(-1)!);
    expect(new Set([runs.simulation.nav.at(-1)!, ...ends]).size).toBe(1 + delays.length);
  });

  it("as-coded: near what the original published, whose data end six months later", async () => {
    const spec = resolveSpec(study, "as-coded");
    const runs = await simulateSpec(spec, bench, false);
    const metrics = measure(runs, runs.simulation);
    const { sharpe, cagr, maxDrawdown, correlation } = spec.published;
    expect(Math.abs(metrics.sharpe - sharpe!)).toBeLessThan(0.02);
    expect(Math.abs(metrics.cagr - cagr!)).toBeLessThan(0.002);
    expect(Math.abs(metrics.maxDrawdown - maxDrawdown!)).toBeLessThan(0.003);
    expect(Math.abs(metrics.correlation - correlation!)).toBeLessThan(0.02);
  });
});
