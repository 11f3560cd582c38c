import { existsSync } from "node:fs";
import { silent } from "#core";
import { type Market, openMarket, type Source } from "#market";
import { openCatalog, takeSnapshot } from "#run";
import { MARKET_DIR } from "../market-data.ts";

export const catalog = openCatalog();

async function open(source: string, options: Record<string, string>): Promise<Market> {
  const from = await catalog.load<Source>("sources", source);
  return openMarket(await takeSnapshot(from, options, silent));
}

/** Nine years of the simulated market, unscheduled closures of the real calendar included. */
export const simulated = await open("simulated", {
  seed: "3",
  from: "2011-01-03",
  to: "2019-12-31",
});

/** The simulated market and, where it lies beside the repository, the real one. */
export const worlds: readonly { readonly name: string; readonly market: Market }[] = [
  { name: "simulated data", market: simulated },
  ...(existsSync(MARKET_DIR)
    ? [{ name: "real data", market: await open("folder", { path: MARKET_DIR }) }]
    : []),
];
