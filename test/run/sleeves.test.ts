import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { silent } from "#core";
import { importSource, openLake, type Source } from "#market";
import { renderSleeves, sleevesText } from "#report";
import { openCatalog, parseStudy, readStudy, resolveSpec, runSleeves, specFile } from "#run";
import { runStudy } from "../../src/cli/run.ts";

const ROOT = mkdtempSync(path.join(tmpdir(), "volterra-sleeves-"));
const catalog = openCatalog();
afterAll(() => rmSync(ROOT, { recursive: true, force: true }));

const SHORT = `
window: { start: 2017-01-03, end: 2018-12-31 }
bootstrap: { resamples: 100 }
sensitivity: { costs: [1], delays: [0] }
benchmarks:
  buy-hold: { name: buy-hold }
  vol-target: { name: vol-target }
  constant-mix: { name: constant-mix }
`;
const ONE = `study: one
title: One
strategy: { name: vrp-erp }
killTests: [vrp-erp]
${SHORT}
notes: [Universe differs.]
preset: usual
presets:
  usual: {}
  as-coded: { execution: { fill: same-open }, published: { sharpe: 0.5 } }
`;
const TWO = `study: two
title: Two
sleeves:
  dm: { strategy: { name: dual-momentum }, weight: 0.6 }
  erp: { strategy: { name: vrp-erp }, weight: 0.4 }
${SHORT}
`;
const ALL = `study: both
kind: sleeves
title: Both
studies: [one.yaml, two.yaml]
common: { start: 2018-01-02, end: 2018-12-31 }
`;

beforeAll(async () => {
  const source = await catalog.load<Source>("sources", "simulated");
  const options = { seed: "4", from: "2015-01-02", to: "2018-12-31" };
  const lake = openLake(path.join(ROOT, "lake"));
  await importSource(lake, source, { options, signal: new AbortController().signal, emit: silent });
  for (const [name, text] of Object.entries({ one: ONE, two: TWO, all: ALL })) {
    writeFileSync(path.join(ROOT, `${name}.yaml`), text);
  }
}, 60_000);

const spec = (text: string, overrides: string[] = []) =>
  resolveSpec(parseStudy("two.yaml", text, overrides));

const judgeBoth = () =>
  runSleeves({
    study: readStudy(path.join(ROOT, "all.yaml")),
    root: ROOT,
    catalog,
    emit: silent,
    render: () => ({ "report.html": "" }),
    renderAll: renderSleeves,
  });

