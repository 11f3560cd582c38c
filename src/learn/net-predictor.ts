import { type Engine, openEngine, padded } from "#num";
import type { Pass } from "./block.ts";
import { scratchOver } from "./block-scratch.ts";
import type { Net } from "./net.ts";

/** Rows that go through a net at a time: their states stay near. */
const ROWS = 16;

/** The engine that loaded nets predict with, and whose weights lie in it; made at the first prediction. */
let shared: { readonly engine: Engine; owner: object | undefined } | undefined;

const MEGABYTES = 256;

/**
 * Outputs [n][outputs] of a net for features [n][steps][inputs], on the calling thread. Nets take turns in one memory, so
 * that hundreds of them can be loaded at once.
 */
export function predictNet(
  net: Net,
  values: Float32Array,
  rows: { readonly features: ArrayLike<number>; readonly steps: number },
): Float64Array {
  shared ??= { engine: openEngine({ megabytes: MEGABYTES }), owner: undefined };
  const { arena, kernels } = shared.engine;
  const { inputs, outputs } = net.spec;
  const { features, steps } = rows;
  const n = features.length / (steps * inputs);
  // Everything lies above the engine's own: weights first, then scratch.
  const base = arena.used;
  const room = 4 * (ROWS * (net.workspace(steps) + 64 * steps) + 65536);
  grow(shared.engine, base + 4 * net.size + room);
  if (shared.owner !== values) {
    arena.f32(base, net.size).set(values);
    shared.owner = values;
  }
  const scratch = scratchOver((base + 4 * net.size + 63) & ~63, room);
  const pass: Pass = { kernels, arena, scratch, values: base, transposed: 0, gradient: 0 };
  const out = new Float64Array(n * outputs);
  const width = padded(inputs);
  for (let first = 0; first < n; first += ROWS) {
    const count = Math.min(ROWS, n - first);
    scratch.reset();
    const at = scratch.take(steps * count * width);
    const x = arena.f32(at, steps * count * width).fill(0);
    for (let i = 0; i < count; i++) {
      for (let t = 0; t < steps; t++) {
        const from = ((first + i) * steps + t) * inputs;
        for (let f = 0; f < inputs; f++) x[(t * count + i) * width + f] = features[from + f]!;
      }
    }
    const { y } = net.forward(pass, { at, steps, rows: count, width: inputs });
    const results = arena.f32(y.at, count * padded(outputs));
    for (let i = 0; i < count; i++) {
      for (let c = 0; c < outputs; c++)
        out[(first + i) * outputs + c] = results[i * padded(outputs) + c]!;
    }
  }
  return out;
}

/** Makes sure that the memory reaches to `bytes` without handing any of it out. */
function grow({ arena }: Engine, bytes: number): void {
  const missing = bytes - arena.memory.buffer.byteLength;
  if (missing > 0) arena.memory.grow(Math.ceil(missing / 65536));
}
