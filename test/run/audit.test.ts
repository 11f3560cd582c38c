import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { calendar, indexOf, lastAtOrBefore, silent, toDay, toNumber } from "#core";
import { makeSchedule } from "#backtest";
import {
  type Columns,
  defineFeature,
  defineTarget,
  type Feature,
  openGraph,
  openTable,
  rollingMean,
  type Target,
} from "#features";
import { type Market, openMarket, type Source } from "#market";
import {
  type Audit,
  audit,
  auditColumn,
  auditNode,
  auditReading,
  auditSchedule,
  auditStudy,
  type Catalog,
  leakText,
  openCatalog,
  openLedger,
  parseStudy,
  takeSnapshot,
} from "#run";
import { defineStrategy, type Strategy, type View } from "#trade";

const builtIn = openCatalog();
let market: Market;
beforeAll(async () => {
  const source = await builtIn.load<Source>("sources", "simulated");
  const options = { seed: "5", from: "2011-01-03", to: "2014-12-31" };
  market = await openMarket(await takeSnapshot(source, options, silent));
});

/** A feature of VIX from a rule for row t that sees the whole column. */
function planted(
  name: string,
  rule: (x: Float64Array, t: number, days: Int32Array) => number,
  warmup = 0,
): Feature {
  return defineFeature({
    name,
    describe: name,
    unit: "points",
    range: [-1e9, 1e9],
    params: {},
    inputs: () => ({ x: "vix.close" }),
    warmup: () => warmup,
    compute: ({ x }, _, days) => x!.map((_, t) => rule(x!, t, days)),
  });
}

function label(name: string, declared: number, compute: (inputs: Columns) => Float64Array): Target {
  return defineTarget({
    name,
    describe: name,
    unit: "points",
    params: {},
    inputs: () => ({ x: "vix.close" }),
    horizon: () => declared,
    compute,
  });
}

async function audited(entry: Feature | Target) {
  const graph = openGraph(async () => entry);
  const [ref] = await graph.add(entry.name);
  return auditNode(graph.nodes.get(ref!)!, openTable(graph, market), market.sessions);
}

const mean = (x: Float64Array) => x.reduce((sum, v) => sum + v, 0) / x.length;
const RARE = "2012-06-19";

describe("a feature that looks ahead is caught by cutting its rows", () => {
  it.each([
    planted("centred-window", (x, t) => mean(x.slice(Math.max(t - 2, 0), t + 3)), 2),
    planted("full-sample-scaler", (x, t) => x[t]! - mean(x)),
    planted("label-in-disguise", (x, t) => x[t + 5]! / x[t]! - 1),
    planted("last-row", (x, t) => x.length - t),
    planted("backfill", (x, t) => (t < 10 ? x[10]! : x[t]!)),
  ])("$name", async (entry) => {
    const { leak } = await audited(entry);
    expect(leak).toMatchObject({ how: "prefix" });
    expect(leak!.day).toBeLessThanOrEqual(leak!.cut!);
    expect(Object.is(leak!.before, leak!.after)).toBe(false);
  });

  it.each([1, 5, 100, 500])("a peek of %i rows on one rare date, on that date", async (ahead) => {
    const entry = planted("rare-peek", (x, t, days) =>
      toDay(days[t]!) === RARE ? x[t + ahead]! : x[t]!,
    );
    const { leak } = await audited(entry);
    expect(toDay(leak!.day!)).toBe(RARE);
    expect(leak!.how).toBe("prefix");
    expect(leak!.before).toBe(
      market.column("vix.close")[indexOf(market.sessions, toNumber(RARE)) + ahead],
    );
  });

  it("a peek that these data never reward, by garbage", async () => {
    const entry = planted("crash-peek", (x, t) => (x[t + 1]! < -100 ? 0 : x[t]!));
    expect((await audited(entry)).leak).toMatchObject({ how: "garbage" });
  });

  it("a test for what is missing tomorrow, by its absence", async () => {
    const entry = planted("gap-peek", (x, t) =>
      t + 1 < x.length && Number.isNaN(x[t + 1]!) ? 0 : x[t]!,
    );
    expect((await audited(entry)).leak).toMatchObject({ how: "missing" });
  });

  it.each([
    planted("trailing-window", (x, t) => mean(x.slice(Math.max(t - 4, 0), t + 1))),
    planted("expanding-scaler", (x, t) => x[t]! - mean(x.slice(0, t + 1))),
    planted("day-of-week", (_, t, days) => days[t]! % 7),
    planted("long-memory", (x, t) => (t < 400 ? NaN : x[t - 400]!)),
  ])("and $name is not", async (entry) => {
    const check = await audited(entry);
    expect(check.leak).toBeNull();
    expect(check.cuts).toBeGreaterThan(market.sessions.length - 1);
  });
});

