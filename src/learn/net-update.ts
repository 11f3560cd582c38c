import { type Arena, type Engine, type Pool, type Tasks, padded } from "#num";
import type { Matrix } from "./block.ts";
import { type OptimiserSpec, adamNumbers } from "./optimiser.ts";

/** Addresses of the parameters of a net and of what an optimiser keeps of them. Plain data: threads share it. */
export interface ParameterMemory {
  readonly size: number;
  readonly matrices: readonly Matrix[];
  readonly values: number;
  /** Transposes of the matrices, for the way back. */
  readonly transposed: number;
  /** One gradient a shard, `size` floats each, then their sum. */
  readonly gradients: number;
  readonly gradient: number;
  /** Adam's running means of the gradient and of its square. */
  readonly mean: number;
  readonly square: number;
  /** Sums of squares, f64, one a chunk. */
  readonly squares: number;
}

/** Floats of the parameters that one chunk of an update covers. */
const CHUNK = 8192;
/** Chunks from which threads help; fewer are done, at a few microseconds each, before other threads wake. */
const MANY = 32;

/** Memory for the parameters on a shelf and the gradients of `shards` shards. */
export function reserveParameters(
  arena: Arena,
  shelf: { readonly size: number; readonly backSize: number; readonly matrices: readonly Matrix[] },
  shards: number,
): ParameterMemory {
  const { size, backSize, matrices } = shelf;
  const floats = (n: number): number => arena.reserve(4 * n);
  return {
    size,
    matrices,
    values: floats(size),
    transposed: floats(backSize),
    gradients: floats(shards * size),
    gradient: floats(size),
    mean: floats(size),
    square: floats(size),
    squares: arena.reserve(8 * Math.ceil(size / CHUNK)),
  };
}

/** The tasks of an update, to be spread into those of a setup. */
export function updateTasks({ arena, kernels }: Engine, memory: ParameterMemory): Tasks {
  const { size, matrices } = memory;
  const chunkOf = (chunk: number): { at: number; n: number } => ({
    at: 4 * chunk * CHUNK,
    n: Math.min(CHUNK, size - chunk * CHUNK),
  });
  return {
    /** Sums the gradients of the first `shards` shards over one chunk of parameters, in the order of the shards. */
    reduce(chunk, [shards = 1]) {
      const { at, n } = chunkOf(chunk);
      const from = memory.gradients + at;
      const squares = kernels.sumShards(n, shards, from, 4 * size, memory.gradient + at);
      arena.f64(memory.squares, chunk + 1)[chunk] = squares;
    },

    /** One chunk of an Adam step: args are the kernel's numbers. */
    update(chunk, args) {
      const { at, n } = chunkOf(chunk);
      const [
        scale = 1,
        l2 = 0,
        keep = 1,
        beta1 = 0,
        beta2 = 0,
        rate = 0,
        correction = 1,
        epsilon = 0,
      ] = args;
      const places = [memory.values, memory.gradient, memory.mean, memory.square] as const;
      const [p, g, m, v] = places.map((place) => place + at) as [number, number, number, number];
      kernels.adam(n, p, g, m, v, scale, l2, keep, beta1, beta2, rate, correction, epsilon);
    },

    /** The transpose of one matrix. */
    turn(i) {
      const m = matrices[i]!;
      const from = memory.values + 4 * m.at;
      kernels.transpose(
        m.inputs,
        m.columns,
        m.outputs,
        padded(m.inputs),
        from,
        memory.transposed + 4 * m.back,
      );
    },
  };
}

/** Adam over the parameters of a pool whose tasks include `updateTasks`. */
export interface Updater {
  /** Transposes the matrices; to be called after the values have been changed from outside. */
  refresh(): void;
  /** Sums the gradients of `shards` shards; returns the sum's Euclidean norm. */
  reduce(shards: number): number;
  /** One step with the summed gradient of the given norm, at a share of the optimiser's rate. */
  update(optimiser: OptimiserSpec, share: number, norm: number): void;
  /** Forgets the running means. */
  reset(): void;
}

export function updaterOn(pool: Pool, memory: ParameterMemory): Updater {
  const { arena } = pool.engine;
  const { size, matrices } = memory;
  const chunks = Math.ceil(size / CHUNK);
  const run = chunks < MANY ? pool.runHere : pool.run;
  let step = 0;
  const refresh = (): void => run("turn", matrices.length);
  return {
    refresh,
    reduce(shards) {
      run("reduce", chunks, shards);
      let squares = 0;
      for (const sum of arena.f64(memory.squares, chunks)) squares += sum;
      return Math.sqrt(squares);
    },
    update(optimiser, share, norm) {
      step += 1;
      run("update", chunks, ...adamNumbers(optimiser, { share, step, norm }));
      refresh();
    },
    reset() {
      step = 0;
      arena.f32(memory.mean, size).fill(0);
      arena.f32(memory.square, size).fill(0);
    },
  };
}
