/**
 * A training update of the hedging policy: MLP 5 → 64 → 64 → 1 over 60 steps with its previous action as a feature, forward,
 * backward and Adam. `node --import tsx --conditions=source bench/hedge.ts [threads] [--plain]`; beside it PyTorch and JAX where
 * `VOLTERRA_PEERS` names a Python that has them (bench/peers/hedge.py), alternately with ours.
 */
import { bits, key } from "#core";
import { openEngine, openPool } from "#num";
import { reserveParameters, updaterOn } from "#learn";
import { type HedgeData, MODULE, makePolicy, setup } from "./hedge-tasks.ts";
import { alternate, flagOf, numberOf } from "./timing.ts";

const threads = numberOf(0, 2);
const revectorize = !flagOf("--plain");
const STEPS = 60;
const TILE = 16;
const ADAM = {
  kind: "adam",
  rate: 1e-3,
  decay: 0,
  clip: 0,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
} as const;

/** Most shards: enough for the threads of a workstation, few enough that their gradients stay near. */
const SHARDS = 16;

async function prepare(
  paths: number,
): Promise<{ update: () => number; close: () => Promise<void> }> {
  const engine = openEngine({ revectorize, megabytes: 512 });
  const { arena } = engine;
  const { shelf, policy } = makePolicy();
  const shardPaths = TILE * Math.ceil(paths / TILE / SHARDS);
  const shards = Math.ceil(paths / shardPaths);
  const scratchBytes = 4 * TILE * (policy.workspace(STEPS) + 4096);
  const n = paths * STEPS;
  const data: HedgeData = {
    paths,
    steps: STEPS,
    tile: TILE,
    shardPaths,
    parameters: reserveParameters(arena, shelf, shards),
    scratch: Array.from({ length: threads }, () => arena.reserve(scratchBytes)),
    scratchBytes,
    x: arena.reserve(32 * n),
    change: arena.reserve(4 * n),
    cost: arena.reserve(4 * n),
    payoff: arena.reserve(4 * paths),
    losses: arena.reserve(8 * shards),
  };
  const draws = bits(key(1), 3 * n);
  const x = arena.f32(data.x, 8 * n);
  for (let i = 0; i < n; i++) {
    for (let f = 0; f < 3; f++) x[8 * i + f] = draws[3 * i + f]! / 2 ** 31 - 1;
    x[8 * i + 3] = 0.2;
  }
  arena
    .f32(data.change, n)
    .set(Float32Array.from(draws.subarray(0, n), (w) => 0.02 * (w / 2 ** 31 - 1)));
  arena.f32(data.cost, n).fill(0.001);
  arena.f32(data.payoff, paths).fill(0.03);
  const values = arena.f32(data.parameters.values, shelf.size);
  for (const parameter of policy.parameters) {
    const count = parameter.shape.reduce((a, b) => a * b, 1);
    const words = bits(key(2).fold(parameter.name), count);
    const bound = "bound" in parameter.start ? parameter.start.bound : 0;
    for (let i = 0; i < count; i++) values[parameter.place(i)] = (words[i]! / 2 ** 31 - 1) * bound;
  }
  const pool = await openPool({ engine, threads, setup, module: MODULE, data });
  const updater = updaterOn(pool, data.parameters);
  updater.refresh();
  return {
    update() {
      pool.run("gradient", shards);
      updater.update(ADAM, 1, updater.reduce(shards));
      return arena.f64(data.losses, shards).reduce((a, b) => a + b);
    },
    close: () => pool.close(),
  };
}

for (const paths of [128, 1024, 4096]) {
  const ours = await prepare(paths);
  await alternate(`hedge ${paths}`, { name: "ours", run: ours.update }, [
    "hedge.py",
    String(paths),
  ]);
  await ours.close();
}
