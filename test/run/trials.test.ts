import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { silent } from "#core";
import { countTrials } from "#evidence";
import { importSource, openLake, type Source } from "#market";
import {
  codeVersion,
  execute,
  openCatalog,
  openLedger,
  parseStudy,
  resolveSpec,
  sweep,
  sweepName,
} from "#run";
import { loadStrategy } from "../../src/run/portfolio.ts";
import { countLedgerTrials, fillSpec, finishedTrials, trialOf } from "../../src/run/trials.ts";

const ROOT = mkdtempSync(path.join(tmpdir(), "volterra-trials-"));
const LAB = path.join(ROOT, "lab");
afterAll(() => rmSync(ROOT, { recursive: true, force: true }));

const STUDY = `study: small
title: Small
window: { start: 2017-01-03, end: 2018-12-31 }
bootstrap: { resamples: 100 }
sensitivity: { costs: [1], delays: [0] }
strategy: { name: vrp-erp }
`;
const study = (...overrides: string[]) => parseStudy("small.yaml", STUDY, overrides);

/** A kill-test of the Sharpe ratio as a catalog's file holds it. */
function addKillTest(name: string, threshold: number, priorTrials: number): void {
  const window = { start: "2017-01-03", end: "2018-12-31" };
  const test = {
    name,
    claim: "",
    source: "a test",
    alpha: 0.05,
    selection: "stepm",
    priorTrials: { count: priorTrials, source: `the notes of ${name}` },
    criteria: [{ name: "Sharpe", statistic: "sharpe", threshold, window, costs: 1 }],
    hash: name.repeat(10),
  };
  const file = path.join(LAB, "killtests", `${name}.mjs`);
  writeFileSync(file, `export default ${JSON.stringify(test)};\n`);
}

async function importSeed(seed: string): Promise<void> {
  const source = await openCatalog().load<Source>("sources", "simulated");
  const options = { seed, from: "2015-01-02", to: "2018-12-31" };
  const signal = new AbortController().signal;
  await importSource(openLake(path.join(ROOT, "lake")), source, { options, signal, emit: silent });
}

beforeAll(async () => {
  mkdirSync(path.join(LAB, "killtests"), { recursive: true });
  addKillTest("strict", 50, 7);
  addKillTest("lax", -50, 3);
  await importSeed("4");
}, 120_000);

const idOf = async (...overrides: string[]) =>
  trialOf(await fillSpec(openCatalog(), resolveSpec(study(...overrides)))).id;
const outcomes = (verdicts: readonly { outcome: string }[]) => verdicts.map((v) => v.outcome);

describe("a trial", () => {
  it("is the same whether it names the defaults of its parameters or leaves them out", async () => {
    const { params } = await loadStrategy(openCatalog(), { name: "vrp-erp", params: {} });
    const named = Object.entries(params).map(
      ([key, value]) => `strategy.params.${key}=${JSON.stringify(value)}`,
    );
    expect(named.length).toBeGreaterThan(5);
    expect(await idOf(...named)).toBe(await idOf());
    expect(await idOf("strategy.params.cap=0.123")).not.toBe(await idOf());
    await expect(idOf("strategy.params.capp=1")).rejects.toThrow('no parameter "capp"');
  });

  it("is the same inside a portfolio", async () => {
    const text = STUDY.replace(
      "strategy: { name: vrp-erp }",
      "sleeves: { erp: { strategy: { name: vrp-erp }, weight: 0.4 } }",
    );
    const id = async (...overrides: string[]) =>
      trialOf(await fillSpec(openCatalog(), resolveSpec(parseStudy("small.yaml", text, overrides))))
        .id;
    const { params } = await loadStrategy(openCatalog(), { name: "vrp-erp", params: {} });
    const cap = "sleeves.erp.strategy.params.cap";
    expect(await id(`${cap}=${(params as { cap: number }).cap}`)).toBe(await id());
    expect(await id(`${cap}=0.123`)).not.toBe(await id());
  });
});

