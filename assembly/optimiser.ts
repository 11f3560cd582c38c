import { add, all, madd, mul, sub } from "./vector";

// Over `n` floats, a multiple of eight.

/** to = Σ over shards, in order, of from + shard·stride bytes; returns Σ to² in f64, four running sums. */
export function sumShards(n: i32, shards: i32, from: usize, stride: usize, to: usize): f64 {
  let s0 = f64x2.splat(0);
  let s1 = f64x2.splat(0);
  for (let i: usize = 0, end = (<usize>n) << 2; i < end; i += 32) {
    let p = from + i;
    let a = v128.load(p);
    let b = v128.load(p, 16);
    for (let k = shards - 1; k > 0; k--) {
      p += stride;
      a = add(a, v128.load(p));
      b = add(b, v128.load(p, 16));
    }
    v128.store(to + i, a);
    v128.store(to + i, b, 16);
    const a0 = f64x2.promote_low_f32x4(a);
    const a1 = f64x2.promote_low_f32x4(
      i8x16.shuffle(a, a, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7),
    );
    const b0 = f64x2.promote_low_f32x4(b);
    const b1 = f64x2.promote_low_f32x4(
      i8x16.shuffle(b, b, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7),
    );
    s0 = f64x2.add(f64x2.add(s0, f64x2.mul(a0, a0)), f64x2.mul(b0, b0));
    s1 = f64x2.add(f64x2.add(s1, f64x2.mul(a1, a1)), f64x2.mul(b1, b1));
  }
  const s = f64x2.add(s0, s1);
  return f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1);
}

/**
 * Adam (Kingma, Ba 2015) with the decay of AdamW (Loshchilov, Hutter 2019), as PyTorch orders it:
 *   p ← p·keep,  m ← β₁m + (1−β₁)g,  v ← β₂v + (1−β₂)g²,  p ← p − rate·m/(√v·correction + ε)
 * with g = gradient·scale + p·l2, rate = η/(1−β₁ᵗ), correction = 1/√(1−β₂ᵗ), keep = 1 − η·decay.
 */
export function adam(
  n: i32,
  p: usize,
  g: usize,
  m: usize,
  v: usize,
  scale: f32,
  l2: f32,
  keep: f32,
  beta1: f32,
  beta2: f32,
  rate: f32,
  correction: f32,
  epsilon: f32,
): void {
  const s = all(scale);
  const l = all(l2);
  const w = all(keep);
  const b1 = all(beta1);
  const c1 = all(1 - beta1);
  const b2 = all(beta2);
  const c2 = all(1 - beta2);
  const r = all(rate);
  const k = all(correction);
  const e = all(epsilon);
  for (let i: usize = 0, end = (<usize>n) << 2; i < end; i += 32) {
    const p0 = v128.load(p + i);
    const p1 = v128.load(p + i, 16);
    const g0 = madd(v128.load(g + i), s, mul(p0, l));
    const g1 = madd(v128.load(g + i, 16), s, mul(p1, l));
    const m0 = madd(b1, v128.load(m + i), mul(c1, g0));
    const m1 = madd(b1, v128.load(m + i, 16), mul(c1, g1));
    v128.store(m + i, m0);
    v128.store(m + i, m1, 16);
    const v0 = madd(b2, v128.load(v + i), mul(c2, mul(g0, g0)));
    const v1 = madd(b2, v128.load(v + i, 16), mul(c2, mul(g1, g1)));
    v128.store(v + i, v0);
    v128.store(v + i, v1, 16);
    const d0 = f32x4.div(mul(r, m0), madd(f32x4.sqrt(v0), k, e));
    const d1 = f32x4.div(mul(r, m1), madd(f32x4.sqrt(v1), k, e));
    v128.store(p + i, sub(mul(p0, w), d0));
    v128.store(p + i, sub(mul(p1, w), d1), 16);
  }
}
