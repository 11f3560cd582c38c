/**
 * Counter-based randomness: a `Key` is a value to draw from, never a hidden generator. What is drawn depends
 * on what it is for (`key(7).fold("lstm", "fold", 3)`) and not on what was drawn before.
 *
 * Threefry4x32-20 (Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011):
 * additions, rotations and exclusive-ors of 32-bit words, so equal bits on every machine.
 */
export interface Key {
  /** Four 32-bit words. */
  readonly words: readonly [number, number, number, number];
  /** A key for a named purpose below this one. Order matters; equal parts give equal keys. */
  fold(...parts: readonly (string | number)[]): Key;
}

const ROTATIONS = [10, 26, 11, 21, 13, 27, 23, 5, 6, 20, 17, 11, 25, 10, 18, 20] as const;
const PARITY = 0x1bd11bda;

/**
 * One block: counter (4 words) and key (4 words) → 4 random 32-bit words written to `out` at `at`.
 * Known answers of the Random123 distribution are in the tests.
 */
export function threefry(
  counter: readonly number[],
  words: readonly number[],
  out: Uint32Array,
  at = 0,
): void {
  const k0 = words[0]! | 0;
  const k1 = words[1]! | 0;
  const k2 = words[2]! | 0;
  const k3 = words[3]! | 0;
  const schedule = [k0, k1, k2, k3, PARITY ^ k0 ^ k1 ^ k2 ^ k3];
  let x0 = (counter[0]! + k0) | 0;
  let x1 = (counter[1]! + k1) | 0;
  let x2 = (counter[2]! + k2) | 0;
  let x3 = (counter[3]! + k3) | 0;
  for (let group = 0; group < 5; group++) {
    const r = (group & 1) * 8;
    for (let i = 0; i < 8; i += 4) {
      const a = ROTATIONS[r + i]!;
      const b = ROTATIONS[r + i + 1]!;
      const c = ROTATIONS[r + i + 2]!;
      const d = ROTATIONS[r + i + 3]!;
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << a) | (x1 >>> (32 - a))) ^ x0;
      x2 = (x2 + x3) | 0;
      x3 = ((x3 << b) | (x3 >>> (32 - b))) ^ x2;
      x0 = (x0 + x3) | 0;
      x3 = ((x3 << c) | (x3 >>> (32 - c))) ^ x0;
      x2 = (x2 + x1) | 0;
      x1 = ((x1 << d) | (x1 >>> (32 - d))) ^ x2;
    }
    const s = group + 1;
    x0 = (x0 + schedule[s % 5]!) | 0;
    x1 = (x1 + schedule[(s + 1) % 5]!) | 0;
    x2 = (x2 + schedule[(s + 2) % 5]!) | 0;
    x3 = (x3 + schedule[(s + 3) % 5]! + s) | 0;
  }
  out[at] = x0;
  out[at + 1] = x1;
  out[at + 2] = x2;
  out[at + 3] = x3;
}

/** 32-bit FNV-1a over UTF-16 code units, with a tag so that 1 and "1" differ. */
function digest(part: string | number): [number, number] {
  const text = typeof part === "number" ? `n${part}` : `s${part}`;
  let low = 0x811c9dc5;
  let high = 0x01000193;
  for (let i = 0; i < text.length; i++) {
    low = Math.imul(low ^ text.charCodeAt(i), 0x01000193);
    high = Math.imul(high ^ text.charCodeAt(i), 0x85ebca6b) + i;
  }
  return [low >>> 0, high >>> 0];
}

function makeKey(words: readonly [number, number, number, number]): Key {
  return Object.freeze({
    words,
    fold(...parts: readonly (string | number)[]): Key {
      let folded = words;
      const out = new Uint32Array(4);
      for (const part of parts) {
        const [low, high] = digest(part);
        threefry([low, high, 0x766f6c74, 1], folded, out);
        folded = [out[0]!, out[1]!, out[2]!, out[3]!];
      }
      return makeKey(folded);
    },
  });
}

/** The root key of a seed. Throws `RangeError` unless the seed is a non-negative safe integer. */
export function key(seed: number): Key {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new RangeError(`a seed is a non-negative integer, not ${seed}`);
  }
  return makeKey([seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0, 0x766f6c74, 0x65727261]);
}

/** `n` random 32-bit words of a key, starting at block `from` of its stream. */
export function bits(source: Key, n: number, from = 0): Uint32Array {
  const out = new Uint32Array((n + 3) & ~3);
  const counter = [0, 0, 0, 0];
  for (let i = 0; i < n; i += 4) {
    counter[0] = from + (i >> 2);
    threefry(counter, source.words, out, i);
  }
  return out.subarray(0, n);
}

/** `n` uniform numbers in the open interval (0, 1), 52 random bits each. */
export function uniforms(source: Key, n: number): Float64Array {
  const words = bits(source, 2 * n);
  const out = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    out[i] =
      ((words[2 * i]! >>> 6) * 67108864 + (words[2 * i + 1]! >>> 6) + 0.5) / 4503599627370496;
  }
  return out;
}

/** `n` integers uniform on 0 … `bound` − 1 (Lemire's multiplication; bias below 2⁻³² · bound). */
export function integers(source: Key, n: number, bound: number): Int32Array {
  const words = bits(source, n);
  const out = new Int32Array(n);
  for (let i = 0; i < n; i++) out[i] = Math.floor((words[i]! / 4294967296) * bound);
  return out;
}
