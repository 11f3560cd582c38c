/**
 * The daily simulation on real data: `tsx --conditions=source bench/simulate.ts [FOLDER]`. One run of `vrp-erp` over ten
 * years, and many over 2010–2024 as a sweep of one core makes them: features shared, no trace. Targets on two cores: ten
 * years in 15 ms, 1,000 parameter sets (3.6 million bars) below 5 s.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { memorySnapshot, openMarket, readCsv, seriesSpec, type Table } from "#market";
import { CORRECTED } from "#backtest";
import { openCatalog } from "../src/run/catalog.ts";
import { type Job, openWorkbench } from "../src/run/workbench.ts";
import { MARKET_DIR } from "../test/market-data.ts";

const path = process.argv[2] ?? MARKET_DIR;
if (!existsSync(path)) throw new Error(`no folder ${path}`);
const SERIES = "spy vix vvix vix1d dtb3 dff vx_contracts vx_weekly_contracts".split(" ");
const tables: Record<string, Table> = {};
for (const name of SERIES)
  tables[name] = await readCsv(join(path, `${name}.csv`), seriesSpec(name));
const bench = openWorkbench(await openMarket(memorySnapshot(tables, false)), openCatalog());

const decade = { start: "2014-07-01", end: "2024-06-28" };
const sweep = { start: "2010-01-04", end: "2024-06-28" };

function job(name: string, params: object, window: Job["window"]): Job {
  return { strategy: { name, params }, execution: CORRECTED, window, nav: 100_000, trace: false };
}

/** CPU time of this process, ms: what a run costs whatever else the machine does. */
function cpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const first = await bench.prepare(job("vrp-erp", {}, decade));
const cold = cpu();
first();
console.log(`vrp-erp, ten years, first run   ${(cpu() - cold).toFixed(1)} ms`);

const SWEEPS: readonly [string, string, (i: number) => object, number][] = [
  ["vrp-erp monthly", "vrp-erp", (i) => ({ volTarget: 0.05 + i / 5000 }), 1000],
  [
    "vrp-erp daily gate",
    "vrp-erp",
    (i) => ({ rebalance: "daily-gate", cap: 0.5 + i / 1000 }),
    1000,
  ],
  ["buy-hold", "buy-hold", () => ({}), 1000],
  ["short-vx", "short-vx", (i) => ({ navShare: 0.1 + i / 1000 }), 50],
];
for (const [title, name, params, sets] of SWEEPS) {
  const runs = [];
  for (let i = 0; i < sets; i++) runs.push(await bench.prepare(job(name, params(i), sweep)));
  runs[0]!();
  const start = cpu();
  const wall = performance.now();
  let bars = 0;
  for (const run of runs) bars += run().days.length;
  const used = cpu() - start;
  console.log(
    `${title.padEnd(20)} ${sets} sets, ${(bars / 1e6).toFixed(2)} M bars: ${used.toFixed(0)} ms of CPU` +
      `, ${(performance.now() - wall).toFixed(0)} ms; ${((used / bars) * 1e6).toFixed(0)} ns a bar`,
  );
}
