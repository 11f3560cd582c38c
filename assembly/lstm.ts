import { squash } from "./activation";
import { all, madd, mul, sub } from "./vector";

// One step of an LSTM for `rows` rows, `h` hidden units (a multiple of eight). A row of z holds the gates in
// PyTorch's order, [i | f | g | o], h floats each.
//
//   i, f, o = σ(z), g = tanh(z),  c = f·c₋ + i·g,  t = tanh(c),  output = o·t

/** Replaces z by the gates and writes c, t and the output. */
export function lstmForward(
  rows: i32,
  h: i32,
  z: usize,
  before: usize,
  c: usize,
  t: usize,
  out: usize,
): void {
  const width = (<usize>h) << 2;
  const n = rows * h;
  for (let row: usize = 0; row < <usize>rows; row++) {
    const gates = z + ((row * width) << 2);
    squash(2 * h, gates, gates, 0.5, 0.5, 0.5);
    squash(h, gates + 2 * width, gates + 2 * width, 1, 1, 0);
    squash(h, gates + 3 * width, gates + 3 * width, 0.5, 0.5, 0.5);
    const b = before + row * width;
    const to = c + row * width;
    for (let q: usize = 0; q < width; q += 32) {
      const g = gates + q;
      const i0 = mul(v128.load(g), v128.load(g + 2 * width));
      const i1 = mul(v128.load(g, 16), v128.load(g + 2 * width, 16));
      const c0 = madd(v128.load(g + width), v128.load(b + q), i0);
      const c1 = madd(v128.load(g + width, 16), v128.load(b + q, 16), i1);
      v128.store(to + q, c0);
      v128.store(to + q, c1, 16);
    }
  }
  squash(n, c, t, 1, 1, 0);
  for (let row: usize = 0; row < <usize>rows; row++) {
    const o = z + ((row * width) << 2) + 3 * width;
    for (let q: usize = 0; q < width; q += 32) {
      const at = row * width + q;
      const a = mul(v128.load(o + q), v128.load(t + at));
      const b = mul(v128.load(o + q, 16), v128.load(t + at, 16));
      v128.store(out + at, a);
      v128.store(out + at, b, 16);
    }
  }
}

/**
 * From dh, the gradient of the output, and dc, the gradient of c that comes from the next step: replaces the
 * gates in z by dz, and dc by the gradient of c₋.
 */
export function lstmBackward(
  rows: i32,
  h: i32,
  z: usize,
  before: usize,
  t: usize,
  dh: usize,
  dc: usize,
): void {
  const width = (<usize>h) << 2;
  const one = all(1);
  for (let row = rows; row > 0; row--) {
    const zi = z;
    const zf = z + width;
    const zg = zf + width;
    const zo = zg + width;
    for (let q: usize = 0; q < width; q += 32) {
      const i0 = v128.load(zi + q);
      const i1 = v128.load(zi + q, 16);
      const f0 = v128.load(zf + q);
      const f1 = v128.load(zf + q, 16);
      const g0 = v128.load(zg + q);
      const g1 = v128.load(zg + q, 16);
      const o0 = v128.load(zo + q);
      const o1 = v128.load(zo + q, 16);
      const t0 = v128.load(t + q);
      const t1 = v128.load(t + q, 16);
      const d0 = v128.load(dh + q);
      const d1 = v128.load(dh + q, 16);
      const k0 = madd(mul(d0, o0), sub(one, mul(t0, t0)), v128.load(dc + q));
      const k1 = madd(mul(d1, o1), sub(one, mul(t1, t1)), v128.load(dc + q, 16));
      const b0 = v128.load(before + q);
      const b1 = v128.load(before + q, 16);
      v128.store(zi + q, mul(mul(k0, g0), mul(i0, sub(one, i0))));
      v128.store(zi + q, mul(mul(k1, g1), mul(i1, sub(one, i1))), 16);
      v128.store(zf + q, mul(mul(k0, b0), mul(f0, sub(one, f0))));
      v128.store(zf + q, mul(mul(k1, b1), mul(f1, sub(one, f1))), 16);
      v128.store(zg + q, mul(mul(k0, i0), sub(one, mul(g0, g0))));
      v128.store(zg + q, mul(mul(k1, i1), sub(one, mul(g1, g1))), 16);
      v128.store(zo + q, mul(mul(d0, t0), mul(o0, sub(one, o0))));
      v128.store(zo + q, mul(mul(d1, t1), mul(o1, sub(one, o1))), 16);
      v128.store(dc + q, mul(k0, f0));
      v128.store(dc + q, mul(k1, f1), 16);
    }
    z = zo + width;
    before += width;
    t += width;
    dh += width;
    dc += width;
  }
}
