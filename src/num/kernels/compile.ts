import type { Kernels } from "./kernels.ts";
import { instantiate } from "./load.ts";
import { createArena } from "./memory.ts";
import { referenceKernels } from "./reference.ts";
import { differences } from "./self-check.ts";

/** The kernels ready to run. */
export interface Compiled {
  readonly module: WebAssembly.Module;
  /** Whether V8 was asked to pair 128-bit operations into 256-bit ones. */
  readonly revectorized: boolean;
}

/** The first version whose V8 pairs operations without fault on these kernels. */
const REVECTORIZE_FROM = 24;

const REVECTORIZE = [
  "--experimental-wasm-revectorize",
  "--no-liftoff",
  "--no-wasm-lazy-compilation",
];
const RESTORE = ["--no-experimental-wasm-revectorize", "--liftoff", "--wasm-lazy-compilation"];

/** A custom section: other bytes, so that V8's cache of compiled modules keeps the two builds apart. */
const PLAIN = Uint8Array.of(0, 6, 5, 0x70, 0x6c, 0x61, 0x69, 0x6e);

const done = new Map<boolean, Compiled>();

/**
 * Compiles the kernels and checks each against its scalar reference, once in a process. `revectorize` lets Node ≥ 24
 * use 256-bit registers; where a kernel's bytes then differ, the plain build is used instead. Throws `RangeError` where
 * the plain build differs too.
 */
export function compileKernels(revectorize = true): Compiled {
  const wanted = revectorize && Number.parseInt(process.versions.node, 10) >= REVECTORIZE_FROM;
  const known = done.get(wanted);
  if (known) return known;
  const compiled = (wanted && tryRevectorized()) || compilePlain();
  done.set(wanted, compiled);
  return compiled;
}

function tryRevectorized(): Compiled | undefined {
  const v8 = process.getBuiltinModule("node:v8");
  for (const flag of REVECTORIZE) v8.setFlagsFromString(flag);
  // With these flags the optimising compiler works at once, so what is checked is what will run.
  const module = new WebAssembly.Module(wasmBytes());
  for (const flag of RESTORE) v8.setFlagsFromString(flag);
  return faults(module).length === 0 ? { module, revectorized: true } : undefined;
}

function compilePlain(): Compiled {
  const bytes = wasmBytes();
  const module = new WebAssembly.Module(new Uint8Array([...bytes, ...PLAIN]));
  const wrong = faults(module);
  if (wrong.length > 0)
    throw new RangeError(`kernels differ from their reference: ${wrong.join(", ")}`);
  return { module, revectorized: false };
}

// Node's modules are asked for when they are needed, so that a browser can load this file.
function wasmBytes(): Uint8Array {
  return process
    .getBuiltinModule("node:fs")
    .readFileSync(new URL("./kernels.wasm", import.meta.url));
}

function faults(module: WebAssembly.Module): string[] {
  const arena = createArena(2);
  const kernels: Kernels = instantiate(module, arena.memory);
  return differences(arena, kernels, referenceKernels(arena.memory));
}
