import { readFileSync } from "node:fs";
import { join } from "node:path";
import { mean, std } from "#num";
import { readCsv, seriesSpec, simulateMarket, type Table } from "#market";
import { describe, expect, it } from "vitest";
import { marketMoments } from "../../src/market/simulated/market-moments.ts";
import { MARKET_DIR, hasMarketData } from "../market-data.ts";

const golden = JSON.parse(
  readFileSync(new URL("../golden/market-moments.json", import.meta.url), "utf8"),
) as { from: string; to: string; moments: Record<string, number> };
const SERIES =
  "spy qqq iwm efa eem shy ief tlt tip dbc gld vix vvix vix3m vix9d vix1d vx_contracts dgs10 dtb3 dtwexbgs";

describe.runIf(hasMarketData)("moments of the real market (needs ../shared/market)", () => {
  it("are those that numpy and pandas find", async () => {
    const tables: Record<string, Table> = {};
    for (const name of SERIES.split(" ")) {
      tables[name] = await readCsv(join(MARKET_DIR, `${name}.csv`), seriesSpec(name));
    }
    const moments = marketMoments(tables, golden.from, golden.to);
    expect(Object.keys(moments).toSorted()).toEqual(Object.keys(golden.moments).toSorted());
    for (const [name, value] of Object.entries(golden.moments)) {
      expect(moments[name], name).toBeCloseTo(value, 9);
    }
  });
});

describe("moments of the simulated market", () => {
  const worlds = [1, 2, 3, 4, 5, 6].map((seed) =>
    marketMoments(simulateMarket({ seed }), golden.from, golden.to),
  );

  it.each(Object.entries(golden.moments))(
    "has the real %s, %f, within two deviations across seeds or a twentieth",
    (name, real) => {
      const drawn = worlds.map((world) => world[name]!);
      const tolerance = Math.max(2 * std(drawn, 1), 0.05 * Math.abs(real));
      expect(Math.abs(mean(drawn) - real)).toBeLessThanOrEqual(tolerance);
    },
  );

  it("has crises and calm, and falls that raise VIX more than rises lower it", () => {
    const { spy, vix } = simulateMarket({ seed: 1 });
    const [price, level] = [spy!, vix!].map((table) => table.columns["close"] as Float64Array);
    expect(Math.min(...level!)).toBeLessThan(13);
    expect(Math.max(...level!)).toBeGreaterThan(45);
    const answers = { fall: [] as number[], rise: [] as number[] };
    for (let t = 1; t < price!.length; t++) {
      const [r, v] = [price![t]! / price![t - 1]! - 1, level![t]! / level![t - 1]! - 1];
      if (Math.abs(r) > 0.015) answers[r < 0 ? "fall" : "rise"].push(v);
    }
    expect(mean(answers.fall)).toBeGreaterThan(0.05);
    expect(mean(answers.rise)).toBeLessThan(-0.03);
    expect(mean(answers.fall)).toBeGreaterThan(-mean(answers.rise));
  });
});
