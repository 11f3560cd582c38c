/**
 * Milliseconds of an update of the corrected study, by objective: six environments × 256 paths, 60 sessions, MLP 64–64.
 * `npm exec tsx -- --conditions=source bench/hedging.ts [updates] [threads]`. The network's own step beside PyTorch is
 * benched with the kernels; this is the whole loop of a study around it.
 */
import { key } from "#core";
import {
  CONTRACT,
  type Objective,
  RISK,
  fitScaling,
  openHedgeTrainer,
  simulateEpisodes,
} from "#hedge";
import { openEngine } from "#num";
import type { Process } from "#quant";
import medium from "../catalog/environments/medium.ts";
import erm from "../catalog/objectives/erm.ts";
import headIrm from "../catalog/objectives/head-irm.ts";
import hirm from "../catalog/objectives/hirm.ts";
import irmV1 from "../catalog/objectives/irm-v1.ts";
import network from "../catalog/policies/network.ts";
import heston from "../catalog/processes/heston.ts";

const updates = Number(process.argv[2] ?? 20);
const threads = Number(process.argv[3] ?? 2);
const ENVIRONMENTS = 6;
const BATCH = 256;

const started = performance.now();
const pool = simulateEpisodes({
  environment: medium,
  process: heston as Process,
  contract: CONTRACT.parse({}),
  paths: 2048,
  key: key(1),
});
const simulated = performance.now() - started;
const trainer = await openHedgeTrainer({
  engine: openEngine(),
  threads,
  network: network.network!,
  risk: RISK.parse({ kind: "cvar" }),
  scaling: fitScaling(["delta", "gamma", "theta", "tau", "realised"], [pool]),
  steps: 60,
  environments: ENVIRONMENTS,
  pool: 2048,
  batch: BATCH,
});
for (let e = 0; e < ENVIRONMENTS; e++) trainer.load(e, pool);
console.log(`${process.version}, ${threads} threads; 2,048 episodes in ${simulated.toFixed(0)} ms`);

const optimiser = {
  kind: "adamw",
  rate: 1e-3,
  decay: 1e-6,
  clip: 1,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
} as const;
for (const objective of [erm, irmV1, headIrm, hirm] satisfies Objective[]) {
  trainer.draw(key(2));
  trainer.resetOptimiser();
  const weigher = { probe: objective.probe, lambda: 1, meanShare: 0, weigh: objective.start() };
  const step = { optimiser, share: 1, threshold: 0.005, dropout: false, key: key(3) };
  for (let i = 0; i < 3; i++) trainer.update(i, weigher, step);
  const busy = process.cpuUsage();
  const times = Array.from({ length: updates }, (_, i) => {
    const from = performance.now();
    trainer.update(i, weigher, step);
    return performance.now() - from;
  }).toSorted((a, b) => a - b);
  const { user, system } = process.cpuUsage(busy);
  const cpu = (user + system) / 1000 / updates;
  console.log(
    `${objective.name.padEnd(9)} median ${times[updates >> 1]!.toFixed(1)} ms, best ${times[0]!.toFixed(1)} ms, of all processors ${cpu.toFixed(1)} ms an update of ${ENVIRONMENTS * BATCH} paths`,
  );
}
await trainer.close();