const ahead = (x: Float64Array, by: number) => x.map((v, t) => x[t + by]! / v - 1);

describe("a target", () => {
  it("may look as far ahead as it says", async () => {
    expect((await audited(label("honest", 5, ({ x }) => ahead(x!, 5)))).leak).toBeNull();
  });

  it("is caught looking farther", async () => {
    const { leak } = await audited(label("farther", 5, ({ x }) => ahead(x!, 6)));
    expect(leak).toMatchObject({ what: "value", how: "prefix" });
  });

  it("is caught with a label whose future is unknown", async () => {
    const early = label("early", 5, ({ x }) => ahead(x!, 5).map((r) => (r > 0 ? 1 : 0)));
    expect((await audited(early)).leak).toMatchObject({
      what: expect.stringContaining("value"),
      how: "prefix",
    });
  });
});

/** The market with a column replaced; its tables stay. */
function doctored(ref: string, values: Float64Array): Market {
  return { ...market, column: (name) => (name === ref ? values : market.column(name)) };
}

async function byCut(world: Market, ref: string) {
  const cuts = Array.from({ length: 10 }, (_, i) => 480 + i);
  const read = async (m: Market) => new Map([[ref, m.column(ref)]]);
  return (await auditReading(world, read, cuts))[0];
}

describe("a column that was not known yet is caught by its date of publication", () => {
  it("the weekly dollar index on its own date", async () => {
    const { days, columns } = market.frame("dtwexbgs");
    const own = Float64Array.from(market.sessions, (day) => {
      const row = lastAtOrBefore(days, day);
      return row < 0 ? NaN : columns["level"]!.values[row]!;
    });
    const world = doctored("dtwexbgs.level", own);
    expect(auditColumn(world, "dtwexbgs.level").leak).toMatchObject({ how: "rule" });
    expect(await byCut(world, "dtwexbgs.level")).toMatchObject({ how: "prefix" });
    expect(auditColumn(market, "dtwexbgs.level").leak).toBeNull();
    expect(await byCut(market, "dtwexbgs.level")).toBeUndefined();
  });

  it("a revision that came a month later", async () => {
    const revised = market.column("vix.close").slice();
    const t = indexOf(market.sessions, toNumber(RARE));
    revised[t] = revised[t + 21]!;
    const leak = auditColumn(doctored("vix.close", revised), "vix.close").leak!;
    expect(toDay(leak.day!)).toBe(RARE);
    expect(leak.after).toBe(market.column("vix.close")[t]);
  });
});

describe("the calendar", () => {
  it("is caught knowing a closure before it was announced", () => {
    const { sessions } = market;
    expect(auditSchedule(sessions, makeSchedule(sessions)).leak).toBeNull();
    const next = sessions.map((day) => calendar("nyse").next(day));
    const leak = auditSchedule(sessions, { next }).leak!;
    // The exchange was closed for a hurricane from Monday, announced on the Sunday.
    expect([toDay(leak.day!), leak.before, leak.after]).toEqual([
      "2012-10-26",
      "2012-10-31",
      "2012-10-29",
    ]);
  });
});

const STUDY = `
study: planted
title: Planted
window: { start: 2012-01-03, end: 2014-06-30 }
strategy: { name: planted }
presets: { default: {}, as-coded: { execution: { fill: same-open } } }
`;

/** Holds SPY in proportion to what the rule says. */
function strategy(
  rule: (view: View) => number,
  features: Record<string, string> = { vix: "vix.close" },
): Strategy<object, object> {
  return defineStrategy({
    name: "planted",
    describe: "planted",
    params: {},
    instruments: () => ["SPY"],
    features: () => features,
    start: () => ({}),
    decide(view) {
      const target = rule(view);
      const orders = [{ instrument: 0, target, by: "weight" as const, reason: "planted" }];
      return { action: "trade", orders, findings: [], reason: "planted" };
    },
  });
}

async function run(
  own: Strategy<object, object>,
  overrides: string[] = [],
  entries: readonly (Feature | Target)[] = [],
): Promise<Audit> {
  const found = (name: string) => [own, ...entries].find((entry) => entry.name === name);
  const catalog: Catalog = {
    ...builtIn,
    names: (folder) => [
      ...builtIn.names(folder),
      ...entries.filter((e) => `${e.kind}s` === folder).map((e) => e.name),
    ],
    load: async <T>(folder: Parameters<Catalog["load"]>[0], name: string) =>
      (found(name) as T | undefined) ?? builtIn.load<T>(folder, name),
  };
  const study = parseStudy("planted.yaml", STUDY, overrides);
  const request = { study, presets: [study.preset], market, catalog, emit: silent };
  return (await auditStudy(request)).audit;
}

const leaking = ({ checks }: Audit) => checks.filter(({ leak }) => leak).map(({ kind }) => kind);
const calm = ({ columns, t }: View) => (columns.vix![t]! < 20 ? 1 : 0.3);

