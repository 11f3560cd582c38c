import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { silent } from "#core";
import { expandGrid, type Grid, openLedger, readStudy, sweep } from "#run";
import { parseGrid } from "../../src/cli/sweep.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const MAIN = path.join(ROOT, "src/cli/main.ts");
const SWEEP = [
  "sweep",
  path.join(ROOT, "studies/vrp-erp.yaml"),
  "data.source=simulated",
  "window.start=2019-01-02",
  "strategy.params.volTarget=0.05,0.06,0.07,0.08,0.09,0.1,0.11,0.12,0.13,0.14",
  "strategy.params.cap=0.5,0.6,0.7,0.8,0.9,1,1.1,1.2,1.3,1.4",
  "--threads",
  "2",
];

/** Runs a sweep; `kill` is asked often and ends it with SIGKILL when it says so. */
function runSweep(
  root: string,
  kill: () => boolean,
  args: readonly string[] = SWEEP,
): Promise<{ code: number | null; text: string }> {
  const child = spawn(
    process.execPath,
    ["--conditions=source", "--import", "tsx", MAIN, "--var", root, ...args],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  const watch = setInterval(() => {
    if (kill()) child.kill("SIGKILL");
  }, 5);
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (text += chunk.toString()));
  return new Promise((resolve) => {
    child.on("close", (code) => {
      clearInterval(watch);
      resolve({ code, text });
    });
  });
}

describe("a grid", () => {
  it("holds every combination once, the last key fastest", () => {
    const points = expandGrid({ a: [1, 2], b: ["x", "y", "z"] });
    expect(points).toHaveLength(6);
    expect(points[1]).toEqual({ a: 1, b: "y" });
  });
});

/** A sweep on worker threads of the sources, in this process. */
function sweepHere(
  overrides: readonly string[],
  grid: Grid,
  root = mkdtempSync(path.join(tmpdir(), "volterra-sweep-")),
): { root: string; done: Promise<unknown> } {
  const study = readStudy(path.join(ROOT, "studies/vrp-erp.yaml"), [
    "data.source=simulated",
    "window.start=2019-01-02",
    ...overrides,
  ]);
  return { root, done: sweep({ study, grid, root, catalog: [], threads: 1, emit: silent }) };
}

describe("a sweep that cannot be evaluated", () => {
  it.each([
    [
      "a misspelt parameter",
      [],
      { "strategy.params.volTargett": [0.1, 0.2] },
      "SPEC",
      "volTargett",
    ],
    ["a value of another type", [], { "strategy.params.cap": [1, "x"] }, "SPEC", "not a number"],
    ["a value out of range", [], { "execution.delay": [0, 99] }, "SPEC", "execution.delay"],
    ["a misspelt strategy", [], { "strategy.name": ["vrp-erp", "vrp-er"] }, "NOT_FOUND", "vrp-er"],
    [
      "a window without data",
      [],
      { "window.end": ["2024-01-02", "2019-01-02"] },
      "EMPTY_WINDOW",
      "2019",
    ],
    ["another market for each point", [], { "data.seed": [1, 2] }, "USAGE", "same data"],
    ["a key that nothing depends on", [], { "bootstrap.seed": [1, 2] }, "USAGE", "bootstrap.seed"],
    [
      "a window inside a sealed hold-out",
      ["holdout.start=2023-01-03"],
      { "strategy.params.cap": [0.5, 1] },
      "LOOK_AHEAD",
      "2023-01-03",
    ],
  ] as const)("for %s leaves no trial", async (_, overrides, grid, code, word) => {
    const { root, done } = sweepHere(overrides, grid);
    await expect(done).rejects.toMatchObject({ code, message: expect.stringContaining(word) });
    const kinds = openLedger(root, "vrp-erp-simulated")
      .entries()
      .map(({ kind }) => kind);
    expect(kinds).toEqual(code === "LOOK_AHEAD" ? ["seal"] : []);
  });

  it("inside a seal that the study forgot is refused as well", async () => {
    const { root, done } = sweepHere(["holdout.start=2023-01-03"], { "execution.delay": [0, 1] });
    await expect(done).rejects.toMatchObject({ code: "LOOK_AHEAD" });
    const again = sweepHere([], { "execution.delay": [0, 1] }, root).done;
    await expect(again).rejects.toThrow("the ledger's seal wins over what the study says now");
  });

  it("of another kind of study, or with a broken grid, says so and exits with 1", async () => {
    const root = mkdtempSync(path.join(tmpdir(), "volterra-sweep-"));
    const study = path.join(ROOT, "studies/vix-direction.yaml");
    const other = await runSweep(root, () => false, ["sweep", study, "seeds=1,2"]);
    expect(other).toMatchObject({ code: 1, text: expect.stringContaining('kind "forecast"') });
    expect(existsSync(path.join(root, "ledgers"))).toBe(false);
    for (const grid of [["a="], ["a"], ["a=[1"], ["a={b: 1}"], ["a=1", "a=2"]]) {
      expect(() => parseGrid(grid)).toThrow(expect.objectContaining({ code: "USAGE" }));
    }
  });
});

describe("a sweep that is killed", () => {
  it("goes on where it stopped: no finished trial is lost or repeated", async () => {
    const root = mkdtempSync(path.join(tmpdir(), "volterra-sweep-"));
    const dir = path.join(root, "ledgers", "vrp-erp-simulated");
    const segments = () =>
      existsSync(dir) ? readdirSync(dir).filter((f) => f.endsWith("jsonl")).length : 0;
    // The first file holds the intents; results follow, a file a chunk.
    const killed = await runSweep(root, () => segments() >= 2);
    expect(killed.code).toBeNull();
    const results = () =>
      openLedger(root, "vrp-erp-simulated")
        .entries()
        .flatMap((entry) => (entry.kind === "result" ? [entry.trial] : []));
    const before = results();
    expect(before.length).toBeGreaterThanOrEqual(25);
    expect(before.length).toBeLessThan(100);

    const resumed = await runSweep(root, () => false);
    expect(resumed.code).toBe(0);
    expect(resumed.text).toContain(`100 points, ${100 - before.length} evaluated now, N ≥ 100`);
    const after = results();
    expect(after).toHaveLength(100);
    expect(new Set(after).size).toBe(100);
    expect(after.slice(0, before.length)).toEqual(before);
  });
});
