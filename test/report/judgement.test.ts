import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it, vi } from "vitest";
import { calendar, key, lastAtOrBefore, toDay, toNumber } from "#core";
import { bootstrapIntervals } from "#evidence";
import { normals } from "#num";
import { judgeFile } from "../../src/cli/judge.ts";

const DIR = mkdtempSync(path.join(tmpdir(), "volterra-judgement-"));
const { sessions } = calendar("nyse");
const first = lastAtOrBefore(sessions, toNumber("2020-01-02"));

function returnsOf(seed: number): Float64Array {
  return normals(key(seed), 300).map((z) => 0.0004 + 0.01 * z);
}

function csv(name: string, returns: Float64Array): string {
  const file = path.join(DIR, name);
  const rows = Array.from(returns, (r, i) => `${toDay(sessions[first + i]!)},${r}`);
  writeFileSync(file, `date,return\n${rows.join("\n")}\n`);
  return file;
}

/** What the command prints. */
async function judged(benchmark: string | undefined, json: boolean): Promise<string> {
  const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  try {
    const against = benchmark === undefined ? {} : { benchmark };
    await judgeFile({ var: path.join(DIR, "var") }, csv("own.csv", returnsOf(1)), {
      json,
      trials: "0",
      ...against,
    });
    return write.mock.calls.map(([text]) => String(text)).join("");
  } finally {
    write.mockRestore();
  }
}

const benchmark = csv("benchmark.csv", returnsOf(2));

it("a judgement has its intervals, paired ones against a benchmark, and the benchmark's metrics", async () => {
  const answer = JSON.parse(await judged(benchmark, true));
  const statistics = ["sharpe", "cagr", "max-drawdown"] as const;
  const source = { key: key(0).fold("intervals"), resamples: 2000 };
  const own = bootstrapIntervals(returnsOf(1), statistics, source);
  const paired = bootstrapIntervals(returnsOf(1), statistics, source, returnsOf(2));
  for (const name of statistics) {
    expect(answer.intervals[name].low).toBeCloseTo(own[name].low, 9);
    expect(answer.differences.benchmark[name].high).toBeCloseTo(paired[name].high, 9);
  }
  expect(answer.intervals.sharpe.low).toBeLessThan(answer.metrics.sharpe);
  expect(answer.intervals.sharpe.high).toBeGreaterThan(answer.metrics.sharpe);
  expect(answer.benchmarkMetrics.sharpe).not.toBe(answer.metrics.sharpe);
  const page = readFileSync(path.join(answer.run, "report.html"), "utf8");
  expect(page).toContain("95% intervals from the stationary block bootstrap");
  expect(page).toContain("Strategy minus benchmark, resampled in pairs");
  expect(page).toMatch(/id="[^"]*fan/);
});

it("the terminal shows them, and no differences without a benchmark", async () => {
  const text = await judged(benchmark, false);
  expect(text).toMatch(/^own +.*%/m);
  expect(text).toMatch(/^benchmark +.*%/m);
  expect(text).toMatch(/^Sharpe +own +-?\d/m);
  expect(text).toMatch(/^Sharpe +less benchmark +-?\d/m);
  expect(await judged(undefined, false)).not.toContain("less benchmark");
});
