import type { Key } from "#core";
import { exp, expm1, normalQuantile } from "#num";

/** Threefry4x32's parity constant. */
const PARITY = 0x1bd11bda;

/**
 * The random numbers of a tile of paths. What path i draws at a step from a stream depends on the key, i, the step
 * and the stream alone: not on the number of paths, the tile, the thread or the process, so that all processes see
 * common random numbers. Every call returns the same buffers, filled anew.
 */
export interface Draws {
  /** Two independent uniforms in (0, 1) a path: numbers 2i and 2i + 1 of `uniforms(key.fold(step, stream))`. */
  uniforms(step: number, stream: number): readonly [Float64Array, Float64Array];
}

/** Draws below a key, tile by tile. */
export function createDraws(key: Key): (first: number, count: number) => Draws {
  const keys = new Map<number, Key>();
  const keyOf = (step: number, stream: number) => {
    const name = step * 4 + stream;
    const known = keys.get(name) ?? key.fold(step, stream);
    keys.set(name, known);
    return known;
  };
  return (first, count) => {
    const pair = [new Float64Array(count), new Float64Array(count)] as const;
    return {
      uniforms(step, stream) {
        fillUniforms(keyOf(step, stream), first, pair);
        return pair;
      },
    };
  };
}

/** Uniforms → standard normals, in place. */
export function toNormals(uniforms: Float64Array): Float64Array {
  for (let i = 0; i < uniforms.length; i++) uniforms[i] = normalQuantile(uniforms[i]!);
  return uniforms;
}

/** Multiplies prices by e^(log return), in place. */
export function grow(spot: Float64Array, logReturn: Float64Array): void {
  for (let i = 0; i < spot.length; i++) {
    const x = logReturn[i]!;
    // The same bits by a shorter way for the returns of short steps.
    spot[i]! *= x > -0.34 && x < 0.34 ? 1 + expm1(x) : exp(x);
  }
}

/**
 * One Threefry4x32-20 block a path, the counter its number: the bits of `uniforms` in core, written out so that the
 * engine keeps the words in registers.
 */
