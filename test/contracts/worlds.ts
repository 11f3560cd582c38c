import { silent } from "#core";
import { type Market, openMarket, type Source } from "#market";
import { openCatalog, takeSnapshot } from "#run";
import { hasMarketData, MARKET_DIR } from "../market-data.ts";

export const catalog = openCatalog();

/** Data that every entry of the catalog must stand. */
export interface World {
  readonly name: string;
  /** All of it. */
  readonly market: Market;
  /** From 2013 on, for what need not see every session. */
  readonly recent: Market;
}

async function open(name: string, source: string, options: Record<string, string>): Promise<World> {
  const from = await catalog.load<Source>("sources", source);
  const snapshot = await takeSnapshot(from, options, silent);
  return {
    name,
    market: await openMarket(snapshot),
    recent: await openMarket(snapshot, { from: "2013-01-02" }),
  };
}

/** Nine simulated years and, where they lie beside the repository, the real data. */
export const worlds: readonly World[] = [
  await open("simulated data", "simulated", { seed: "3", from: "2011-01-03", to: "2019-12-31" }),
  ...(hasMarketData ? [await open("real data", "folder", { path: MARKET_DIR })] : []),
];
