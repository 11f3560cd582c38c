import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Real market data beside the repository; not part of it. */
export const MARKET_DIR = fileURLToPath(new URL("../../shared/market", import.meta.url));

/** Tests on real data run where the folder is and say so where it is not. */
export const hasMarketData = existsSync(MARKET_DIR);

if (!hasMarketData) {
  process.stderr.write(`note: ${MARKET_DIR} is absent: tests on real market data are skipped\n`);
}
