/**
 * What docs/studies/portfolio.md says of the document's claims, computed on the real data:
 *
 *   node --conditions=source --import tsx bench/claims.ts [--write]
 *
 * prints it; --write puts it into the page.
 */
import { fileURLToPath } from "node:url";
import { key, silent, toDay, toNumber } from "#core";
import { bootstrapIntervals } from "#evidence";
import { fallSignal, type GateReaction, gateReactions, vixSignal } from "#features";
import { openMarket, type Source } from "#market";
import { correlation, quantile, resampledIndices, stationaryBootstrap } from "#num";
import { openCatalog, readStudy, resolveSpec, takeSnapshot } from "#run";
import { simulateSpec } from "../src/run/evaluation.ts";
import { gateOf, loadStrategy } from "../src/run/portfolio.ts";
import { openWorkbench } from "../src/run/workbench.ts";
import { MARKET_DIR } from "../test/market-data.ts";
import { number, publish, table } from "./page.ts";

const STUDY = fileURLToPath(new URL("../studies/portfolio.yaml", import.meta.url));
const RESAMPLES = 2000;
/** Signals are looked for as far back as the VX curve goes. */
const SINCE = "2013-07-01";

const interval = (e: { estimate: number; low: number; high: number }) =>
  `${number(e.estimate)} [${number(e.low)}, ${number(e.high)}]`;

const catalog = openCatalog();
const source = await catalog.load<Source>("sources", "folder");
const market = await openMarket(await takeSnapshot(source, { path: MARKET_DIR }, silent));
const bench = openWorkbench(market, catalog);
const study = readStudy(STUDY);

/** Correlation of two streams on the same resampled days: percentiles of 2,000 resamples. */
function correlationInterval(a: Float64Array, b: Float64Array, block: number) {
  const sampler = stationaryBootstrap(a.length, block, key(0).fold("correlation"));
  const rows = new Int32Array(a.length);
  const drawn = Float64Array.from({ length: RESAMPLES }, (_, k) => {
    resampledIndices(sampler, k, rows);
    return correlation(
      Float64Array.from(rows, (t) => a[t]!),
      Float64Array.from(rows, (t) => b[t]!),
    );
  });
  return { estimate: correlation(a, b), low: quantile(drawn, 0.025), high: quantile(drawn, 0.975) };
}

const figures: string[][] = [];
const gates = new Map<string, string>();
for (const preset of study.presets) {
  const spec = resolveSpec(study, preset);
  const { simulation, benchmarks } = await simulateSpec(spec, bench, false);
  const { sharpe } = bootstrapIntervals(simulation.returns, ["sharpe"], {
    key: key(0).fold("sharpe"),
    resamples: RESAMPLES,
  });
  const spy = benchmarks["buy-hold"]!.returns;
  const shared = correlationInterval(simulation.returns, spy, Math.max(sharpe.blockLength, 10));
  figures.push([preset, interval(sharpe), interval(shared)]);
  const ref = gateOf(await loadStrategy(catalog, spec.strategy));
  if (ref !== undefined && ["corrected", "as-documented", "as-coded"].includes(preset)) {
    gates.set(preset, ref);
  }
}

const vix = await bench.feature("vix.close");
const spy = await bench.feature("spy.close");
const since = market.sessions.findIndex((day) => day >= toNumber(SINCE));
const signals = [
  ["VIX above 30", vixSignal(vix)],
  ["SPY 5 % down", fallSignal(spy)],
] as const;
const sessions = (x: number | null) => (x === null ? "never" : String(x));
const share = (found: readonly (number | null)[], most: number) =>
  `${found.filter((x) => x !== null && x <= most).length} of ${found.length}`;

const events: string[][] = [];
const summary: string[][] = [];
for (const [name, condition] of signals) {
  const byGate = new Map<string, readonly GateReaction[]>();
  for (const [preset, ref] of gates) {
    const states = await bench.feature(ref);
    const all = gateReactions(states, condition).filter(({ row }) => row >= since);
    byGate.set(preset, all);
    summary.push([
      `${name}, ${preset}`,
      share(
        all.map((r) => r.notOpen),
        0,
      ),
      share(
        all.map((r) => r.notOpen),
        3,
      ),
      share(
        all.map((r) => r.closed),
        0,
      ),
      share(
        all.map((r) => r.closed),
        3,
      ),
      `${all.filter((r) => r.closed === null).length} of ${all.length}`,
    ]);
  }
  for (const [i, { row }] of [...byGate.values()][0]!.entries()) {
    const cells = [...byGate.values()].map((all) => all[i]!);
    events.push([
      `${toDay(market.sessions[row]!)} ${name}`,
      ...cells.map((r) => `${sessions(r.notOpen)} / ${sessions(r.closed)}`),
    ]);
  }
}

const text = [
  `Portfolio, 2015-01-02 … ${toDay(market.sessions.at(-1)!)}, 95 % intervals by stationary bootstrap (2,000 resamples):`,
  table(["preset", "Sharpe (claimed 0.6 to 0.8)", "correlation to SPY (claimed 0.55)"], figures),
  `Crisis signals since ${SINCE} and the gate of each preset: how many were answered by the same close and within three sessions`,
  table(
    [
      "signal, gate",
      "not OPEN at once",
      "not OPEN within 3",
      "CLOSED at once",
      "CLOSED within 3",
      "never CLOSED",
    ],
    summary,
  ),
  "Every signal, sessions to the first that is not OPEN / to the first that is CLOSED:",
  table(["signal", ...gates.keys()], events),
].join("\n\n");

publish("studies/portfolio.md", "claims", text);