describe("a study of sleeves", () => {
  it("judges every preset of every study once, and links to their runs", async () => {
    const { result, folder, fresh } = await judgeBoth();
    expect(fresh).toBe(true);
    expect(result.rows.map(({ study, preset, usual }) => [study, preset, usual])).toEqual([
      ["one", "usual", true],
      ["one", "as-coded", false],
      ["two", "default", true],
    ]);
    const [usual, ahead, two] = result.rows;
    expect(usual!.verdict!.trials).toMatchObject({ recorded: 2, declared: 12, atLeast: 14 });
    expect(ahead).toMatchObject({ lookAhead: true, published: { sharpe: 0.5 } });
    expect(two!.verdict).toBeNull();
    expect(result).toMatchObject({ simulated: true, notes: ["Universe differs."] });
    for (const row of result.rows) {
      expect(row.common!.n).toBe(251);
      expect(row.common!.correlation).toBeGreaterThan(0);
    }
    const { names, values } = result.correlations;
    expect(names).toEqual(["one", "two", "SPY"]);
    expect(values.map((row, i) => row[i]!.toFixed(9))).toEqual(Array(3).fill("1.000000000"));
    expect(values[0]![2]).toBeCloseTo(usual!.common!.correlation, 12);

    const page = readFileSync(path.join(folder.path, "report.html"), "utf8");
    const links = [...page.matchAll(/href="(\.\.[^"]+)"/g)].map(([, href]) => href!);
    expect(links).toHaveLength(2);
    for (const link of links) expect(existsSync(path.join(folder.path, link))).toBe(true);

    const text = sleevesText(result);
    expect(text).toMatch(/one {2,}as-coded {2,}\S+.* \(look-ahead\)/);
    expect(text).toMatch(/two {2,}default \* +not judged/);

    const again = await judgeBoth();
    expect(again.fresh).toBe(false);
    expect(again.folder.name).toBe(folder.name);
  }, 120_000);

  it("leaves out the common stretch where a study does not cover it", async () => {
    const text = ALL.replace("2018-01-02", "2016-01-04").replace("study: both", "study: early");
    writeFileSync(path.join(ROOT, "early.yaml"), text);
    const { result } = await runSleeves({
      study: readStudy(path.join(ROOT, "early.yaml")),
      root: ROOT,
      catalog,
      emit: silent,
      render: () => ({}),
      renderAll: () => ({}),
    });
    expect(result.rows.map(({ common }) => common)).toEqual([null, null, null]);
    expect(result.correlations.names).toEqual([]);
  }, 120_000);

  it.each([
    ["studeis: []", 'unknown key "studeis"', 'Did you mean "studies"?'],
    ["studies: [three.yaml]", "cannot read the study", ""],
  ])("refuses %s", async (line, message, hint) => {
    const text = ALL.replace("studies: [one.yaml, two.yaml]", line);
    const study = parseStudy(path.join(ROOT, "bad.yaml"), text);
    const run = runSleeves({
      study,
      root: ROOT,
      catalog,
      emit: silent,
      render: () => ({}),
      renderAll: () => ({}),
    });
    await expect(run).rejects.toThrow(message);
    await expect(run).rejects.toMatchObject({ hint: expect.stringContaining(hint) });
  });

  it("is refused where its kind is unknown", async () => {
    const study = parseStudy("x.yaml", ALL.replace("kind: sleeves", "kind: sleeve"));
    await expect(runStudy({ var: ROOT }, study, {})).rejects.toMatchObject({
      message: 'x.yaml: no kind of study "sleeve"',
      hint: 'Did you mean "sleeves"?',
    });
  });
});

describe("a study of one portfolio", () => {
  it("fills every default and is stored as it can be run", () => {
    const whole = spec(TWO, ["sleeves.dm.weight=0.5"]);
    expect(whole.strategy.portfolio!.sleeves.dm!.weight).toBe(0.5);
    expect(whole.strategy.portfolio!.risk).toMatchObject({ volTarget: 0.07, onStop: "flatten" });
    const stored = parseStudy("stored.yaml", JSON.stringify(specFile(whole)));
    expect(resolveSpec(stored)).toEqual(whole);
  });

  it("leaves a sleeve out that a preset names null", () => {
    const { sleeves } = spec(TWO, ["sleeves.erp=null"]).strategy.portfolio!;
    expect(Object.keys(sleeves)).toEqual(["dm"]);
  });

  it.each([
    ["sleeves.dm.weigth=1", 'unknown key "sleeves.dm.weigth"', 'Did you mean "weight"?'],
    ["risk.volTraget=1", 'unknown key "risk.volTraget"', 'Did you mean "volTarget"?'],
    ["allocation.overlay.mots=1", 'unknown key "allocation.overlay.mots"', 'Did you mean "most"?'],
    ["sleeves.dm.weight=0.7", "the weights sum to more than 1", ""],
    [
      "sleeves.cash={strategy: {name: buy-hold}, weight: 0.1}",
      'no sleeve may be called "cash"',
      "",
    ],
    ["strategy.name=buy-hold", "has both sleeves and a strategy", "Keep one of them."],
  ])("refuses %s", (override, message, hint) => {
    const parse = () => spec(TWO, [override]);
    expect(parse).toThrow(message);
    expect(parse).toThrow(expect.objectContaining({ hint }));
  });
});
