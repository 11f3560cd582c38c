import type { Engine } from "#num";
import type { Episodes } from "./episodes.ts";
import { type Scaling, writeFeatures } from "./features.ts";

/** Paths that a network is asked about at once: their states stay in the second cache. */
export const TILE = 16;

/**
 * Episodes in the engine's memory, f32, tile after tile of sixteen paths, money in units of the premium. Addresses of
 * features [tile][steps][16][stride], delta, gain and liability [tile][steps][16], costs of a unit
 * [tile][steps + 1][16] and of its square [tile][16].
 */
export interface Bundle {
  readonly tiles: number;
  readonly steps: number;
  readonly stride: number;
  readonly features: number;
  readonly base: number;
  readonly gain: number;
  readonly liability: number;
  readonly linear: number;
  readonly quadratic: number;
}

/** Room for `tiles` tiles. */
export function reserveBundle(
  { arena }: Engine,
  tiles: number,
  steps: number,
  stride: number,
): Bundle {
  const floats = (n: number) => arena.reserve(4 * n * TILE * tiles);
  return {
    tiles,
    steps,
    stride,
    features: floats(steps * stride),
    base: floats(steps),
    gain: floats(steps),
    liability: floats(steps),
    linear: floats(steps + 1),
    quadratic: floats(1),
  };
}

/** Writes paths `from` … of episodes into tiles `first` …, as many as there are in `tiles`; the last path repeats. */
export function fillBundle(
  { arena }: Engine,
  bundle: Bundle,
  episodes: Episodes,
  scaling: Scaling,
  { first, tiles, from = 0 }: { first: number; tiles: number; from?: number },
): void {
  const { steps, stride } = bundle;
  const {
    paths: n,
    spot,
    premium,
    delta,
    base: added = delta,
    liability,
    linear,
    quadratic,
    contract,
  } = episodes;
  const ahead = contract.lag ? 1 : 0;
  const write = writeFeatures(scaling);
  const size = steps * TILE;
  for (let tile = first; tile < first + tiles; tile++) {
    const x = arena.f32(bundle.features + 4 * tile * size * stride, size * stride).fill(0);
    const base = arena.f32(bundle.base + 4 * tile * size, size);
    const gain = arena.f32(bundle.gain + 4 * tile * size, size);
    const loss = arena.f32(bundle.liability + 4 * tile * size, size);
    const unit = arena.f32(bundle.linear + 4 * tile * (size + TILE), size + TILE);
    const square = arena.f32(bundle.quadratic + 4 * tile * TILE, TILE);
    for (let row = 0; row < TILE; row++) {
      const i = Math.min(n - 1, from + (tile - first) * TILE + row);
      const scale = 1 / premium[i]!;
      square[row] = quadratic * scale;
      for (let t = 0; t <= steps; t++) unit[t * TILE + row] = linear[t * n + i]! * scale;
      for (let t = 0; t < steps; t++) {
        const k = t * n + i;
        const at = t * TILE + row;
        write(episodes, k, x, at * stride);
        base[at] = added[k]!;
        const earned = t + ahead < steps ? spot[k + (ahead + 1) * n]! - spot[k + ahead * n]! : 0;
        gain[at] = earned * scale;
        loss[at] = liability[k]! * scale;
      }
    }
  }
}
