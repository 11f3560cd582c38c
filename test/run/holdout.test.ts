import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { silent } from "#core";
import { countTrials } from "#evidence";
import {
  audit,
  execute,
  openCatalog,
  openLedger,
  parseStudy,
  readStudy,
  resolveHedging,
  resolveSpec,
  unseal,
} from "#run";
import { resolveFilter } from "../../src/run/forecast-filter-spec.ts";
import { resolveForecast } from "../../src/run/forecast-spec.ts";
import { sealNote, sealOf, sealRecords } from "../../src/run/holdout.ts";

const STUDY = `
study: sealed
title: Sealed
window: { start: 2020-01-02, end: 2020-12-31 }
strategy: { name: buy-hold }
holdout: { start: 2021-01-04, peeks: 1 }
data: { source: simulated }
bootstrap: { resamples: 100 }
sensitivity: { costs: [], delays: [] }
preset: plain
presets:
  plain: {}
  dear: { execution: { costs: { equityBps: 50 } } }
`;
const UNSEALED = STUDY.replace(/^holdout.*\n/m, "");
const WIDE = "window.end=2021-12-31";

const study = (...overrides: string[]) => parseStudy("sealed.yaml", STUDY, overrides);
const unsealed = (...overrides: string[]) => parseStudy("sealed.yaml", UNSEALED, overrides);
const spec = (...overrides: string[]) => resolveSpec(study(...overrides));
const folder = () => mkdtempSync(path.join(tmpdir(), "volterra-"));

/** A ledger that knows the seals of specs. */
async function ledgerOf(...specs: readonly ReturnType<typeof spec>[]) {
  const ledger = openLedger(folder(), "sealed");
  await ledger.append(sealRecords(ledger, specs));
  return ledger;
}

describe("a sealed hold-out", () => {
  it("lets no run read past its eve", async () => {
    expect(unseal(spec(), await ledgerOf(spec()), undefined)).toEqual({
      to: "2021-01-03",
      peek: [],
    });
  });

  it("refuses a window that reaches into it, saying what is left", async () => {
    const ledger = await ledgerOf(spec());
    expect(() => unseal(spec(WIDE), ledger, undefined)).toThrow(
      expect.objectContaining({
        code: "LOOK_AHEAD",
        message: expect.stringContaining("sealed from 2021-01-04 on (0 of 1 peek spent, 1 left)"),
        hint: 'End it by 2021-01-03. Or spend a peek on it: --peek "why".',
      }),
    );
  });

  it("opens to the window's end for a recorded peek, again for the same look, and for no other", async () => {
    const ledger = await ledgerOf(spec());
    const { to, peek } = unseal(spec(WIDE), ledger, "final test");
    expect({ to, peek }).toMatchObject({ to: "2021-12-31", peek: [{ kind: "peek" }] });
    await ledger.append(peek);
    expect(unseal(spec(WIDE), ledger, undefined)).toEqual({ to: "2021-12-31", peek: [] });
    for (const other of ["account.nav=5", "benchmarks.mix.name=constant-mix", "preset=dear"]) {
      expect(() => unseal(spec(WIDE, other), ledger, "once more")).toThrow("1 of 1 peek spent");
    }
  });

  it("keeps the earliest start and the fewest peeks, whatever is said later, and says so", async () => {
    const later = spec(WIDE, "holdout.start=2021-03-01", "holdout.peeks=5");
    const ledger = await ledgerOf(spec(), later);
    expect(sealOf(ledger)).toEqual({ start: "2021-01-04", peeks: 1, looks: [] });
    expect(() => unseal(later, ledger, undefined)).toThrow(
      "the ledger's seal wins over what the study says now: from 2021-03-01 on, peeks 5",
    );
    await ledger.append(unseal(later, ledger, "why").peek);
    expect(sealNote(later, sealOf(ledger)!)).toMatch(
      /from 2021-01-04 on: 1 of 1 peek spent, 0 left; this run looked into it.*says now: from 2021-03-01/,
    );
    // What was seen of a hold-out counts against one that begins earlier still.
    const sooner = spec(WIDE, "holdout.start=2020-10-01", "account.nav=5");
    await ledger.append(sealRecords(ledger, [sooner]));
    expect(() => unseal(sooner, ledger, "why")).toThrow("from 2020-10-01 on (1 of 1 peek spent");
    expect(sealRecords(ledger, [spec(), later, sooner])).toEqual([]);
  });

  it("is remembered where the study forgets it", async () => {
    const ledger = await ledgerOf(spec());
    const silentSpec = resolveSpec(unsealed(WIDE));
    expect(() => unseal(silentSpec, ledger, undefined)).toThrow("says now: no hold-out");
    expect(unseal(resolveSpec(unsealed()), ledger, undefined).to).toBe("2021-01-03");
  });

  it("gives the last peek to the first of two that take it at once", async () => {
    const ledger = await ledgerOf(spec());
    const [first, second] = [spec(WIDE), spec(WIDE, "preset=dear")];
    const [a, b] = [unseal(first, ledger, "a"), unseal(second, ledger, "b")];
    await ledger.append(a.peek);
    await ledger.append(b.peek);
    expect(unseal(first, ledger, undefined).to).toBe("2021-12-31");
    expect(() => unseal(second, ledger, undefined)).toThrow("2 of 1 peek spent, 0 left");
  });
});

