import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { sha256 } from "#core";

const roots: string[] = [];
afterAll(() => {
  for (const root of roots) rmSync(root, { recursive: true, force: true });
});

const SMALL = [
  "run=[positive]",
  "seeds=[0,1]",
  "training.pretrain=20",
  "training.updates=20",
  "training.pool=512",
  "training.batch=64",
  "paths=512",
];

function start(root: string) {
  const program = ["--conditions=source", "--import", "tsx", "src/cli/main.ts", "--var", root];
  return spawn(process.execPath, [...program, "run", "studies/hedging.yaml", ...SMALL], {
    stdio: ["ignore", "ignore", "pipe"],
  });
}

const finish = (root: string) =>
  new Promise<number | null>((resolve) => start(root).on("close", resolve));

function trials(root: string): string[] {
  try {
    return readdirSync(path.join(root, "hedging", "trials")).filter((f) => f.endsWith(".json"));
  } catch {
    return [];
  }
}

/** Hashes of the results of all trials by name. */
function results(root: string): Record<string, string> {
  const dir = path.join(root, "hedging", "trials");
  return Object.fromEntries(trials(root).map((f) => [f, sha256(readFileSync(path.join(dir, f)))]));
}

/** Trials whose result a ledger holds, one for each line that says so. */
function told(root: string): (string | undefined)[] {
  const dir = path.join(root, "ledgers", "hedging");
  return readdirSync(dir)
    .filter((f) => f.endsWith(".jsonl"))
    .flatMap((f) => readFileSync(path.join(dir, f), "utf8").trim().split("\n"))
    .map((line) => JSON.parse(line) as { kind: string; trial?: string })
    .filter(({ kind }) => kind === "result")
    .map(({ trial }) => trial);
}

describe("a hedging study that is killed", () => {
  it("goes on where it stopped, repeats no finished trial and ends in equal bytes", async () => {
    const [whole, torn] = ["whole", "torn"].map((name) => {
      const root = mkdtempSync(path.join(tmpdir(), `hedging-${name}-`));
      roots.push(root);
      return root;
    }) as [string, string];
    expect(await finish(whole)).toBe(0);
    const written = new Map<string, number>();
    for (const wanted of [1, 5, 11]) {
      const child = start(torn);
      const closed = new Promise((resolve) => child.on("close", resolve));
      while (trials(torn).length < wanted && child.exitCode === null) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      child.kill("SIGKILL");
      await closed;
      for (const file of trials(torn)) {
        const { mtimeMs } = statSync(path.join(torn, "hedging", "trials", file));
        expect(written.get(file) ?? mtimeMs).toBe(mtimeMs);
        written.set(file, mtimeMs);
      }
    }
    expect(await finish(torn)).toBe(0);
    for (const [file, before] of written) {
      expect(statSync(path.join(torn, "hedging", "trials", file)).mtimeMs).toBe(before);
    }
    expect(results(torn)).toEqual(results(whole));
    expect(Object.keys(results(torn))).toHaveLength(2 * 9);
    expect(new Set(told(torn)).size).toBe(told(torn).length);
    expect(new Set(told(torn))).toEqual(new Set(told(whole)));
  }, 1_800_000);
});
