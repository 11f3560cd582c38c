import { existsSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { findRun, isDone, listRuns, readRunFile, runFolder, writeRun } from "#run";

const root = () => mkdtempSync(path.join(tmpdir(), "volterra-runs-"));

describe("a run's folder", () => {
  it("is complete only with its mark, and leaves no temporary file", async () => {
    const dir = root();
    const folder = runFolder(dir, "a-1");
    expect(isDone(folder)).toBe(false);
    await writeRun(folder, { "result.json": "{}", "figures/x.svg": "<svg/>" });
    expect(isDone(folder)).toBe(true);
    expect(readRunFile(folder, "figures/x.svg")).toBe("<svg/>");
    expect(
      readdirSync(folder.path, { recursive: true }).filter((f) => `${f}`.includes("tmp")),
    ).toEqual([]);
  });

  it("is found by the beginning of its name, and only where that is one run", async () => {
    const dir = root();
    for (const name of ["a-12", "a-13", "b-1"]) await writeRun(runFolder(dir, name), {});
    expect(listRuns(dir)).toEqual(["a-12", "a-13", "b-1"]);
    expect(findRun(dir, "b").name).toBe("b-1");
    expect(() => findRun(dir, "a-1")).toThrow('"a-1" begins 2 runs');
    expect(() => findRun(dir, "a-14")).toThrow(
      expect.objectContaining({ hint: 'Did you mean "a-12"?' }),
    );
  });

  it("does not count what was interrupted", async () => {
    const dir = root();
    await writeRun(runFolder(dir, "whole"), {});
    const half = runFolder(dir, "half");
    await writeRun(half, { "result.json": "{}" });
    writeFileSync(path.join(dir, "runs", "stray"), "");
    expect(listRuns(dir)).toEqual(["half", "whole"]);
    expect(() => readRunFile(half, "absent.json")).toThrow("the run half has no absent.json");
  });

  it("says so where a file stands in the way", async () => {
    const dir = root();
    writeFileSync(path.join(dir, "runs"), "");
    await expect(writeRun(runFolder(dir, "a"), {})).rejects.toMatchObject({ code: "DISK" });
    expect(existsSync(path.join(dir, "runs"))).toBe(true);
  });

  it.runIf(existsSync("/proc/self"))("says so where no folder can be made", async () => {
    await expect(writeRun(runFolder("/proc/none", "a"), {})).rejects.toMatchObject({
      code: "DISK",
    });
  });
});
