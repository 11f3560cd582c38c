import { type Pool, type PoolOptions, soloPool } from "../parallel.ts";
import { compileKernels } from "./compile.ts";
import { type Engine, createEngine } from "./engine.ts";

export interface EngineOptions {
  /** Whether Node ≥ 24 may use 256-bit registers. Results do not depend on it. */
  readonly revectorize?: boolean | undefined;
  /** Most memory the engine may take. */
  readonly megabytes?: number;
}

/**
 * An engine on Node: compiles the kernels, checks each against its reference, once in a process. Elsewhere (a browser)
 * compile `kernels.wasm` and call `createEngine`; nothing else of the engine needs Node.
 */
export function openEngine({ revectorize = true, megabytes }: EngineOptions = {}): Engine {
  return createEngine(compileKernels(revectorize).module, megabytes);
}

/** Engines that wait for work; one a piece of work that runs at the same time. */
const idle: Engine[] = [];

/** An idle engine, or a new one, and the way to give it back with its memory. */
function borrow(): { readonly engine: Engine; readonly giveBack: () => void } {
  const engine = idle.pop() ?? openEngine();
  const from = engine.arena.used;
  const giveBack = () => {
    engine.arena.release(from);
    idle.push(engine);
  };
  return { engine, giveBack };
}

/**
 * Runs work on an engine that is used again afterwards, its memory taken back: hundreds of small trainings cost one
 * memory. Nothing of the engine may be kept.
 */
export async function withEngine<T>(work: (engine: Engine) => Promise<T>): Promise<T> {
  const { engine, giveBack } = borrow();
  try {
    return await work(engine);
  } finally {
    giveBack();
  }
}

/** `withEngine` for work that is done when it returns. */
export function onEngine<T>(work: (engine: Engine) => T): T {
  const { engine, giveBack } = borrow();
  try {
    return work(engine);
  } finally {
    giveBack();
  }
}

/** Starts a pool; one thread alone starts no worker and needs nothing of Node. */
export async function openPool(options: PoolOptions): Promise<Pool> {
  if (options.threads === 1) return soloPool(options.engine, options.setup, options.data);
  const { startPool } = await import("../parallel-threads.ts");
  return startPool(options);
}
