// Four f32 lanes at a time. The build inlines every function of this file, so that the two halves of each
// eight-lane step stay adjacent and V8 can pair them. Multiplications and additions are kept apart (no
// fused multiply-add): equal bits on every machine.

export function add(a: v128, b: v128): v128 {
  return f32x4.add(a, b);
}
export function sub(a: v128, b: v128): v128 {
  return f32x4.sub(a, b);
}
export function mul(a: v128, b: v128): v128 {
  return f32x4.mul(a, b);
}
/** a·b + c, two roundings. */
export function madd(a: v128, b: v128, c: v128): v128 {
  return f32x4.add(f32x4.mul(a, b), c);
}
export function all(x: f32): v128 {
  return f32x4.splat(x);
}

/** x within [low, high]; NaN stays. One instruction a bound, where f32x4.min and max take ten. */
export function clamp(x: v128, low: v128, high: v128): v128 {
  return f32x4.pmax(f32x4.pmin(x, high), low);
}

/** Sum of the lanes of two vectors: ((a0+b0) + (a2+b2)) + ((a1+b1) + (a3+b3)). */
export function sum8(a: v128, b: v128): f32 {
  const s = f32x4.add(a, b);
  const even = f32x4.extract_lane(s, 0) + f32x4.extract_lane(s, 2);
  return even + (f32x4.extract_lane(s, 1) + f32x4.extract_lane(s, 3));
}

/** The f32 at a place of a table, in every lane: read anew where it is needed, which is less than making a constant. */
export function each(table: usize, place: i32): v128 {
  return v128.load32_splat(table + ((<usize>place) << 2));
}

const EXP = memory.data<f32>([
  1.98412698e-4,
  1.38888889e-3,
  8.33333333e-3,
  4.16666667e-2,
  1.66666667e-1,
  0.5,
  1,
  -104,
  89,
  <f32>Math.LOG2E,
  12582912,
  0.693145752,
  1.42860677e-6,
]);

/** e^x: x = k·ln 2 + r, Taylor to r⁷, scaled by 2^k in two steps (gradual underflow, overflow to ∞). */
export function exp(given: v128): v128 {
  const x = clamp(given, each(EXP, 7), each(EXP, 8));
  // Adding 1.5·2²³ leaves the nearest integer in the low bits; V8 pairs no f32x4.nearest.
  const magic = each(EXP, 10);
  const shifted = add(mul(x, each(EXP, 9)), magic);
  const k = sub(shifted, magic);
  const r = sub(sub(x, mul(k, each(EXP, 11))), mul(k, each(EXP, 12)));
  let p = madd(r, each(EXP, 0), each(EXP, 1));
  p = madd(p, r, each(EXP, 2));
  p = madd(p, r, each(EXP, 3));
  p = madd(p, r, each(EXP, 4));
  p = madd(p, r, each(EXP, 5));
  const one = each(EXP, 6);
  p = add(madd(p, mul(r, r), r), one);
  const whole = i32x4.sub(shifted, magic);
  const half = i32x4.shr_s(whole, 1);
  const rest = i32x4.sub(whole, half);
  // The bits of 2^n are n + 127 times 2²³, those of 1 and n times 2²³.
  const first = i32x4.add(i32x4.shl(half, 23), one);
  const second = i32x4.add(i32x4.shl(rest, 23), one);
  return mul(mul(p, first), second);
}

/** ln x: x = 2^k·m, m in [√½, √2), 2·artanh((m−1)/(m+1)). NaN below zero, −∞ at zero. */
export function log(x: v128): v128 {
  const tiny = f32x4.lt(x, all(1.17549435e-38));
  const scaled = v128.bitselect(mul(x, all(8388608)), x, tiny);
  const k = i32x4.shr_s(i32x4.sub(scaled, i32x4.splat(0x3f3504f3)), 23);
  const m = i32x4.sub(scaled, i32x4.shl(k, 23));
  const shift = v128.and(tiny, all(23));
  const e = sub(f32x4.convert_i32x4_s(k), shift);
  const f = sub(m, all(1));
  const s = f32x4.div(f, add(f, all(2)));
  const z = mul(s, s);
  let p = madd(z, all(0.222222222), all(0.285714286));
  p = madd(p, z, all(0.4));
  p = madd(p, z, all(0.666666667));
  p = mul(p, z);
  const half = mul(mul(f, f), all(0.5));
  const low = madd(e, all(1.42860677e-6), mul(s, add(half, p)));
  const y = add(sub(mul(e, all(0.693145752)), sub(half, low)), f);
  const finite = v128.bitselect(y, x, f32x4.lt(x, all(Infinity)));
  const positive = v128.bitselect(all(-Infinity), finite, f32x4.eq(x, all(0)));
  return v128.bitselect(all(NaN), positive, f32x4.lt(x, all(0)));
}

const ERF = memory.data<f32>([
  1.986957846e-8, -1.956525785e-6, 1.421579226e-4, 3.71865853e-3, 5.062959757e-2, 0.2003531158,
  1.128379109, 9.598381836e-4, 1.438898272e-2, 0.1151749876, 0.5108899617, 1, -3.925, 3.925,
]);

/** erf x as an odd rational function, clamped where it is 1 in f32. */
export function erf(given: v128): v128 {
  const x = clamp(given, each(ERF, 12), each(ERF, 13));
  const z = mul(x, x);
  let p = madd(z, each(ERF, 0), each(ERF, 1));
  p = madd(p, z, each(ERF, 2));
  p = madd(p, z, each(ERF, 3));
  p = madd(p, z, each(ERF, 4));
  p = madd(p, z, each(ERF, 5));
  p = madd(p, z, each(ERF, 6));
  let q = madd(z, each(ERF, 7), each(ERF, 8));
  q = madd(q, z, each(ERF, 9));
  q = madd(q, z, each(ERF, 10));
  q = madd(q, z, each(ERF, 11));
  return f32x4.div(mul(x, p), q);
}

/** Φ(x), the standard normal distribution function. */
export function normal(x: v128): v128 {
  return madd(erf(mul(x, all(<f32>Math.SQRT1_2))), all(0.5), all(0.5));
}

/** x·Φ(x). */
export function gelu(x: v128): v128 {
  return mul(x, normal(x));
}

/** d/dx x·Φ(x) = Φ(x) + x·φ(x). */
export function geluSlope(x: v128): v128 {
  const density = mul(exp(mul(mul(x, x), all(-0.5))), all(0.39894228));
  return madd(x, density, normal(x));
}

/** d²/dx² x·Φ(x) = φ(x)·(2 − x²). */
export function geluBend(x: v128): v128 {
  const square = mul(x, x);
  const density = mul(exp(mul(square, all(-0.5))), all(0.39894228));
  return mul(density, sub(all(2), square));
}

/** 32-bit lanes rotated left. */
export function rotate(y: v128, by: i32): v128 {
  return v128.or(i32x4.shl(y, by), i32x4.shr_u(y, 32 - by));
}
