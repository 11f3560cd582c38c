import { join } from "node:path";
import { type Market, memorySnapshot, openMarket, readCsv, seriesSpec, type Table } from "#market";
import { MARKET_DIR } from "../market-data.ts";

/** A market of some series of the real data. */
export async function realMarket(...series: readonly string[]): Promise<Market> {
  const tables: Record<string, Table> = {};
  for (const name of series) {
    tables[name] = await readCsv(join(MARKET_DIR, `${name}.csv`), seriesSpec(name));
  }
  return openMarket(memorySnapshot(tables, false));
}
