import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, vi } from "vitest";
import { silent } from "#core";
import { type Audit, audit, openCatalog, openLedger, readStudy } from "#run";
import { runAudit } from "../../src/cli/audit.ts";

const LAB = "test/run/lab";
const catalog = openCatalog([LAB]);
const newRoot = () => mkdtempSync(path.join(tmpdir(), "volterra-audit-"));

/** Few baselines, a small net, and a market of its own. */
const FORECAST = [
  "data.source=simulated",
  "window={start: 2012-01-03, end: 2016-12-30}",
  "split={kind: disjoint, from: 2015-01-02, folds: 2}",
  "preset=development",
  "model.params={hidden: 4, layers: 1}",
];
const FILTER = [
  "data.source=simulated",
  "preset=without-f3",
  "window={start: 2008-01-02, end: 2013-12-31}",
  "sleeve.window={start: 2013-01-02, end: 2013-12-31}",
  "model={name: logistic, params: {l2: 2}}",
  "retraining={sessions: 63, again: {}}",
];
const HEDGING = ["run=[volatility]", "arms.volatility.tests=[crisis]"];

async function auditOf(name: string, overrides: readonly string[], root = newRoot()) {
  const study = readStudy(`studies/${name}.yaml`, overrides);
  return audit({ study, presets: [study.preset], root, catalog, emit: silent });
}

const leaks = ({ checks }: Audit) =>
  checks.filter(({ leak }) => leak).map(({ kind, name }) => `${kind} ${name}`);
const kinds = ({ checks }: Audit) => new Set(checks.map(({ kind }) => kind));

/** What the command prints, and what it throws. */
async function command(name: string, overrides: readonly string[]) {
  const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  try {
    const globals = { var: newRoot(), catalog: [LAB] };
    const thrown: unknown = await runAudit(globals, `studies/${name}.yaml`, overrides, {}).then(
      () => null,
      (error: unknown) => error,
    );
    return { thrown, text: write.mock.calls.map(([text]) => String(text)).join("") };
  } finally {
    write.mockRestore();
  }
}

describe("the audit of a forecast", () => {
  it("is clean where nothing leaks, models and target included, and is no trial", async () => {
    const root = newRoot();
    const found = await auditOf("vix-direction", FORECAST, root);
    expect(leaks(found)).toEqual([]);
    expect(kinds(found)).toEqual(new Set(["calendar", "column", "feature", "target", "model"]));
    const models = found.checks.filter(({ kind }) => kind === "model");
    expect(models.map(({ name }) => name)).toContain("model: lstm");
    expect(models.map(({ name }) => name)).toContain("trees: gbt");
    expect(openLedger(root, "vix-direction-simulated").entries()).toEqual([]);
  });

  it("finds a model that scales by the rows it is asked about, and the command fails", async () => {
    const planted = [
      ...FORECAST,
      "baselines={class-prior: {name: class-prior}, bad: {name: batch-scaled}}",
    ];
    const { thrown, text } = await command("vix-direction", planted);
    expect(thrown).toMatchObject({
      code: "LOOK_AHEAD",
      message: expect.stringContaining("model bad: batch-scaled"),
    });
    expect(text).toMatch(/bad: batch-scaled .*LOOK-AHEAD: forecast on/);
    expect(text).toMatch(/model: lstm .*clean/);
  });

  it("finds a feature that looks ahead, at the feature and in the tables", async () => {
    const planted = [
      ...FORECAST,
      "features.ahead=tomorrow(of=vix.close)",
      "model={name: logistic}",
    ];
    const found = await auditOf("vix-direction", planted);
    expect(leaks(found)[0]).toBe("feature tomorrow(of=vix.close)");
    expect(leaks(found)).toContainEqual(expect.stringMatching(/^feature \d+ features$/));
  });

  it("refuses a label among the features", async () => {
    const planted = [...FORECAST, "features.ahead=direction(of=vix.close, low=-0.01, high=0.01)"];
    await expect(auditOf("vix-direction", planted)).rejects.toMatchObject({ code: "LOOK_AHEAD" });
  });
});

describe("the audit of a filter", () => {
  it("goes from the rows to the sleeve, which is a trial, and finds a model that scales by the rows asked about", async () => {
    const root = newRoot();
    const planted = [...FILTER, "baselines={bad: {name: batch-scaled}}"];
    const found = await auditOf("vix-regime", planted, root);
    expect(leaks(found)).toEqual(["model bad: batch-scaled"]);
    expect(kinds(found)).toEqual(
      new Set(["calendar", "column", "feature", "target", "model", "strategy", "fill", "study"]),
    );
    expect(found.lagDecay.length).toBe(4);
    const entries = openLedger(root, "vix-regime-simulated").entries();
    expect(entries.map(({ kind }) => kind)).toEqual(["intent", "result"]);
  });
});

describe("the audit of a hedging study", () => {
  it("is clean, rules, features and networks, and is no trial", async () => {
    const root = newRoot();
    const found = await auditOf("hedging", HEDGING, root);
    expect(leaks(found)).toEqual([]);
    expect(kinds(found)).toEqual(new Set(["feature", "policy"]));
    expect(found.checks.map(({ name }) => name)).toContain("network of volatility");
    expect(found).toMatchObject({ snapshot: "", period: null });
    expect(openLedger(root, "hedging").entries()).toEqual([]);
  });

  it("finds a policy that knows the next return, and the command fails", async () => {
    const { thrown, text } = await command("hedging", [
      ...HEDGING,
      "baselines=[delta, clairvoyant]",
    ]);
    expect(thrown).toMatchObject({
      code: "LOOK_AHEAD",
      message: expect.stringMatching(
        /^policy clairvoyant: position of path \d+ in \w+, session \d+/,
      ),
    });
    expect(text).toMatch(/policy +clairvoyant .*LOOK-AHEAD/);
    expect(text).toMatch(/policy +delta .*clean/);
  });

  it("finds the peek of the original's trailing volatility, in the feature and through the network", async () => {
    const found = await auditOf("hedging", [...HEDGING, "contract.peek=true"]);
    expect(leaks(found)).toEqual(["feature realised", "policy network of volatility"]);
  });
});

it("a study that only names others is refused with a hint", async () => {
  await expect(auditOf("sleeves", [])).rejects.toMatchObject({
    code: "USAGE",
    hint: expect.stringContaining("one by one"),
  });
});
