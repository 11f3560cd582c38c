import { add, all, madd, mul, sub, sum8 } from "./vector";

// Layer norm of `rows` rows of `n` numbers, each row `padded` floats long (a multiple of eight; x is zero past n).
//
//   x̂ = (x − mean)/√(variance + ε),  y = gain·x̂ + shift       (Ba, Kiros, Hinton 2016, eq. 3–4)

/** Writes x̂, y and 1/√(variance + ε) of each row. `gain` and `shift` are zero past n, so that y is too. */
export function layerNormForward(
  rows: i32,
  n: i32,
  padded: i32,
  epsilon: f32,
  x: usize,
  gain: usize,
  shift: usize,
  hat: usize,
  y: usize,
  inverse: usize,
): void {
  const width = (<usize>padded) << 2;
  const count = <f32>n;
  const missing = <f32>(padded - n);
  for (let row: usize = 0; row < <usize>rows; row++) {
    const at = row * width;
    let s0 = all(0);
    let s1 = all(0);
    for (let q: usize = 0; q < width; q += 32) {
      s0 = add(s0, v128.load(x + at + q));
      s1 = add(s1, v128.load(x + at + q, 16));
    }
    const mean = sum8(s0, s1) / count;
    const m = all(mean);
    s0 = all(0);
    s1 = all(0);
    for (let q: usize = 0; q < width; q += 32) {
      const a = sub(v128.load(x + at + q), m);
      const b = sub(v128.load(x + at + q, 16), m);
      s0 = madd(a, a, s0);
      s1 = madd(b, b, s1);
    }
    const variance = (sum8(s0, s1) - missing * mean * mean) / count;
    const scale = <f32>1 / <f32>Math.sqrt(<f64>(max(variance, <f32>0) + epsilon));
    store<f32>(inverse + (row << 2), scale);
    const s = all(scale);
    for (let q: usize = 0; q < width; q += 32) {
      const a = mul(sub(v128.load(x + at + q), m), s);
      const b = mul(sub(v128.load(x + at + q, 16), m), s);
      v128.store(hat + at + q, a);
      v128.store(hat + at + q, b, 16);
      const y0 = madd(a, v128.load(gain + q), v128.load(shift + q));
      const y1 = madd(b, v128.load(gain + q, 16), v128.load(shift + q, 16));
      v128.store(y + at + q, y0);
      v128.store(y + at + q, y1, 16);
    }
  }
}

/** Replaces d = ∂/∂y by ∂/∂x and adds to dGain and dShift. `d` is zero past n on entry and on return. */
export function layerNormBackward(
  rows: i32,
  n: i32,
  padded: i32,
  gain: usize,
  hat: usize,
  inverse: usize,
  d: usize,
  dGain: usize,
  dShift: usize,
): void {
  const width = (<usize>padded) << 2;
  const count = <f32>n;
  for (let row: usize = 0; row < <usize>rows; row++) {
    const at = row * width;
    let s0 = all(0);
    let s1 = all(0);
    let h0 = all(0);
    let h1 = all(0);
    for (let q: usize = 0; q < width; q += 32) {
      const d0 = v128.load(d + at + q);
      const d1 = v128.load(d + at + q, 16);
      const x0 = v128.load(hat + at + q);
      const x1 = v128.load(hat + at + q, 16);
      const b0 = add(v128.load(dShift + q), d0);
      const b1 = add(v128.load(dShift + q, 16), d1);
      v128.store(dShift + q, b0);
      v128.store(dShift + q, b1, 16);
      const w0 = madd(d0, x0, v128.load(dGain + q));
      const w1 = madd(d1, x1, v128.load(dGain + q, 16));
      v128.store(dGain + q, w0);
      v128.store(dGain + q, w1, 16);
      const g0 = mul(d0, v128.load(gain + q));
      const g1 = mul(d1, v128.load(gain + q, 16));
      v128.store(d + at + q, g0);
      v128.store(d + at + q, g1, 16);
      s0 = add(s0, g0);
      s1 = add(s1, g1);
      h0 = madd(g0, x0, h0);
      h1 = madd(g1, x1, h1);
    }
    const mean = all(sum8(s0, s1) / count);
    const slope = all(sum8(h0, h1) / count);
    const scale = all(load<f32>(inverse + (row << 2)));
    for (let q: usize = 0; q < width; q += 32) {
      const a = sub(sub(v128.load(d + at + q), mean), mul(v128.load(hat + at + q), slope));
      const b = sub(sub(v128.load(d + at + q, 16), mean), mul(v128.load(hat + at + q, 16), slope));
      v128.store(d + at + q, mul(a, scale));
      v128.store(d + at + q, mul(b, scale), 16);
    }
    for (let q = (<usize>n) << 2; q < width; q += 4) store<f32>(d + at + q, 0);
  }
}
