/**
 * Import of a folder of market data and loading of its snapshot: `tsx --conditions=source bench/market.ts [FOLDER]`.
 * Targets on two cores: import below 3 s, load below 200 ms, below 400 MB.
 */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silent } from "#core";
import { importSource, openLake, openMarket, openSnapshot, type Market } from "#market";
import folder from "../catalog/sources/folder.ts";
import { MARKET_DIR } from "../test/market-data.ts";

const path = process.argv[2] ?? MARKET_DIR;
if (!existsSync(path)) throw new Error(`no folder ${path}`);
const dir = mkdtempSync(join(tmpdir(), "volterra-bench-"));

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await work();
  const memory = Math.round(process.memoryUsage().rss / 2 ** 20);
  console.log(
    `${what.padEnd(34)} ${(performance.now() - start).toFixed(0).padStart(6)} ms  ${memory} MB`,
  );
  return result;
}

async function load(): Promise<Market> {
  const market = await openMarket(await openSnapshot(openLake(dir)));
  for (const name of market.series) {
    if (name === "vx" || market.table(name).key.join() === "date") market.frame(name);
  }
  return market;
}

try {
  const context = { options: { path }, signal: new AbortController().signal, emit: silent };
  const take = () => importSource(openLake(dir), folder, context);
  const report = await timed("import, empty lake", take);
  console.log(`  ${report.rows} rows of ${report.series.length} series`);
  await timed("import again, nothing new", take);
  await timed("snapshot into frames, first time", load);
  const market = await timed("snapshot into frames, again", load);
  await timed("join 20 columns on sessions", () => {
    for (let k = 1; k <= 9; k++) market.column(`vx.f${k}`);
    for (const name of ["spy", "qqq", "tlt", "vix"]) market.column(`${name}.close`);
    for (const name of ["dgs10", "dtb3", "dff", "dgs2"]) market.column(`${name}.rate`);
    return Promise.resolve(market.column("dtwexbgs.level"));
  });
} finally {
  rmSync(dir, { recursive: true });
}
