/**
 * Speed of the evidence room: `npx tsx --conditions=source bench/evidence.ts`. One thread; the peer is
 * bench/peers/evidence.py where VOLTERRA_PEERS names a Python that has arch. Exits 1 where a target is missed.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { key } from "#core";
import { bootstrapIntervals, effectiveTrials, overfittingProbability, stepM } from "#evidence";
import { normals } from "#num";

const DAYS = 2520;
const returns = normals(key(1), DAYS).map((z) => 0.0004 + 0.01 * z);
const streams = Array.from({ length: 1000 }, (_, k) =>
  normals(key(2).fold(k), DAYS).map((z) => 0.01 * z),
);

const cases: readonly { name: string; target: number; run: () => unknown }[] = [
  {
    name: "bootstrap: 10,000 resamples × 10 years daily × 5 metrics",
    target: 1,
    run: () =>
      bootstrapIntervals(returns, ["sharpe", "cagr", "volatility", "max-drawdown", "cvar95"], {
        key: key(3),
        resamples: 10_000,
      }),
  },
  {
    name: "overfitting probability: 1,000 strategies × 2,520 days, S = 16",
    target: 5,
    run: () => overfittingProbability(streams),
  },
  {
    name: "StepM: 2,000 resamples × 1,000 streams × 2,520 days",
    target: 10,
    run: () => stepM(streams, { key: key(4) }),
  },
  {
    name: "effective trials: 1,000 streams × 2,520 days",
    target: 5,
    run: () => effectiveTrials(streams),
  },
];

for (const { name, target, run } of cases) {
  let wall = Infinity;
  let cpu = Infinity;
  for (let repeat = 0; repeat < 3; repeat++) {
    const used = process.cpuUsage();
    const started = performance.now();
    run();
    wall = Math.min(wall, (performance.now() - started) / 1000);
    cpu = Math.min(cpu, process.cpuUsage(used).user / 1e6);
  }
  if (wall > target) process.exitCode = 1;
  const seconds = `${wall.toFixed(2)} s, ${cpu.toFixed(2)} s of processor`;
  process.stdout.write(`${name}: ${seconds} (target ${target} s)\n`);
}

const python = process.env.VOLTERRA_PEERS;
if (python) {
  const peer = fileURLToPath(new URL("peers/evidence.py", import.meta.url));
  const { stdout } = spawnSync(python, [peer], { encoding: "utf8" });
  process.stdout.write(stdout.replaceAll(/^/gm, "arch: ").replace(/arch: $/, ""));
}
