import { add } from "./vector";

// A weight matrix [k × n] lies in panels of 16 columns, [k][16] each, the last of 8 where n is an odd multiple
// of eight: the order in which the products read it. The products themselves are written by tiles.mjs.

/** Address of element (row, column) of a packed matrix. */
function element(k: i32, n: i32, at: usize, row: i32, column: i32): usize {
  const panel = column & ~15;
  const width = min(n - panel, 16);
  return at + ((<usize>(panel * k + row * width + (column & 15))) << 2);
}

/** to[outputs × kPadded] = the first `outputs` columns of from[k × n], transposed, both packed; zero past row k. */
export function transpose(
  k: i32,
  n: i32,
  outputs: i32,
  kPadded: i32,
  from: usize,
  to: usize,
): void {
  for (let i = 0; i < kPadded; i += 4) {
    for (let j = 0; j < outputs; j += 4) {
      const at = element(k, n, from, i, j);
      const out = element(outputs, kPadded, to, j, i);
      const rowStep: usize = min(n - (j & ~15), 16) << 2;
      const outStep: usize = min(kPadded - (i & ~15), 16) << 2;
      if (i + 4 <= k && j + 4 <= outputs) {
        transposeFour(at, rowStep, out, outStep);
        continue;
      }
      for (let q = 0; q < 16; q++) {
        const row: usize = q & 3;
        const column: usize = q >> 2;
        if (j + (q >> 2) >= outputs) break;
        const value = i + (q & 3) < k ? load<f32>(at + row * rowStep + (column << 2)) : 0;
        store<f32>(out + column * outStep + (row << 2), value);
      }
    }
  }
}

/** A block of four by four, its rows `step` and `outStep` bytes apart. */
function transposeFour(at: usize, step: usize, out: usize, outStep: usize): void {
  const a = v128.load(at);
  const b = v128.load(at + step);
  const c = v128.load(at + 2 * step);
  const d = v128.load(at + 3 * step);
  const low = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const high = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const lowToo = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const highToo = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(out, v128.shuffle<f64>(low, lowToo, 0, 2));
  v128.store(out + outStep, v128.shuffle<f64>(low, lowToo, 1, 3));
  v128.store(out + 2 * outStep, v128.shuffle<f64>(high, highToo, 0, 2));
  v128.store(out + 3 * outStep, v128.shuffle<f64>(high, highToo, 1, 3));
}

/** sums[n] += Σ over rows of d[rows × n]. */
export function columnSums(rows: i32, n: i32, d: usize, stride: usize, sums: usize): void {
  let left = n;
  for (; left >= 32; left -= 32) {
    let p = d;
    let s0 = v128.load(sums);
    let s1 = v128.load(sums, 16);
    let s2 = v128.load(sums, 32);
    let s3 = v128.load(sums, 48);
    let s4 = v128.load(sums, 64);
    let s5 = v128.load(sums, 80);
    let s6 = v128.load(sums, 96);
    let s7 = v128.load(sums, 112);
    for (let i = rows; i > 0; i--) {
      s0 = add(s0, v128.load(p));
      s1 = add(s1, v128.load(p, 16));
      s2 = add(s2, v128.load(p, 32));
      s3 = add(s3, v128.load(p, 48));
      s4 = add(s4, v128.load(p, 64));
      s5 = add(s5, v128.load(p, 80));
      s6 = add(s6, v128.load(p, 96));
      s7 = add(s7, v128.load(p, 112));
      p += stride;
    }
    v128.store(sums, s0);
    v128.store(sums, s1, 16);
    v128.store(sums, s2, 32);
    v128.store(sums, s3, 48);
    v128.store(sums, s4, 64);
    v128.store(sums, s5, 80);
    v128.store(sums, s6, 96);
    v128.store(sums, s7, 112);
    d += 128;
    sums += 128;
  }
  for (; left > 0; left -= 8) {
    let p = d;
    let a = v128.load(sums);
    let b = v128.load(sums, 16);
    for (let i = rows; i > 0; i--) {
      a = add(a, v128.load(p));
      b = add(b, v128.load(p, 16));
      p += stride;
    }
    v128.store(sums, a);
    v128.store(sums, b, 16);
    d += 32;
    sums += 32;
  }
}
