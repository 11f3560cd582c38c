import type { Key } from "#core";
import { exp, expm1, normalQuantile, randomWords } from "#num";

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

/** One block of the key's stream a path, the counter its number. */
function fillUniforms(
  key: Key,
  first: number,
  [left, right]: readonly [Float64Array, Float64Array],
): void {
  const words = randomWords(key, 4 * left.length, first);
  for (let i = 0, w = 0; i < left.length; i++, w += 4) {
    left[i] = toUniform(words[w]!, words[w + 1]!);
    right[i] = toUniform(words[w + 2]!, words[w + 3]!);
  }
}

/** Two words → the open interval (0, 1), as `uniforms` in core. */
function toUniform(high: number, low: number): number {
  return ((high >>> 6) * 67108864 + (low >>> 6) + 0.5) / 4503599627370496;
}
