import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { openLedger, parseStudy, resolveSpec, unseal } from "#run";

const STUDY = `
study: sealed
title: Sealed
window: { start: 2020-01-02, end: 2024-06-28 }
strategy: { name: buy-hold }
holdout: { start: 2024-07-01, peeks: 1 }
`;

const spec = (...overrides: string[]) => resolveSpec(parseStudy("sealed.yaml", STUDY, overrides));
const ledger = () => openLedger(mkdtempSync(path.join(tmpdir(), "volterra-")), "sealed");

describe("a sealed hold-out", () => {
  it("lets no run read past its eve", async () => {
    expect(await unseal(spec(), ledger(), undefined)).toBe("2024-06-30");
  });

  it("refuses a window that reaches into it", async () => {
    const open = unseal(spec("window.end=2024-12-31"), ledger(), undefined);
    await expect(open).rejects.toMatchObject({
      code: "LOOK_AHEAD",
      hint: 'End it by 2024-06-30, or spend one of the 1 peeks left: --peek "why".',
    });
  });

  it("opens for a recorded peek, again for the same trial, and not for another", async () => {
    const book = ledger();
    const wide = spec("window.end=2024-12-31");
    expect(await unseal(wide, book, "final test")).toBeUndefined();
    expect(book.entries().filter((e) => e.kind === "peek")).toHaveLength(1);
    expect(await unseal(wide, book, undefined)).toBeUndefined();
    expect(book.entries()).toHaveLength(1);
    const other = spec("window.end=2024-12-31", "account.nav=5");
    await expect(unseal(other, book, "once more")).rejects.toThrow("has been looked at 1 times");
  });
});
