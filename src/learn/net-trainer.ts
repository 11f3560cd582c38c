import type { Key } from "#core";
import { type Engine, type Pool, openPool } from "#num";
import type { LossSpec } from "./loss.ts";
import { type Net, type NetSpec, buildNet } from "./net.ts";
import { type NetData, type NetLayout, setup } from "./net-tasks.ts";
import { reserveParameters, updaterOn } from "./net-update.ts";
import type { OptimiserSpec } from "./optimiser.ts";

/** Rows to train on: standardised features [n][steps][inputs], targets, and weights that sum as the losses do. */
export interface NetRows {
  readonly features: ArrayLike<number>;
  readonly targets: ArrayLike<number>;
  readonly weights: ArrayLike<number>;
}

export interface TrainerOptions {
  readonly engine: Engine;
  readonly spec: NetSpec;
  readonly steps: number;
  readonly rows: NetRows;
  readonly loss: LossSpec;
  /** Most rows of a batch. */
  readonly batch: number;
  readonly threads: number;
}

/** A net with its rows in memory, its threads and its optimiser's state. */
export interface NetTrainer {
  readonly net: Net;
  readonly engine: Engine;
  /** The parameters, live. */
  readonly values: Float32Array;
  /** Row numbers in the order of `step` and `evaluate`, live. */
  readonly order: Uint32Array;
  /** To be called after the values have been changed from outside. */
  refresh(): void;
  /** One update on rows `first` … of the order; returns the batch's loss before it. */
  step(batch: Batch, optimiser: OptimiserSpec): number;
  /** Loss and gradient of a batch, no update. */
  gradient(batch: Batch): { readonly loss: number; readonly gradient: Float32Array };
  /** Outputs [n][outputs] for `count` rows from place `first` of the order, each in its row's place. */
  evaluate(first: number, count: number): Float32Array;
  close(): Promise<void>;
}

export interface Batch {
  readonly first: number;
  readonly count: number;
  /** Draws the dropout of this step. */
  readonly key: Key;
  /** Share of the rate, from the schedule. */
  readonly share: number;
}

/**
 * Rows of a shard. It follows from the batch alone, so that the sums do not depend on the threads; small enough that the
 * states of a shard stay near, large enough to fill the tiles of the products.
 */
function shardRowsOf(batch: number): number {
  if (batch >= 32) return 16;
  return batch >= 16 ? 8 : 4;
}

/** Puts a net and its rows into the memory of an engine and starts its threads. */
export async function openTrainer(options: TrainerOptions): Promise<NetTrainer> {
  const { engine, spec, steps, rows, loss, batch, threads } = options;
  const { arena } = engine;
  const net = buildNet(spec);
  const n = rows.targets.length;
  const shardRows = shardRowsOf(batch);
  const layout = layOut(options, net, shardRows);
  arena.f32(layout.features, rows.features.length).set(rows.features);
  arena.f32(layout.targets, n).set(rows.targets);
  arena.f32(layout.weights, n).set(rows.weights);
  const order = arena.u32(layout.order, n);
  for (let i = 0; i < n; i++) order[i] = i;
  const data: NetData = { spec, steps, rows: n, loss, shardRows, layout };
  const pool = await openPool({ engine, threads, setup, module: MODULE, data });
  return trainerOn({ net, pool, data, weights: rows.weights, order });
}

const MODULE = new URL(
  import.meta.url.endsWith(".ts") ? "./net-tasks.ts" : "./net-tasks.js",
  import.meta.url,
).href;

function layOut(options: TrainerOptions, net: Net, shardRows: number): NetLayout {
  const { engine, spec, steps, rows, batch, threads } = options;
  const { arena } = engine;
  const n = rows.targets.length;
  const floats = (count: number): number => arena.reserve(4 * count);
  const shards = Math.ceil(batch / shardRows);
  // A few cache lines for the addresses that are rounded up, beside what the rows need.
  const scratchBytes = 4 * (shardRows * (net.workspace(steps) + 64 * steps) + 65536);
  return {
    parameters: reserveParameters(arena, net, shards),
    scratch: Array.from({ length: threads }, () => arena.reserve(scratchBytes)),
    scratchBytes,
    features: floats(n * steps * spec.inputs),
    targets: floats(n),
    weights: floats(n),
    order: floats(n),
    outputs: floats(n * spec.outputs),
    losses: arena.reserve(8 * shards),
    key: arena.reserve(16),
  };
}

interface Opened {
  readonly net: Net;
  readonly pool: Pool;
  readonly data: NetData;
  readonly weights: ArrayLike<number>;
  readonly order: Uint32Array;
}

function trainerOn({ net, pool, data, weights, order }: Opened): NetTrainer {
  const { layout, shardRows, rows, spec } = data;
  const { engine } = pool;
  const { arena } = engine;
  const updater = updaterOn(pool, layout.parameters);

  const gradient = ({ first, count, key }: Batch): number => {
    let total = 0;
    for (let i = first; i < first + count; i++) total += weights[order[i]!]!;
    arena.u32(layout.key, 4).set(key.words);
    const shards = Math.ceil(count / shardRows);
    pool.run("gradient", shards, first, count, total);
    let loss = 0;
    for (const part of arena.f64(layout.losses, shards)) loss += part;
    return loss;
  };

  return {
    net,
    engine,
    values: arena.f32(layout.parameters.values, net.size),
    order,
    refresh: updater.refresh,
    step(batch, optimiser) {
      const loss = gradient(batch);
      const norm = updater.reduce(Math.ceil(batch.count / shardRows));
      updater.update(optimiser, batch.share, norm);
      return loss;
    },
    gradient(batch) {
      const loss = gradient(batch);
      updater.reduce(Math.ceil(batch.count / shardRows));
      return { loss, gradient: arena.f32(layout.parameters.gradient, net.size) };
    },
    evaluate(first, count) {
      pool.run("evaluate", Math.ceil(count / shardRows), first, count);
      return arena.f32(layout.outputs, rows * spec.outputs);
    },
    close: () => pool.close(),
  };
}
