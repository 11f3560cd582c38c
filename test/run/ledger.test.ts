import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { countTrials } from "#evidence";
import { checkLedger, openLedger } from "#run";

const WRITER = fileURLToPath(new URL("./ledger-writer.ts", import.meta.url));
const root = () => mkdtempSync(path.join(tmpdir(), "volterra-ledger-"));
const intent = (trial: string) => ({ kind: "intent" as const, study: "s", trial });

/** Runs the writer; `kill` decides after how many acknowledged lines it dies. Resolves to what it acknowledged. */
function write(dir: string, name: string, count: number, kill = Infinity): Promise<string[]> {
  const child = spawn(
    process.execPath,
    ["--conditions=source", "--import", "tsx", WRITER, dir, name, String(count)],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  return new Promise((resolve) => {
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (said.split("\n").length > kill) child.kill("SIGKILL");
    });
    child.on("close", () => resolve(said.split("\n").filter((line) => line !== "")));
  });
}

describe("the ledger on disk", () => {
  it("is one chain, whoever reads it", async () => {
    const dir = root();
    const ledger = openLedger(dir, "s");
    await ledger.append([intent("a"), intent("b")]);
    const head = await ledger.append([intent("c")]);
    const other = openLedger(dir, "s");
    expect(other.head()).toEqual(head);
    expect(countTrials(other.entries()).trials).toEqual(["a", "b", "c"]);
    expect(checkLedger(other, [head])).toEqual([]);
  });

  it("keeps every acknowledged line of two processes, one of them killed", async () => {
    const dir = root();
    const [left, right] = await Promise.all([write(dir, "left", 30), write(dir, "right", 200, 12)]);
    const ledger = openLedger(dir, "shared");
    const { trials } = countTrials(ledger.entries());
    expect(left).toHaveLength(30);
    expect(right.length).toBeGreaterThanOrEqual(12);
    expect(right.length).toBeLessThan(200);
    for (const trial of [...left, ...right]) expect(trials).toContain(trial);
    expect(checkLedger(ledger, [])).toEqual([]);
    await ledger.append([intent("after")]);
    expect(checkLedger(ledger, [])).toEqual([]);
  });

  it.each([
    ["changed", (text: string) => text.replace('"trial":"b"', '"trial":"x"'), "changed"],
    ["dropped", (text: string) => text.split("\n").toSpliced(1, 1).join("\n"), "broken"],
    [
      "reordered",
      (text: string) => {
        const [a, b, c, ...rest] = text.split("\n");
        return [a, c, b, ...rest].join("\n");
      },
      "broken",
    ],
    [
      "inserted",
      (text: string) => {
        const lines = text.split("\n");
        return [lines[0], ...lines].join("\n");
      },
      "broken",
    ],
    ["unreadable", (text: string) => `not json\n${text}`, "unreadable"],
  ])("finds a line that was %s", async (_, alter, kind) => {
    const dir = root();
    const ledger = openLedger(dir, "s");
    await ledger.append([intent("a"), intent("b"), intent("c")]);
    const file = path.join(ledger.dir, "00000001.jsonl");
    writeFileSync(file, alter(readFileSync(file, "utf8")));
    const fresh = openLedger(dir, "s");
    expect(checkLedger(fresh, []).map((problem) => problem.kind)).toContain(kind);
    expect(() => fresh.entries()).toThrow(expect.objectContaining({ code: "LEDGER" }));
    await expect(fresh.append([intent("d")])).rejects.toMatchObject({ code: "LEDGER" });
  });

  it("finds a file that was dropped, cut short, or swapped", async () => {
    const dir = root();
    const ledger = openLedger(dir, "s");
    for (const trial of ["a", "b", "c"]) await ledger.append([intent(trial)]);
    const file = (n: number) => path.join(ledger.dir, `0000000${n}.jsonl`);
    const middle = readFileSync(file(2), "utf8");

    rmSync(file(2));
    expect(checkLedger(openLedger(dir, "s"), [])[0]!.message).toContain(
      "00000002.jsonl is missing",
    );
    writeFileSync(file(2), middle.slice(0, -5));
    expect(checkLedger(openLedger(dir, "s"), [])[0]!.message).toContain("cut short");
    writeFileSync(file(2), middle);
    expect(checkLedger(openLedger(dir, "s"), [])).toEqual([]);
    renameSync(file(3), file(4));
    renameSync(file(2), file(3));
    renameSync(file(4), file(2));
    expect(checkLedger(openLedger(dir, "s"), []).length).toBeGreaterThan(0);
  });

  it("shows a rewritten or shortened whole only against an anchor", async () => {
    const dir = root();
    const ledger = openLedger(dir, "s");
    await ledger.append([intent("a")]);
    const anchor = await ledger.append([intent("b")]);
    rmSync(path.join(ledger.dir, "00000002.jsonl"));
    const shorter = openLedger(dir, "s");
    expect(checkLedger(shorter, [])).toEqual([]);
    expect(checkLedger(shorter, [anchor]).map((p) => p.kind)).toEqual(["short"]);
    await shorter.append([intent("z")]);
    expect(checkLedger(shorter, [anchor]).map((p) => p.kind)).toEqual(["other-history"]);
  });

  it("says where it cannot write, and leaves what was there", async () => {
    const dir = root();
    writeFileSync(path.join(dir, "ledgers"), "");
    await expect(openLedger(dir, "s").append([intent("a")])).rejects.toMatchObject({
      code: "DISK",
    });
    expect(readdirSync(dir)).toEqual(["ledgers"]);
  });
});