describe("what the ledger holds of other data or other code", () => {
  it("is evaluated again by a sweep, as the same trial", async () => {
    const grid = { "strategy.params.cap": [0.5, 1] };
    const request = { study: study(), grid, root: ROOT, catalog: [], threads: 1, emit: silent };
    const first = await sweep(request);
    expect(first).toMatchObject({ evaluated: 2, recorded: 2 });
    const again = await sweep(request);
    expect(again).toEqual({ ...first, evaluated: 0 });
    expect(sweepName(again)).toBe(sweepName(first));

    await importSeed("5");
    const later = await sweep(request);
    expect(later).toMatchObject({ evaluated: 2, recorded: 2, code: first.code });
    expect(later.snapshot).not.toBe(first.snapshot);
    expect(sweepName(later)).not.toBe(sweepName(first));
    const sharpes = (points: typeof later.points) => points.map(({ metrics }) => metrics.sharpe);
    expect(sharpes(later.points)).not.toEqual(sharpes(first.points));

    const ledger = openLedger(ROOT, "small");
    const { snapshot, code } = later;
    const [id] = later.points.map(({ trial }) => trial);
    expect(finishedTrials(ledger, { snapshot, code }).size).toBe(2);
    expect(finishedTrials(ledger, { snapshot: first.snapshot, code }).size).toBe(0);
    expect(finishedTrials(ledger, { snapshot, code: "another" }).size).toBe(0);
    // The stored streams that the verdicts count are those of the last results.
    const last = ledger.entries().findLast((e) => e.kind === "result" && e.trial === id);
    const streams = countLedgerTrials(ledger, new Map()).streams!.map((s) => [...s.returns]);
    expect(streams).toHaveLength(2);
    expect(streams).toContainEqual(last?.kind === "result" && [...last.monthly!.returns]);

    // As if it had been made by other code.
    const trial = { kind: "result" as const, study: "small", trial: id!, metrics: { sharpe: 9 } };
    await ledger.append([{ ...trial, snapshot, code: "another" }]);
    const mended = await sweep(request);
    expect(mended).toMatchObject({ evaluated: 1, recorded: 2, points: later.points });
  }, 120_000);

  it("is told by the version of the code, further catalogs included", () => {
    const before = codeVersion([LAB]);
    expect(codeVersion([LAB])).toBe(before);
    expect(codeVersion()).not.toBe(before);
    const file = path.join(LAB, "more.mjs");
    writeFileSync(file, "export default 1;\n");
    expect(codeVersion([LAB])).not.toBe(before);
    rmSync(file);
  });
});

describe("the verdicts of a study", () => {
  const root = path.join(ROOT, "runs-of-verdicts");
  const run = async (...killTests: string[]) =>
    execute({
      study: study("data.source=simulated", `killTests=[${killTests.join(",")}]`),
      root,
      catalog: openCatalog([LAB]),
      emit: silent,
      render: () => ({}),
    });
  const ledger = () => openLedger(root, "small-simulated");

  it("are remembered: contracts fixed together stand together, one in the place of a KILL does not", async () => {
    const both = await run("strict", "lax");
    expect(outcomes(both.result.verdicts)).toEqual(["KILL", "PASS"]);
    expect(both.result.verdicts[1]!.trials).toMatchObject({ recorded: 1, declared: 7 });
    expect(both.result.verdicts[1]!.reasons.join()).toMatch(
      /7 prior trials .* \(the notes of strict\), 3 now/,
    );
    const head = ledger().head();
    expect(await run("strict", "lax")).toMatchObject({ fresh: false, folder: both.folder });
    expect(ledger().head()).toEqual(head);

    const alone = await run("lax");
    expect(alone.fresh).toBe(true);
    expect(outcomes(alone.result.verdicts)).toEqual(["NOT PROVEN"]);
    const reasons = alone.result.verdicts[0]!.reasons.join("\n");
    expect(reasons).toContain("contract 2 of 2 in this family");
    expect(reasons).toMatch(
      /contract strictstri \(line 1 of the ledger\) ended KILL on this trial/,
    );
    expect(countTrials(ledger().entries()).recorded).toBe(1);

    addKillTest("later", -60, 0);
    const swapped = await run("later", "strict");
    expect(outcomes(swapped.result.verdicts)).toEqual(["NOT PROVEN", "KILL"]);
  }, 120_000);

  it("are made anew once more trials are declared", async () => {
    const before = await run("strict", "lax");
    expect(before.result.verdicts[1]!.trials.declared).toBe(7);
    const told = { kind: "declaration" as const, study: "small", count: 40, source: "--trials" };
    await ledger().append([told]);
    const after = await run("strict", "lax");
    expect(after.folder).not.toEqual(before.folder);
    expect(after.result.verdicts[1]!.trials.declared).toBe(40);
  }, 120_000);
});