function fillUniforms(
  key: Key,
  first: number,
  [left, right]: readonly [Float64Array, Float64Array],
): void {
  const k0 = key.words[0] | 0;
  const k1 = key.words[1] | 0;
  const k2 = key.words[2] | 0;
  const k3 = key.words[3] | 0;
  const k4 = PARITY ^ k0 ^ k1 ^ k2 ^ k3;
  for (let i = 0; i < left.length; i++) {
    let x0 = (first + i + k0) | 0;
    let x1 = k1;
    let x2 = k2;
    let x3 = k3;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 10) | (x1 >>> 22)) ^ x0;
    x2 = (x2 + x3) | 0;
    x3 = ((x3 << 26) | (x3 >>> 6)) ^ x2;
    x0 = (x0 + x3) | 0;
    x3 = ((x3 << 11) | (x3 >>> 21)) ^ x0;
    x2 = (x2 + x1) | 0;
    x1 = ((x1 << 21) | (x1 >>> 11)) ^ x2;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
    x2 = (x2 + x3) | 0;
    x3 = ((x3 << 27) | (x3 >>> 5)) ^ x2;
    x0 = (x0 + x3) | 0;
    x3 = ((x3 << 23) | (x3 >>> 9)) ^ x0;
    x2 = (x2 + x1) | 0;
    x1 = ((x1 << 5) | (x1 >>> 27)) ^ x2;
    x0 = (x0 + k1) | 0;
    x1 = (x1 + k2) | 0;
    x2 = (x2 + k3) | 0;
    x3 = (x3 + k4 + 1) | 0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
    x2 = (x2 + x3) | 0;
    x3 = ((x3 << 20) | (x3 >>> 12)) ^ x2;
    x0 = (x0 + x3) | 0;
    x3 = ((x3 << 17) | (x3 >>> 15)) ^ x0;
    x2 = (x2 + x1) | 0;
    x1 = ((x1 << 11) | (x1 >>> 21)) ^ x2;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 25) | (x1 >>> 7)) ^ x0;
    x2 = (x2 + x3) | 0;
    x3 = ((x3 << 10) | (x3 >>> 22)) ^ x2;
    x0 = (x0 + x3) | 0;
    x3 = ((x3 << 18) | (x3 >>> 14)) ^ x0;
    x2 = (x2 + x1) | 0;
    x1 = ((x1 << 20) | (x1 >>> 12)) ^ x2;
    x0 = (x0 + k2) | 0;
    x1 = (x1 + k3) | 0;
    x2 = (x2 + k4) | 0;
    x3 = (x3 + k0 + 2) | 0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 10) | (x1 >>> 22)) ^ x0;
    x2 = (x2 + x3) | 0;
    x3 = ((x3 << 26) | (x3 >>> 6)) ^ x2;
    x0 = (x0 + x3) | 0;
    x3 = ((x3 << 11) | (x3 >>> 21)) ^ x0;
    x2 = (x2 + x1) | 0;
    x1 = ((x1 << 21) | (x1 >>> 11)) ^ x2;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
    x2 = (x2 + x3) | 0;
    x3 = ((x3 << 27) | (x3 >>> 5)) ^ x2;
    x0 = (x0 + x3) | 0;
    x3 = ((x3 << 23) | (x3 >>> 9)) ^ x0;
    x2 = (x2 + x1) | 0;
    x1 = ((x1 << 5) | (x1 >>> 27)) ^ x2;
    x0 = (x0 + k3) | 0;
    x1 = (x1 + k4) | 0;
    x2 = (x2 + k0) | 0;
    x3 = (x3 + k1 + 3) | 0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
    x2 = (x2 + x3) | 0;
    x3 = ((x3 << 20) | (x3 >>> 12)) ^ x2;
    x0 = (x0 + x3) | 0;
    x3 = ((x3 << 17) | (x3 >>> 15)) ^ x0;
    x2 = (x2 + x1) | 0;
    x1 = ((x1 << 11) | (x1 >>> 21)) ^ x2;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 25) | (x1 >>> 7)) ^ x0;
    x2 = (x2 + x3) | 0;
    x3 = ((x3 << 10) | (x3 >>> 22)) ^ x2;
    x0 = (x0 + x3) | 0;
    x3 = ((x3 << 18) | (x3 >>> 14)) ^ x0;
    x2 = (x2 + x1) | 0;
    x1 = ((x1 << 20) | (x1 >>> 12)) ^ x2;
    x0 = (x0 + k4) | 0;
    x1 = (x1 + k0) | 0;
    x2 = (x2 + k1) | 0;
    x3 = (x3 + k2 + 4) | 0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 10) | (x1 >>> 22)) ^ x0;
    x2 = (x2 + x3) | 0;
    x3 = ((x3 << 26) | (x3 >>> 6)) ^ x2;
    x0 = (x0 + x3) | 0;
    x3 = ((x3 << 11) | (x3 >>> 21)) ^ x0;
    x2 = (x2 + x1) | 0;
    x1 = ((x1 << 21) | (x1 >>> 11)) ^ x2;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
    x2 = (x2 + x3) | 0;
    x3 = ((x3 << 27) | (x3 >>> 5)) ^ x2;
    x0 = (x0 + x3) | 0;
    x3 = ((x3 << 23) | (x3 >>> 9)) ^ x0;
    x2 = (x2 + x1) | 0;
    x1 = ((x1 << 5) | (x1 >>> 27)) ^ x2;
    x0 = (x0 + k0) | 0;
    x1 = (x1 + k1) | 0;
    x2 = (x2 + k2) | 0;
    x3 = (x3 + k3 + 5) | 0;
    left[i] = toUniform(x0, x1);
    right[i] = toUniform(x2, x3);
  }
}

/** Two words → the open interval (0, 1), as `uniforms` in core. */
function toUniform(high: number, low: number): number {
  return ((high >>> 6) * 67108864 + (low >>> 6) + 0.5) / 4503599627370496;
}
