import { calendar, fromParts, indexOf, toDay, toNumber } from "#core";
import {
  checkQuality,
  constantMaturity30,
  importSource,
  monthlyExpiry,
  openLake,
  openMarket,
  openSnapshot,
  type ImportReport,
  type LakeSnapshot,
  type Market,
} from "#market";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import folder from "../../catalog/sources/folder.ts";
import { hasMarketData, MARKET_DIR } from "../market-data.ts";
import { context } from "./small-world.ts";

describe.runIf(hasMarketData)("real market data (skipped where ../shared/market is absent)", () => {
  const dir = mkdtempSync(join(tmpdir(), "volterra-real-"));
  const lake = openLake(dir);
  let report: ImportReport;
  let snapshot: LakeSnapshot;
  let market: Market;

  beforeAll(async () => {
    report = await importSource(lake, folder, context({ path: MARKET_DIR }));
    snapshot = await openSnapshot(lake);
    market = await openMarket(snapshot);
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  const value = (series: string, column: string, date: string) => {
    const frame = market.frame(series);
    return frame.columns[column]!.values[indexOf(frame.days, toNumber(date))];
  };
  const days = (series: string, column: string) => [
    ...(market.table(series).columns[column] as Int32Array),
  ];

  it("has every file, row for row", () => {
    expect(report.series).toHaveLength(47);
    const rows = Object.fromEntries(Object.entries(snapshot.states).map(([n, s]) => [n, s.rows]));
    expect(rows).toMatchObject({
      spy: 7910,
      vix: 8685,
      vx_contracts: 42163,
      dff: 12600,
      options_spxw_2018: 14423,
      options_vxx_201612: 27938,
      earnings_calendar: 693,
      fomc_dates: 203,
      vix_60m: 2309,
    });
  });

  it("has the sessions of the calendar: none missing, none extra", () => {
    const spy = days("spy", "date");
    const { sessions } = calendar("nyse");
    expect(spy).toEqual(Array.from(sessions).filter((day) => day >= spy[0]! && day <= spy.at(-1)!));
  });

  it("has VX on every session of the futures exchange but the two that its source left out", () => {
    const traded = new Set(days("vx_contracts", "tradeDate"));
    const [first, last] = [Math.min(...traded), Math.max(...traded)];
    const sessions = calendar("cfe").sessions.filter((day) => day >= first && day <= last);
    expect([...sessions].filter((day) => !traded.has(day)).map(toDay)).toEqual([
      "2015-04-03",
      "2018-12-05",
    ]);
    expect([...traded].every((day) => calendar("cfe").isSession(day))).toBe(true);
  });

  it("has no monthly contract off the expiry rule, 246 of them", () => {
    const expiries = [...new Set(days("vx_contracts", "expiry"))];
    expect(expiries).toHaveLength(246);
    const lawful = new Set<number>();
    for (let year = 2004; year <= 2025; year++) {
      for (let month = 1; month <= 12; month++) lawful.add(monthlyExpiry(year, month));
    }
    expect(expiries.filter((day) => !lawful.has(day)).map(toDay)).toEqual([]);
  });

  it.each([
    ["vix", "close", "2020-03-16", 82.69],
    ["vix", "close", "2017-11-03", 9.14],
    ["vvix", "close", "2020-03-16", 207.59],
    ["skew", "close", "2021-06-25", 170.55],
    ["spy", "close", "2020-03-23", 222.95],
    ["spy", "close", "2024-06-28", 544.22],
    ["dgs10", "rate", "2024-06-28", 0.0436],
    ["dtwexbgs", "level", "2006-01-02", 101.4155],
    ["vx", "f1", "2018-02-05", 33.225],
    ["vx", "f1", "2020-03-16", 72.625],
    ["vx", "f1", "2008-11-20", 66.23],
    ["vx", "dte1", "2018-02-05", 9],
  ])("%s %s of %s is %f, as published", (series, column, date, published) => {
    expect(value(series, column, date)).toBeCloseTo(published, 10);
  });

  it("brackets 30 days by spot or F3 on few days, and always where VX and VIX are complete", () => {
    const from = indexOf(market.sessions, fromParts(2010, 1, 4));
    const names = ["f1", "f2", "f3", "dte1", "dte2", "dte3"] as const;
    const columns = names.map((name) => market.column(`vx.${name}`));
    const spot = market.column("vix.close");
    const counts = { "spot-f1": 0, "f1-f2": 0, "f2-f3": 0, none: 0 };
    for (let t = from; t < market.sessions.length; t++) {
      const [f1, f2, f3, dte1, dte2, dte3] = columns.map((column) => column[t]!) as [
        number,
        number,
        number,
        number,
        number,
        number,
      ];
      counts[constantMaturity30({ f1, f2, f3, dte1, dte2, dte3, spot: spot[t]! }).bracket]++;
    }
    const sessions = market.sessions.length - from;
    expect(counts.none).toBe(0);
    expect(counts["spot-f1"] / sessions).toBeGreaterThan(0);
    expect((counts["spot-f1"] + counts["f2-f3"]) / sessions).toBeLessThan(0.15);
  });

  it("has no critical finding, and the oddities that its sources own up to", () => {
    const findings = checkQuality(market, market.series, toNumber("2024-06-28"));
    expect(findings.filter(({ severity }) => severity === "critical")).toEqual([]);
    const rows = (series: string, code: string) =>
      findings.find((finding) => finding.series === series && finding.code === code)?.rows;
    expect(rows("vix", "MISSING_SESSIONS")).toEqual([
      "1991-03-01",
      "1997-01-31",
      "1997-11-26",
      "1999-12-31",
    ]);
    expect(rows("vvix", "MISSING_SESSIONS")).toEqual(["2010-11-11", "2013-05-13"]);
    expect(rows("skew", "MISSING_SESSIONS")).toHaveLength(15);
    expect(rows("vx_contracts", "VX_CURVE_HOLE")).toContain("2023-12-12 2024-06-18");
    expect(rows("vx_contracts", "VX_STALE_SETTLE")).toEqual(["2004-06-14", "2007-01-03"]);
    expect(rows("spy", "MISSING_SESSIONS")).toBeUndefined();
  });

  it("is the same snapshot when imported again", async () => {
    const again = await importSource(lake, folder, context({ path: MARKET_DIR }));
    expect(again).toMatchObject({ snapshot: snapshot.id, added: 0, revisions: [] });
  });
});