describe("a study", () => {
  it("without a leak is clean, and shows what delay costs", async () => {
    const audit = await run(strategy(calm));
    expect(audit.checks.filter(({ leak }) => leak)).toEqual([]);
    expect(new Set(audit.checks.map(({ kind }) => kind))).toEqual(
      new Set(["calendar", "column", "feature", "strategy", "fill", "study"]),
    );
    expect(audit.lagDecay.map(({ delay }) => delay)).toEqual([0, 1, 2, 5]);
    expect(audit.lagDecay.every(({ sharpe }) => Number.isFinite(sharpe))).toBe(true);
  });

  it("that fills on the day of its decision is caught by spoiling the afternoon", async () => {
    const audit = await run(strategy(calm), ["preset=as-coded"]);
    expect(leaking(audit)).toEqual(["fill"]);
    expect(audit.checks.find(({ kind }) => kind === "fill")!.leak!.how).toBe("afternoon");
    expect(audit.lagDecay[0]!.delay).toBe("same-open");
  });

  it("whose strategy reads tomorrow on one rare date is caught by its blindfold", async () => {
    const peek = (view: View) =>
      toDay(view.day) === RARE ? view.columns.vix![view.t + 1]! / 40 : calm(view);
    const { checks } = await run(strategy(peek));
    const { leak } = checks.find(({ kind }) => kind === "strategy")!;
    expect(toDay(leak!.day!)).toBe(RARE);
    expect(leak!.how).toBe("blindfold");
  });

  it("whose strategy asks for tomorrow's price is caught, whatever it does with it", async () => {
    const peek = (view: View) => {
      if (toDay(view.day) === RARE) view.universe.open(0, view.t + 1);
      return calm(view);
    };
    const { checks } = await run(strategy(peek));
    const { leak } = checks.find(({ kind }) => kind === "strategy")!;
    expect(leakText(leak!)).toContain(
      `asks for the open of SPY on ${RARE}: refused → 1 sessions ahead`,
    );
  });

  it("whose strategy orders what has no price is caught", async () => {
    const { checks } = await run(strategy(() => NaN));
    expect(checks.find(({ kind }) => kind === "strategy")!.leak!.what).toBe("order for SPY");
  });

  it("whose feature looks ahead is caught at the feature, in its fills and in the results", async () => {
    const ahead = planted("ahead", (x, t) => x[t + 1]!);
    const own = strategy(calm, { vix: "ahead" });
    const audit = await run(own, [], [ahead]);
    expect(leaking(audit)).toEqual(["feature", "fill", "feature", "study"]);
  });

  it("whose feature is fed a label is refused", async () => {
    const future = label("future", 5, ({ x }) => x!.map((_, t) => x![t + 5]!));
    const fed = defineFeature({ ...planted("fed", () => 0), inputs: () => ({ x: "future" }) });
    await expect(run(strategy(calm, { vix: "fed" }), [], [fed, future])).rejects.toMatchObject({
      code: "LOOK_AHEAD",
    });
  });

  it("whose strategy is fed a label is refused, honest label though it is", async () => {
    const future = label("future", 5, ({ x }) => x!.map((_, t) => x![t + 5]!));
    await expect(run(strategy(calm, { vix: "future" }), [], [future])).rejects.toMatchObject({
      code: "LOOK_AHEAD",
    });
  });

  it("of another kind is refused with a hint", async () => {
    const study = parseStudy("other.yaml", `kind: portfolio\n${STUDY}`);
    const request = { study, presets: ["default"], market, catalog: builtIn, emit: silent };
    await expect(auditStudy(request)).rejects.toMatchObject({ code: "USAGE" });
  });
});

it("an audit is a trial like any other, counted once", async () => {
  const root = mkdtempSync(join(tmpdir(), "volterra-audit-"));
  const text = STUDY.replace("name: planted }", "name: buy-hold }");
  const study = parseStudy("planted.yaml", `${text}data: { source: simulated, seed: 2 }`);
  const request = { study, presets: ["default"], root, catalog: builtIn, emit: silent };
  const first = await audit(request);
  expect(first.checks.filter(({ leak }) => leak)).toEqual([]);
  const kinds = () =>
    openLedger(root, "planted-simulated")
      .entries()
      .map(({ kind }) => kind);
  expect(kinds()).toEqual(["intent", "result"]);
  expect(await audit(request)).toEqual(first);
  expect(kinds()).toEqual(["intent", "result"]);
});

it("rolling windows are causal to the bit, whatever their window", async () => {
  for (const window of [1, 2, 21, 252]) {
    const entry = defineFeature({
      ...planted("mean", () => 0, window - 1),
      compute: ({ x }) => rollingMean(x!, window),
    });
    expect((await audited(entry)).leak).toBeNull();
  }
});
