import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { key, silent, toDay, toNumber } from "#core";
import { countTrials } from "#evidence";
import { normals } from "#num";
import { checkLedger, judgeReturns, openLedger, readStudy, sweep } from "#run";

const DISK = mkdtempSync(path.join(tmpdir(), "volterra-full-"));

function mount(...args: string[]): boolean {
  try {
    execFileSync("mount", args, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

const resize = (size: string) => mount("-o", `remount,rw,size=${size}`, DISK);
const mounted = mount("-t", "tmpfs", "-o", "size=64k", "tmpfs", DISK);
afterAll(() => {
  if (mounted) execFileSync("umount", [DISK]);
});

const intent = (trial: string) => ({ kind: "intent" as const, study: "s", trial });
const result = (trial: string) => ({
  kind: "result" as const,
  study: "s",
  trial,
  metrics: { sharpe: 1 },
  monthly: { months: [1], returns: [0.01] },
});
const left = (dir: string) => readdirSync(path.join(dir, "tmp"));

describe.runIf(mounted)(
  mounted
    ? "a ledger on a disk of 64 kB"
    : "a ledger on a disk of 64 kB (SKIPPED: mounting one needs to be root)",
  () => {
    it("stays whole when it is full, says what was not recorded, and goes on once there is room", async () => {
      const root = path.join(DISK, "grows");
      const ledger = openLedger(root, "s");
      let written = 0;
      const fill = async () => {
        for (;;) {
          await ledger.append([intent(`a${written}`), result(`a${written}`)]);
          written++;
        }
      };
      await expect(fill()).rejects.toMatchObject({
        code: "DISK",
        message: expect.stringMatching(
          /disk is full; 1 evaluated trial is counted, without result$/,
        ),
        hint: expect.stringContaining("the same results come again"),
      });
      expect(written).toBeGreaterThan(3);
      await expect(ledger.append([intent("b")])).rejects.toMatchObject({
        message: expect.stringContaining("nothing was evaluated"),
      });
      expect(left(ledger.dir)).toEqual([]);
      const fresh = openLedger(root, "s");
      expect(checkLedger(fresh, [])).toEqual([]);
      expect(countTrials(fresh.entries()).finished).toBe(written);

      resize("256k");
      await ledger.append([intent("c"), result("c")]);
      expect(checkLedger(openLedger(root, "s"), [])).toEqual([]);
      expect(countTrials(fresh.entries()).finished).toBe(written + 1);
    });

    it("lets a sweep stop where it fills up, and go on without repeating a recorded trial", async () => {
      const root = path.join(DISK, "sweep");
      const study = readStudy("studies/vrp-erp.yaml", [
        "data.source=simulated",
        "window.start=2019-01-02",
      ]);
      const volTarget = Array.from({ length: 60 }, (_, i) => 0.05 + 0.002 * i);
      const grid = { "strategy.params.volTarget": volTarget };
      const request = { study, grid, root, catalog: [], threads: 1, emit: silent };
      const family = "vrp-erp-simulated";
      const results = () =>
        openLedger(root, family)
          .entries()
          .flatMap((entry) => (entry.kind === "result" ? [entry.trial] : []));

      resize("192k");
      await expect(sweep(request)).rejects.toMatchObject({
        code: "DISK",
        message: expect.stringMatching(/evaluated trials are counted, without result/),
      });
      const before = results();
      expect(before.length).toBeGreaterThan(0);
      expect(before.length).toBeLessThan(60);
      expect(countTrials(openLedger(root, family).entries()).recorded).toBe(60);

      resize("4m");
      const outcome = await sweep(request);
      expect(outcome).toMatchObject({ evaluated: 60 - before.length, recorded: 60 });
      expect(new Set(results()).size).toBe(60);
      expect(results()).toHaveLength(60);
      expect(checkLedger(openLedger(root, family), [])).toEqual([]);
    });

    it("evaluates nothing where it is read-only", async () => {
      const root = path.join(DISK, "still");
      await openLedger(root, "judge-returns").append([intent("a")]);
      const file = path.join(mkdtempSync(path.join(tmpdir(), "volterra-")), "returns.csv");
      const rows = Array.from(normals(key(1), 100), (z, t) => {
        return `${toDay(toNumber("2020-01-02") + t)},${0.01 * z}`;
      });
      writeFileSync(file, ["date,return", ...rows].join("\n"));
      mount("-o", "remount,ro", DISK);
      try {
        await expect(judgeReturns({ file, root })).rejects.toMatchObject({
          code: "DISK",
          message: expect.stringMatching(/disk is read-only; nothing was evaluated$/),
        });
        expect(openLedger(root, "judge-returns").head().length).toBe(1);
        const elsewhere = judgeReturns({ file, root: path.join(DISK, "new") });
        await expect(elsewhere).rejects.toMatchObject({ code: "DISK" });
        expect(existsSync(path.join(DISK, "new"))).toBe(false);
      } finally {
        resize("4m");
      }
    });
  },
);
