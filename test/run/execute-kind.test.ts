import { existsSync, mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { silent } from "#core";
import { samples } from "#learn";
import { openCatalog } from "../../src/run/catalog.ts";
import { executeKind, type KindRun, type StudyKind } from "../../src/run/execute-kind.ts";
import type { Chain } from "../../src/run/forecast-chain.ts";
import { keepFits } from "../../src/run/forecast-kept.ts";
import { resolveForecast, type ForecastSpec } from "../../src/run/forecast-spec.ts";
import { openLedger } from "../../src/run/ledger.ts";
import { readStudy } from "../../src/run/study.ts";

const study = readStudy("studies/vix-direction.yaml", ["data.source=simulated"]);
const catalog = openCatalog([]);

const CHAIN: Chain = {
  name: "model",
  seed: 0,
  file: "",
  params: {},
  rows: samples({
    features: new Float64Array(1),
    steps: 1,
    names: ["x"],
    target: new Float64Array(1),
    task: { kind: "number" },
    times: new Int32Array(1),
    horizon: 1,
  }),
  folds: [],
  balanced: false,
};

type Result = { kind: string; study: string; preset: string; run: string };

/** A kind that does only what it is told. */
function kindOf(
  act: (run: KindRun<ForecastSpec>) => void | Promise<void>,
  trials?: readonly string[],
): StudyKind<ForecastSpec, Result> {
  return {
    resolve: resolveForecast,
    ...(trials && { trials: () => trials }),
    async run(run) {
      await act(run);
      const { study: name, preset } = run.spec;
      const result = { kind: "forecast", study: name, preset, run: run.run };
      return { result, files: {}, detail: undefined };
    },
  };
}

const root = () => mkdtempSync(path.join(tmpdir(), "volterra-kind-"));
const execute = (kind: StudyKind<ForecastSpec, Result>, at: string) =>
  executeKind({ kind, study, root: at, catalog, emit: silent, render: () => ({}) });

function intentOf(trial: string) {
  return { kind: "intent" as const, study: "vix-direction", trial, label: trial };
}

describe("a run of a kind", () => {
  it("is found again, and is another one once its verdict has more trials to count", async () => {
    const at = root();
    const judged = kindOf(() => undefined, ["a", "b"]);
    const first = await execute(judged, at);
    expect(first.fresh).toBe(true);
    expect((await execute(judged, at)).fresh).toBe(false);
    const ledger = openLedger(at, "vix-direction-simulated");
    await ledger.append([intentOf("a"), intentOf("b")]);
    expect((await execute(judged, at)).fresh).toBe(false);
    await ledger.append([intentOf("c")]);
    const later = await execute(judged, at);
    expect(later.fresh).toBe(true);
    expect(later.result.run).not.toBe(first.result.run);
  });

  it("of a kind without a verdict stays the same whatever else is tried", async () => {
    const at = root();
    const plain = kindOf(() => undefined);
    await execute(plain, at);
    await openLedger(at, "vix-direction-simulated").append([intentOf("c")]);
    expect((await execute(plain, at)).fresh).toBe(false);
  });

  it("keeps what it has finished until it is complete", async () => {
    const at = root();
    let found = false;
    const cut = kindOf(async ({ unfinished }) => {
      found = existsSync(unfinished);
      await keepFits(unfinished).write(CHAIN, []);
      if (!found) throw new Error("power cut");
    });
    await expect(execute(cut, at)).rejects.toThrow("power cut");
    await execute(cut, at);
    expect(found).toBe(true);
    expect(readdirSync(path.join(at, "unfinished"))).toEqual([]);
  });

  it("can refuse what it has read before the long work begins, and leaves no folder", async () => {
    const at = root();
    let trained = false;
    const reading = kindOf(({ market, checkReads }) => {
      // The simulated market has no such fund.
      expect(() => market.column("dia.close")).toThrow(/holds no series/);
      checkReads();
      trained = true;
    });
    await expect(execute(reading, at)).rejects.toMatchObject({
      code: "QUALITY",
      message: "dia: NO_DATA: holds no row",
    });
    expect(trained).toBe(false);
    expect(readdirSync(at)).not.toContain("runs");
  });
});
