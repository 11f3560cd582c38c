import { type Pool, openEngine, openPool } from "#num";
import { setup, taskArgs } from "./tasks.ts";
import { type Shape, type Workspace, bytesOf, workspace } from "./workspace.ts";

/** A workspace and the threads that work on it. */
export interface Bench {
  readonly work: Workspace;
  /** Runs shards 0 … `shards` − 1 of a task of `setup` on the workspace. */
  run(task: string, shards: number, ...own: readonly number[]): void;
}

interface Seat {
  readonly pool: Pool;
  address: number;
  bytes: number;
}

/** Pools that are free, with the memory they have: threads start once and do not keep the process alive. */
const free: Seat[] = [];

/** Workspaces made so far, so that each has a number of its own. */
let made = 0;

/** Lends a pool and memory for one boosting run. Results do not depend on the number of threads. */
export async function withBench<T>(
  shape: Omit<Shape, "parts">,
  threads: number,
  use: (bench: Bench) => Promise<T>,
): Promise<T> {
  const whole: Shape = { ...shape, parts: partsOf(shape.features, threads) };
  const seat = await takeSeat(threads);
  const bytes = bytesOf(whole);
  if (bytes > seat.bytes) {
    seat.address = seat.pool.engine.arena.reserve(bytes);
    seat.bytes = bytes;
  }
  const place = { number: made++, address: seat.address, shape: whole };
  const work = workspace(whole, seat.pool.engine.arena.memory.buffer, seat.address);
  try {
    return await use({
      work,
      run: (task, shards, ...own) => seat.pool.run(task, shards, ...taskArgs(place, own)),
    });
  } finally {
    free.push(seat);
  }
}

/** Features of a part below which what each of its rows costs on its own is felt. */
const WIDE = 24;

/** Two parts a thread even out what other work takes from one of them, where they are wide; else one a thread. */
function partsOf(features: number, threads: number): number {
  if (threads === 1) return 1;
  const wide = Math.max(threads, Math.floor(features / WIDE));
  return Math.min(features, 2 * threads, wide);
}

async function takeSeat(threads: number): Promise<Seat> {
  const at = free.findIndex(({ pool }) => pool.threads === threads);
  if (at >= 0) return free.splice(at, 1)[0]!;
  const module = new URL(
    import.meta.url.endsWith(".ts") ? "./tasks.ts" : "./tasks.js",
    import.meta.url,
  );
  const engine = openEngine();
  const pool = await openPool({ engine, threads, setup, module: module.href, data: undefined });
  return { pool, address: 0, bytes: 0 };
}
