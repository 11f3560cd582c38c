import { all, madd, mul, sigmoid, sub, tanh } from "./vector";

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
  for (let row = rows; row > 0; row--) {
    const zi = z;
    const zf = z + width;
    const zg = zf + width;
    const zo = zg + width;
    for (let q: usize = 0; q < width; q += 32) {
      const i0 = sigmoid(v128.load(zi + q));
      const i1 = sigmoid(v128.load(zi + q, 16));
      v128.store(zi + q, i0);
      v128.store(zi + q, i1, 16);
      const f0 = sigmoid(v128.load(zf + q));
      const f1 = sigmoid(v128.load(zf + q, 16));
      v128.store(zf + q, f0);
      v128.store(zf + q, f1, 16);
      const g0 = tanh(v128.load(zg + q));
      const g1 = tanh(v128.load(zg + q, 16));
      v128.store(zg + q, g0);
      v128.store(zg + q, g1, 16);
      const o0 = sigmoid(v128.load(zo + q));
      const o1 = sigmoid(v128.load(zo + q, 16));
      v128.store(zo + q, o0);
      v128.store(zo + q, o1, 16);
      const c0 = madd(f0, v128.load(before + q), mul(i0, g0));
      const c1 = madd(f1, v128.load(before + q, 16), mul(i1, g1));
      v128.store(c + q, c0);
      v128.store(c + q, c1, 16);
      const t0 = tanh(c0);
      const t1 = tanh(c1);
      v128.store(t + q, t0);
      v128.store(t + q, t1, 16);
      v128.store(out + q, mul(o0, t0));
      v128.store(out + q, mul(o1, t1), 16);
    }
    z = zo + width;
    before += width;
    c += width;
    t += width;
    out += width;
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
