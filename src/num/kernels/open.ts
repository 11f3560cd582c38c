import type { Pool } from "../parallel.ts";
import { createEngine } from "./engine.ts";

export interface OpenOptions {
  /** URL of a module that exports `setup`. */
  readonly module: string;
  readonly data: unknown;
  /** Threads, the calling one included. Results do not depend on it. */
  readonly threads?: number;
  /** Whether Node ≥ 24 may use 256-bit registers. Results do not depend on it. */
  readonly revectorize?: boolean;
  /** Most memory the engine may take. */
  readonly megabytes?: number;
}

/**
 * Compiles the kernels for Node, checks them, and starts a pool on them. Elsewhere (a browser) compile the `.wasm`,
 * and use `createEngine` and `soloPool`: nothing else of the engine needs Node.
 */
export async function openPool(options: OpenOptions): Promise<Pool> {
  const { module, data, threads = 1, revectorize = true, megabytes } = options;
  const [{ compileKernels }, { startPool }] = await Promise.all([
    import("./compile.ts"),
    import("../parallel-threads.ts"),
  ]);
  const engine = createEngine(compileKernels(revectorize).module, megabytes);
  return startPool({ engine, threads, module, data });
}
