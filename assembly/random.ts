import { all, mul, rotate } from "./vector";

// Threefry4x32-20 (Salmon et al. 2011), four counters in the four lanes: the bits of `bits` and `uniforms` in core.

const PARITY: i32 = 0x1bd11bda;

// The last result of `threefry`.
let x0: v128 = i32x4.splat(0);
let x1: v128 = i32x4.splat(0);
let x2: v128 = i32x4.splat(0);
let x3: v128 = i32x4.splat(0);

/** Words 0 … 3 of counters (first + lane, second, third, 0) into x0 … x3. `key` holds four 32-bit words. */
function threefry(key: usize, first: u32, second: u32, third: u32): void {
  let k0 = load<i32>(key);
  let k1 = load<i32>(key, 4);
  let k2 = load<i32>(key, 8);
  let k3 = load<i32>(key, 12);
  let k4 = PARITY ^ k0 ^ k1 ^ k2 ^ k3;
  let a = i32x4.add(i32x4.splat(first + k0), i32x4(0, 1, 2, 3));
  let b = i32x4.splat(second + k1);
  let c = i32x4.splat(third + k2);
  let d = i32x4.splat(k3);
  for (let group = 1; ; group++) {
    const odd = (group & 1) === 1;
    a = i32x4.add(a, b);
    b = v128.xor(odd ? rotate(b, 10) : rotate(b, 6), a);
    c = i32x4.add(c, d);
    d = v128.xor(odd ? rotate(d, 26) : rotate(d, 20), c);
    a = i32x4.add(a, d);
    d = v128.xor(odd ? rotate(d, 11) : rotate(d, 17), a);
    c = i32x4.add(c, b);
    b = v128.xor(odd ? rotate(b, 21) : rotate(b, 11), c);
    a = i32x4.add(a, b);
    b = v128.xor(odd ? rotate(b, 13) : rotate(b, 25), a);
    c = i32x4.add(c, d);
    d = v128.xor(odd ? rotate(d, 27) : rotate(d, 10), c);
    a = i32x4.add(a, d);
    d = v128.xor(odd ? rotate(d, 23) : rotate(d, 18), a);
    c = i32x4.add(c, b);
    b = v128.xor(odd ? rotate(b, 5) : rotate(b, 20), c);
    a = i32x4.add(a, i32x4.splat(k1));
    b = i32x4.add(b, i32x4.splat(k2));
    c = i32x4.add(c, i32x4.splat(k3));
    d = i32x4.add(d, i32x4.splat(k4 + group));
    if (group === 5) break;
    const k = k0;
    k0 = k1;
    k1 = k2;
    k2 = k3;
    k3 = k4;
    k4 = k;
  }
  x0 = a;
  x1 = b;
  x2 = c;
  x3 = d;
}

/** `n` words (a multiple of sixteen) from block `from` of a key's stream, in the order of `bits`. */
export function randomBits(n: i32, key: usize, from: u32, out: usize): void {
  for (let i = 0; i < n; i += 16) {
    threefry(key, from + <u32>(i >> 2), 0, 0);
    const a = i8x16.shuffle(x0, x1, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
    const b = i8x16.shuffle(x2, x3, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
    const c = i8x16.shuffle(x0, x1, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
    const d = i8x16.shuffle(x2, x3, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
    v128.store(out, i64x2.replace_lane(a, 1, i64x2.extract_lane(b, 0)));
    v128.store(out, i64x2.replace_lane(b, 0, i64x2.extract_lane(a, 1)), 16);
    v128.store(out, i64x2.replace_lane(c, 1, i64x2.extract_lane(d, 0)), 32);
    v128.store(out, i64x2.replace_lane(d, 0, i64x2.extract_lane(c, 1)), 48);
    out += 64;
  }
}

/**
 * y = x·scale where the element's word is at least `threshold`, 0 elsewhere, for `rows` rows of `n` floats (a
 * multiple of eight). Element e of row r draws word ⌊e/4⌋ mod 4, lane e mod 4, of the four counters
 * (4·⌊e/16⌋ + lane, first + r, step): what is dropped depends on the row's place in the batch alone.
 */
export function dropout(
  rows: i32,
  n: i32,
  key: usize,
  first: u32,
  step: u32,
  threshold: u32,
  scale: f32,
  x: usize,
  y: usize,
): void {
  const s = all(scale);
  const limit = i32x4.splat(threshold ^ 0x80000000);
  const flip = i32x4.splat(0x80000000);
  for (let row: i32 = 0; row < rows; row++) {
    for (let e = 0; e < n; e += 16) {
      threefry(key, <u32>(e >> 2), first + <u32>row, step);
      const a = v128.and(mul(v128.load(x), s), i32x4.ge_s(v128.xor(x0, flip), limit));
      const b = v128.and(mul(v128.load(x, 16), s), i32x4.ge_s(v128.xor(x1, flip), limit));
      v128.store(y, a);
      v128.store(y, b, 16);
      if (n - e > 8) {
        const c = v128.and(mul(v128.load(x, 32), s), i32x4.ge_s(v128.xor(x2, flip), limit));
        const d = v128.and(mul(v128.load(x, 48), s), i32x4.ge_s(v128.xor(x3, flip), limit));
        v128.store(y, c, 32);
        v128.store(y, d, 48);
      }
      const bytes: usize = n - e > 8 ? 64 : 32;
      x += bytes;
      y += bytes;
    }
  }
}
