import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { silent } from "#core";
import { countTrials } from "#evidence";
import {
  execute,
  fromJson,
  openCatalog,
  openLedger,
  parseStudy,
  readStudy,
  resolveSpec,
  toJson,
} from "#run";

const BASE = `
study: small
title: Small
window: { start: 2020-01-02, end: 2021-12-31 }
strategy: { name: buy-hold, params: { asset: SPY } }
preset: plain
presets:
  plain: {}
  dear: { execution: { costs: { equityBps: 50 } } }
  other: { strategy: { name: constant-mix } }
`;

const spec = (text: string, overrides: string[] = []) =>
  resolveSpec(parseStudy("small.yaml", text, overrides));

describe("a study", () => {
  it("fills every default, so that the stored spec says everything", () => {
    const { execution, account, bootstrap } = spec(BASE);
    expect(execution.fill).toBe("next-open");
    expect(execution.costs.equityBps).toBe(5);
    expect(account.nav).toBe(100_000);
    expect(bootstrap.resamples).toBe(2000);
  });

  it("lays presets over the base and overrides over presets", () => {
    expect(spec(BASE, ["preset=dear"]).execution.costs.equityBps).toBe(50);
    expect(
      spec(BASE, ["preset=dear", "execution.costs.equityBps=7"]).execution.costs.equityBps,
    ).toBe(7);
    expect(spec(BASE, ["window.start=2020-06-01"]).window.start).toBe("2020-06-01");
  });

  it("keeps overridden parameters from presets with another strategy", () => {
    const study = parseStudy("small.yaml", BASE, ["strategy.params.asset=QQQ"]);
    const strategies = study.presets.map((preset) => resolveSpec(study, preset).strategy);
    expect(strategies).toEqual([
      { name: "buy-hold", params: { asset: "QQQ" } },
      { name: "buy-hold", params: { asset: "QQQ" } },
      { name: "constant-mix", params: {} },
    ]);
  });

  it("does not hand the parameters of one strategy to another", () => {
    expect(spec(BASE, ["preset=other"]).strategy).toEqual({ name: "constant-mix", params: {} });
  });

  it.each([
    ["windw: {}", 'unknown key "windw"', 'Did you mean "window"?'],
    ["execution: { cost: {} }", 'unknown key "execution.cost"', 'Did you mean "costs"?'],
    [
      "execution: { costs: { equityBp: 1 } }",
      'unknown key "execution.costs.equityBp"',
      'Did you mean "equityBps"?',
    ],
  ])("refuses %s", (line, message, hint) => {
    const parse = () => spec(BASE + line);
    expect(parse).toThrow(`small.yaml: ${message}`);
    expect(parse).toThrow(expect.objectContaining({ hint }));
  });

  it.each([
    [["preset=plane"], 'no preset "plane"', 'Did you mean "plain"?'],
    [["window.start"], '"window.start" is not key=value', "For example window.start=2018-01-02."],
    [["window.start=2020-02-31"], "window.start: not a day (YYYY-MM-DD)", ""],
    [
      ["window.start=2023-01-02"],
      "window ends (2021-12-31) before it starts (2023-01-02)",
      "Swap start and end, or look for a slip in one of the years.",
    ],
    [["account.nav=-5"], "account.nav", ""],
    [["execution.fill=yesterday"], "execution.fill", ""],
    [
      ["execution.fill=same-open"],
      "preset plain: execution.fill same-open fills before it decides",
      "Only a preset named as-coded may, to reproduce an original that did.",
    ],
    [
      ["data.allow=[NEGATIV_PRICE]"],
      'data.allow: no quality rule "NEGATIV_PRICE"',
      'Did you mean "NEGATIVE_PRICE"?',
    ],
  ])("refuses the override %s", (overrides, message, hint) => {
    const parse = () => spec(BASE, overrides);
    expect(parse).toThrow(message);
    expect(parse).toThrow(expect.objectContaining({ hint }));
  });

  it("names the line of YAML that does not parse", () => {
    expect(() => spec("study: [1\n")).toThrow(/small\.yaml: .*line 2/);
    expect(() => spec("- 1\n- 2\n")).toThrow("small.yaml holds no keys");
  });

  it("that is not there is told from its neighbours", () => {
    expect(() => readStudy("studies/vrp-ep.yaml")).toThrow(
      expect.objectContaining({
        message: "cannot read the study studies/vrp-ep.yaml",
        hint: 'Did you mean "studies/vrp-erp.yaml"?',
      }),
    );
  });

  it("resolves to equal specs however often", () => {
    expect(spec(BASE)).toEqual(spec(BASE));
  });
});

describe("the study vrp-erp", () => {
  const file = fileURLToPath(new URL("../../studies/vrp-erp.yaml", import.meta.url));
  const study = parseStudy("vrp-erp.yaml", readFileSync(file, "utf8"));

  it("has a look-ahead fill in the as-coded preset alone", () => {
    const ahead = study.presets.filter((p) => resolveSpec(study, p).execution.fill === "same-open");
    expect(ahead).toEqual(["as-coded"]);
  });
});

describe("a run that cannot be", () => {
  it.each([
    ["strategy.name=buy-hol", 'no strategy "buy-hol"'],
    ["strategy.params.aset=QQQ", 'no parameter "aset"'],
    ["window.end=2020-01-02", "fewer than two sessions of data"],
  ])("for %s is no trial", async (override, message) => {
    const root = mkdtempSync(path.join(tmpdir(), "volterra-test-"));
    const study = parseStudy("small.yaml", BASE, ["data.source=simulated", override]);
    const run = execute({ study, root, catalog: openCatalog(), emit: silent, render: () => ({}) });
    await expect(run).rejects.toThrow(message);
    expect(countTrials(openLedger(root, "small-simulated").entries()).recorded).toBe(0);
    rmSync(root, { recursive: true });
  });
});

describe("the JSON of results", () => {
  it("writes days of metrics as dates, missing numbers as null, and is read again", () => {
    const metrics = { sharpe: NaN, maxDrawdownPeak: 16_576, maxDrawdownRecovery: null };
    const text = toJson({ metrics });
    expect(text).toBe(
      '{"metrics":{"sharpe":null,"maxDrawdownPeak":"2015-05-21","maxDrawdownRecovery":null}}',
    );
    expect(fromJson(text)).toEqual({ metrics: { ...metrics, sharpe: null } });
  });
});
