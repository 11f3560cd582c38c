import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { toDay } from "#core";
import {
  type Feature,
  openGraph,
  openTable,
  readFeatures,
  storeFeatures,
  type StoreRequest,
  storeVersion,
  type Target,
} from "#features";
import { type Market, memorySnapshot, openMarket, simulateMarket } from "#market";
import { openCatalog } from "../../src/run/catalog.ts";

const market = await openMarket(
  memorySnapshot(simulateMarket({ seed: 3, from: "2015-01-02", to: "2016-12-30" }), true),
);
const catalog = openCatalog();
const REFS = { vix: "vix.close", cmf: "cmf30", gate: "gate-score", risk: "short-vx-loss" };

async function request(
  of: Market,
  refs: Readonly<Record<string, string>> = REFS,
): Promise<StoreRequest> {
  const graph = openGraph((name) =>
    catalog.names("targets").includes(name)
      ? catalog.load<Target>("targets", name)
      : catalog.load<Feature>("features", name),
  );
  await graph.add(...Object.values(refs));
  const { sessions, snapshot, unit } = of;
  return {
    name: "rows",
    refs,
    graph,
    column: openTable(graph, of),
    unit,
    sessions,
    snapshot,
    code: "1",
  };
}

const folder = () => mkdtempSync(path.join(tmpdir(), "volterra-store-"));

describe("the feature store", () => {
  it("gives back what was stored, with units, lineage and horizons", async () => {
    const wanted = await request(market);
    const stored = await readFeatures(await storeFeatures(folder(), wanted));
    expect(stored.days).toEqual(market.sessions);
    for (const [name, ref] of Object.entries(REFS)) {
      expect(stored.columns[name]).toEqual(wanted.column(ref));
    }
    const known = stored.schema.columns.map(({ name, unit, knownAfter }) => [
      name,
      unit,
      knownAfter,
    ]);
    expect(known).toEqual([
      ["vix", "points", 0],
      ["cmf", "points", 0],
      ["gate", "score", 0],
      ["risk", "state", 5],
    ]);
  });

  it("reads as of a day: no later row, and no label before its horizon has passed", async () => {
    const place = await storeFeatures(folder(), await request(market));
    const whole = await readFeatures(place);
    const t = 300;
    const then = await readFeatures(place, toDay(market.sessions[t]!));
    expect(then.days.length).toBe(t + 1);
    expect(then.columns.vix).toEqual(whole.columns.vix!.slice(0, t + 1));
    expect(then.columns.risk!.slice(0, t - 4)).toEqual(whole.columns.risk!.slice(0, t - 4));
    expect(Array.from(then.columns.risk!.slice(t - 4))).toEqual(Array(5).fill(NaN));
    expect(whole.columns.risk!.slice(t - 4, t + 1).some(Number.isNaN)).toBe(false);
    // What is read is what a market that ends on the day would give.
    const cut = await openMarket(
      memorySnapshot(
        simulateMarket({ seed: 3, from: "2015-01-02", to: toDay(market.sessions[t]!) }),
        true,
      ),
    );
    const shorter = await request(cut);
    expect(then.columns.gate).toEqual(shorter.column("gate-score"));
    expect(then.columns.risk).toEqual(shorter.column("short-vx-loss"));
  });

  it("has another version for another parameter, column, snapshot or code", async () => {
    const wanted = await request(market);
    const versions = [
      wanted,
      await request(market, { ...REFS, cmf: "cmf30(method=clamped)" }),
      await request(market, { vix: "vix.close" }),
      { ...wanted, snapshot: "another" },
      { ...wanted, code: "2" },
    ].map(storeVersion);
    expect(new Set(versions).size).toBe(versions.length);
    expect(storeVersion(await request(market))).toBe(versions[0]);
  });

  it("does nothing the second time and leaves nothing behind", async () => {
    const dir = folder();
    const wanted = await request(market);
    const first = await storeFeatures(dir, wanted);
    const unread = { ...wanted, column: () => expect.unreachable() };
    expect(await storeFeatures(dir, unread)).toBe(first);
    expect(readdirSync(path.join(dir, "tmp"))).toEqual([]);
  });

  it("refuses values that are not those that were stored, an unfinished folder and a day too early", async () => {
    const dir = folder();
    const place = await storeFeatures(dir, await request(market));
    await expect(readFeatures(place, "2014-01-02")).rejects.toMatchObject({ code: "EMPTY_WINDOW" });
    await expect(readFeatures(dir)).rejects.toMatchObject({ code: "NOT_FOUND" });
    const file = path.join(place, "schema.json");
    const schema = (await readFeatures(place)).schema;
    writeFileSync(file, JSON.stringify({ ...schema, content: "0" }));
    await expect(readFeatures(place)).rejects.toMatchObject({ code: "DATA" });
  });
});
