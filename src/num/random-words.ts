import type { Key } from "#core";
import type { Engine } from "./kernels/engine.ts";
import { openEngine } from "./kernels/open.ts";

/** Words the kernel writes at a time. */
const GROUP = 16;

/** Made at the first use, with room for `capacity` words. */
let engine: Engine | undefined;
let capacity = 0;
let place = 0;

/**
 * `n` random 32-bit words of a key, starting at block `from` of its stream: those of `bits` in core. The
 * same buffer at every call, filled anew.
 */
export function randomWords(key: Key, n: number, from: number): Uint32Array {
  engine ??= openEngine();
  const { arena, kernels } = engine;
  const rounded = GROUP * Math.ceil(n / GROUP);
  if (rounded > capacity) {
    if (place > 0) arena.release(place);
    place = arena.reserve(GROUP + 4 * rounded);
    capacity = rounded;
  }
  arena.u32(place, 4).set(key.words);
  kernels.randomBits(rounded, place, from, place + GROUP);
  return arena.u32(place + GROUP, n);
}
