/**
 * Prices, volatilities and paths a second: `npx tsx --conditions=source bench/quant.ts`. Target on two cores: 100,000
 * Heston paths of 60 steps below 500 ms. The peer, numpy on the same work, is bench/peers/quant.py.
 */
import { key, uniforms } from "#core";
import { openEngine, openPool } from "#num";
import {
  blackScholesGreeks,
  blackScholesPrice,
  blackScholesRow,
  fitGarch,
  hestonPrice,
  impliedVolatility,
} from "#quant";
import gbm from "../catalog/processes/gbm.ts";
import heston from "../catalog/processes/heston.ts";
import { SHARD, setup } from "./quant-setup.ts";

/** The best of several runs, in milliseconds of wall-clock and of processor time. */
function measure(what: string, work: () => void): void {
  let wall = Infinity;
  let cpu = Infinity;
  for (let i = 0; i < 6; i++) {
    const used = process.cpuUsage();
    const start = performance.now();
    work();
    wall = Math.min(wall, performance.now() - start);
    const { user, system } = process.cpuUsage(used);
    cpu = Math.min(cpu, (user + system) / 1000);
  }
  process.stdout.write(
    `${what.padEnd(52)}${wall.toFixed(1).padStart(9)} ms${cpu.toFixed(1).padStart(9)} ms cpu\n`,
  );
}

const N = 200_000;
const u = uniforms(key(3), 3 * N);
const options = Array.from({ length: N }, (_, i) => ({
  strike: 60 + 80 * u[3 * i]!,
  tau: 0.02 + u[3 * i + 1]!,
  vol: 0.08 + 0.6 * u[3 * i + 2]!,
}));
const prices = options.map(({ strike, tau, vol }) =>
  blackScholesPrice(strike > 100 ? "call" : "put", 100, strike, tau, vol, 0.02),
);
let sink = 0;

measure("200,000 Black-Scholes prices", () => {
  for (const { strike, tau, vol } of options)
    sink += blackScholesPrice("call", 100, strike, tau, vol, 0.02);
});
measure("200,000 sets of Greeks", () => {
  for (const { strike, tau, vol } of options)
    sink += blackScholesGreeks("call", 100, strike, tau, vol, 0.02).vanna;
});
const spots = Float64Array.from(options, ({ strike }) => strike);
const vols = Float64Array.from(options, ({ vol }) => vol);
measure("200,000 prices and first Greeks, as a row", () => {
  sink += blackScholesRow("call", spots, 100, 0.2, vols, 0.02).theta[7]!;
});
measure("200,000 implied volatilities", () => {
  for (let i = 0; i < N; i++) {
    const { strike, tau } = options[i]!;
    sink += impliedVolatility(strike > 100 ? "call" : "put", prices[i]!, 100, strike, tau, 0.02);
  }
});
const model = { kappa: 1.5, theta: 0.04, xi: 0.3, rho: -0.6, v0: 0.04 };
measure("200 Heston prices", () => {
  for (let k = 0; k < 200; k++) sink += hestonPrice("call", 100, 60 + 0.4 * k, 0.5, model, 0.02);
});
const { spot } = gbm.simulate({ paths: 1, steps: 2500, dt: 1 / 252, key: key(1), spot: 100 });
const returns = Float64Array.from({ length: 2500 }, (_, t) => spot[t + 1]! / spot[t]! - 1);
measure("GARCH(1,1) of 2,500 returns", () => {
  sink += fitGarch(returns).beta;
});

const [paths, steps] = [100_000, 60];
for (const scheme of heston.schemes) {
  measure(`100,000 × 60 Heston, ${scheme}, one thread`, () => {
    sink += heston.simulate({ paths, steps, dt: 1 / 252, key: key(1), spot: 100, scheme }).spot[1]!;
  });
  const data = { paths, steps, scheme };
  const module = new URL("./quant-setup.ts", import.meta.url).href;
  const pool = await openPool({ engine: openEngine(), threads: 2, setup, module, data });
  const bytes = 8 * (steps + 1) * paths;
  const [spotAt, varianceAt] = [pool.engine.arena.reserve(bytes), pool.engine.arena.reserve(bytes)];
  measure(`100,000 × 60 Heston, ${scheme}, two threads`, () => {
    pool.run("simulate", paths / SHARD, spotAt, varianceAt);
  });
  await pool.close();
}
if (!Number.isFinite(sink)) process.exitCode = 1;
