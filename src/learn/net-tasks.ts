import { type Engine, type Setup, padded } from "#num";
import type { Pass } from "./block.ts";
import { scratchOver } from "./block-scratch.ts";
import { type LossSpec, rowLoss } from "./loss.ts";
import { type NetSpec, buildNet } from "./net.ts";
import { type ParameterMemory, updateTasks } from "./net-update.ts";

/** Addresses of everything a training shares between threads. */
export interface NetLayout {
  readonly parameters: ParameterMemory;
  /** Scratch of each thread. */
  readonly scratch: readonly number[];
  readonly scratchBytes: number;
  /** Standardised features [n][steps][inputs], f32. */
  readonly features: number;
  readonly targets: number;
  readonly weights: number;
  /** Row numbers in the order of a pass. */
  readonly order: number;
  /** Outputs [n][outputs], f32, of `evaluate`. */
  readonly outputs: number;
  /** Loss of each shard, f64. */
  readonly losses: number;
  /** Four words: the key of the step's dropout. */
  readonly key: number;
}

/** What a thread is told of a training. */
export interface NetData {
  readonly spec: NetSpec;
  readonly steps: number;
  readonly rows: number;
  readonly loss: LossSpec;
  /** Most rows of a shard. */
  readonly shardRows: number;
  readonly layout: NetLayout;
}

/** The work of one thread on a training; see `NetTrainer` for the order of the tasks. */
export const setup: Setup = ({ engine, thread, data }) => {
  const given = data as NetData;
  const net = buildNet(given.spec);
  const { arena, kernels } = engine;
  const { layout, steps, shardRows } = given;
  const scratch = scratchOver(layout.scratch[thread]!, layout.scratchBytes);
  const judge = rowLoss(given.loss);
  const { outputs } = given.spec;
  const z = new Float64Array(outputs);
  const dz = new Float64Array(outputs);

  /** Rows first … first + count − 1 of the order, gathered into a signal and sent through the net. */
  const through = (first: number, count: number, shard?: number) => {
    scratch.reset();
    const pass: Pass = {
      kernels,
      arena,
      scratch,
      values: layout.parameters.values,
      transposed: layout.parameters.transposed,
      gradient: shard === undefined ? 0 : layout.parameters.gradients + 4 * shard * net.size,
      ...(shard !== undefined && { dropout: { key: layout.key, first: shard * shardRows } }),
    };
    const x = gather(engine, given, {
      at: scratch.take(steps * count * padded(given.spec.inputs)),
      first,
      count,
    });
    return {
      pass,
      taped: net.forward(pass, { at: x, steps, rows: count, width: given.spec.inputs }),
    };
  };

  return {
    /** Loss and gradient of one shard of a batch: args are the batch's first place, its rows and its total weight. */
    gradient(shard, [from = 0, batch = 0, total = 1]) {
      const first = from + shard * shardRows;
      const count = Math.min(shardRows, from + batch - first);
      arena.f32(layout.parameters.gradients + 4 * shard * net.size, net.size).fill(0);
      const { taped } = through(first, count, shard);
      const width = padded(outputs);
      const y = arena.f32(taped.y.at, count * width);
      const at = scratch.take(count * width);
      const dy = arena.f32(at, count * width).fill(0);
      const order = arena.u32(layout.order, given.rows);
      const targets = arena.f32(layout.targets, given.rows);
      const weights = arena.f32(layout.weights, given.rows);
      let sum = 0;
      for (let i = 0; i < count; i++) {
        const row = order[first + i]!;
        const weight = weights[row]! / total;
        for (let c = 0; c < outputs; c++) z[c] = y[i * width + c]!;
        sum += weight * judge(z, targets[row]!, dz);
        for (let c = 0; c < outputs; c++) dy[i * width + c] = weight * dz[c]!;
      }
      arena.f64(layout.losses, shard + 1)[shard] = sum;
      taped.backward(at);
    },

    /** Outputs of one shard of rows, in their own places: args are the first place in the order and the rows. */
    evaluate(shard, [from = 0, batch = 0]) {
      const first = from + shard * shardRows;
      const count = Math.min(shardRows, from + batch - first);
      const { taped } = through(first, count);
      const width = padded(outputs);
      const y = arena.f32(taped.y.at, count * width);
      const order = arena.u32(layout.order, given.rows);
      const all = arena.f32(layout.outputs, given.rows * outputs);
      for (let i = 0; i < count; i++) {
        for (let c = 0; c < outputs; c++) all[order[first + i]! * outputs + c] = y[i * width + c]!;
      }
    },

    ...updateTasks(engine, layout.parameters),
  };
};

/** Rows of the order as a signal [steps][count][padded inputs]. */
function gather(
  { arena }: Engine,
  { layout, spec, steps, rows }: NetData,
  { at, first, count }: { at: number; first: number; count: number },
): number {
  const k = spec.inputs;
  const width = padded(k);
  const order = arena.u32(layout.order, rows);
  const from = arena.f32(layout.features, rows * steps * k);
  const to = arena.f32(at, steps * count * width).fill(0);
  for (let i = 0; i < count; i++) {
    const row = order[first + i]! * steps * k;
    for (let t = 0; t < steps; t++) {
      const out = (t * count + i) * width;
      for (let f = 0; f < k; f++) to[out + f] = from[row + t * k + f]!;
    }
  }
  return at;
}
