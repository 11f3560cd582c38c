import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { expandGrid, openLedger } from "#run";

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
): Promise<{ code: number | null; text: string }> {
  const child = spawn(
    process.execPath,
    ["--conditions=source", "--import", "tsx", MAIN, "--var", root, ...SWEEP],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  const watch = setInterval(() => {
    if (kill()) child.kill("SIGKILL");
  }, 5);
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
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
