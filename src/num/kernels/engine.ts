import type { Kernels } from "./kernels.ts";
import { instantiate } from "./load.ts";
import { type Arena, attachArena, createArena } from "./memory.ts";

/** The compiled kernels and the memory they work on. */
export interface Engine {
  readonly arena: Arena;
  readonly kernels: Kernels;
  readonly module: WebAssembly.Module;
}

/** An engine with a memory of its own; pages are taken from the system as they are used. */
export function createEngine(module: WebAssembly.Module, megabytes?: number): Engine {
  const arena = createArena(megabytes);
  return Object.freeze({ arena, kernels: instantiate(module, arena.memory), module });
}

/** The same engine seen from another thread; it reads and writes but reserves nothing. */
export function joinEngine(module: WebAssembly.Module, memory: WebAssembly.Memory): Engine {
  return Object.freeze({
    arena: attachArena(memory),
    kernels: instantiate(module, memory),
    module,
  });
}