describe("a run", () => {
  const root = folder();
  const ledger = openLedger(root, "sealed-simulated");
  const run = (of: ReturnType<typeof study>, peek?: string) =>
    execute({
      study: of,
      root,
      catalog: openCatalog(),
      emit: silent,
      ...(peek !== undefined && { peek }),
      render: () => ({}),
    });

  it("that is refused leaves the seal and no trial", async () => {
    await expect(run(study(WIDE))).rejects.toMatchObject({ code: "LOOK_AHEAD" });
    expect(ledger.entries().map(({ kind }) => kind)).toEqual(["seal"]);
    await expect(run(unsealed(WIDE))).rejects.toMatchObject({ code: "LOOK_AHEAD" });
  });

  it("before the seal has every preset, and says that nothing of it was read", async () => {
    const { result } = await run(study());
    expect(result.presets.map(({ preset }) => preset)).toEqual(["plain", "dear"]);
    expect(result.notes[0]).toBe(
      "Hold-out sealed from 2021-01-04 on: 0 of 1 peek spent, 1 left; this run read nothing of it.",
    );
  });

  it("under a peek simulates the chosen preset inside, alone, and says what is left", async () => {
    const before = countTrials(ledger.entries()).recorded;
    const { result, series } = await run(study(WIDE), "final test");
    expect(result.period.end).toBe("2021-12-31");
    expect(result.presets.map(({ preset }) => preset)).toEqual(["plain"]);
    expect(series.curves.map(({ role }) => role)).toEqual(["strategy"]);
    expect(countTrials(ledger.entries()).recorded).toBe(before + 1);
    expect(result.notes[0]).toContain("1 of 1 peek spent, 0 left; this run looked into it");
    expect((await run(study(WIDE))).fresh).toBe(false);
    await expect(run(study(WIDE, "preset=dear"), "again")).rejects.toThrow("0 left");
  });

  it("of the audit opens nothing for another preset than the one that was looked at", async () => {
    const entries = ledger.entries().length;
    const presets = ["plain", "dear"];
    const look = audit({ study: study(WIDE), presets, root, catalog: openCatalog(), emit: silent });
    await expect(look).rejects.toThrow("0 left");
    expect(ledger.entries()).toHaveLength(entries);
  });
});

it.each([
  ["vix-regime", "sleeve.holdout.start=2022-01-03", "sleeve.holdout: a filter's models learn"],
  ["vix-regime", "holdout.start=2022-01-03", 'unknown key "holdout"'],
  ["vix-direction", "holdout.start=2022-01-03", 'unknown key "holdout"'],
  ["hedging", "holdout.start=2022-01-03", 'unknown key "holdout"'],
])("another kind of study refuses the key: %s %s", (name, override, message) => {
  const file = fileURLToPath(new URL(`../../studies/${name}.yaml`, import.meta.url));
  const of = readStudy(file, [override]);
  const resolve = { filter: resolveFilter, forecast: resolveForecast, hedging: resolveHedging };
  expect(() => resolve[of.kind as keyof typeof resolve](of)).toThrow(message);
});
