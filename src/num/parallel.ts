import type { Engine } from "./kernels/engine.ts";

/** What one thread can do: named pieces of work over numbered shards. Arguments are plain numbers. */
export type Tasks = Readonly<Record<string, (shard: number, args: Float64Array) => void>>;

/** Makes the tasks of a thread. `data` is the same structured clone for all of them. */
export type Setup = (context: {
  readonly engine: Engine;
  readonly thread: number;
  readonly data: unknown;
}) => Tasks;

/** Most numbers a task can be given. */
export const MAX_ARGS = 32;

/**
 * Threads that share one memory. A task is cut into a fixed number of shards by its caller, not by the number of
 * threads: each shard writes its own region, and sums over shards are taken in order afterwards, so results are equal
 * to the bit however many threads there are.
 */
export interface Pool {
  readonly engine: Engine;
  readonly threads: number;
  /** Runs shards 0 … `shards` − 1 of a task, each once, and returns when all are done. Throws what a shard threw. */
  run(task: string, shards: number, ...args: readonly number[]): void;
  /** The same on the calling thread alone: for work that is done sooner than threads wake. */
  runHere(task: string, shards: number, ...args: readonly number[]): void;
  /** Ends the workers. */
  close(): Promise<void>;
}

export interface PoolOptions {
  readonly engine: Engine;
  /** Threads, the calling one included. Results do not depend on it. */
  readonly threads: number;
  readonly setup: Setup;
  /** URL of the module that exports `setup`, for the workers. */
  readonly module: string;
  readonly data: unknown;
}

/** A pool of the calling thread alone; works wherever WebAssembly does. */
export function soloPool(engine: Engine, setup: Setup, data: unknown): Pool {
  const tasks = setup({ engine, thread: 0, data });
  const run = runnerOf(tasks, new Float64Array(MAX_ARGS));
  return { engine, threads: 1, run, runHere: run, async close() {} };
}

/** Runs the shards of a task in order on this thread; `numbers` holds its arguments. */
export function runnerOf(tasks: Tasks, numbers: Float64Array): Pool["run"] {
  return (task, shards, ...args) => {
    numbers.set(args);
    const work = taskOf(tasks, task);
    for (let shard = 0; shard < shards; shard++) work(shard, numbers);
  };
}

/** A task by name. Throws `RangeError` for one that was not set up. */
export function taskOf(tasks: Tasks, name: string): Tasks[string] {
  const task = tasks[name];
  if (!task) throw new RangeError(`no task ${name} among ${Object.keys(tasks).join(", ")}`);
  return task;
}
