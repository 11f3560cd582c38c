import { add, all, clamp, erf, exp, gelu, geluBend, geluSlope, log, madd, mul, sub } from "./vector";

// Element by element over `n` floats, a multiple of eight: y = f(x), or d = d·f′.

export function expMany(n: i32, x: usize, y: usize): void {
  for (let i: usize = 0, end = (<usize>n) << 2; i < end; i += 32) {
    const a = exp(v128.load(x + i));
    const b = exp(v128.load(x + i, 16));
    v128.store(y + i, a);
    v128.store(y + i, b, 16);
  }
}

export function logMany(n: i32, x: usize, y: usize): void {
  for (let i: usize = 0, end = (<usize>n) << 2; i < end; i += 32) {
    const a = log(v128.load(x + i));
    const b = log(v128.load(x + i, 16));
    v128.store(y + i, a);
    v128.store(y + i, b, 16);
  }
}

export function erfMany(n: i32, x: usize, y: usize): void {
  for (let i: usize = 0, end = (<usize>n) << 2; i < end; i += 32) {
    const a = erf(v128.load(x + i));
    const b = erf(v128.load(x + i, 16));
    v128.store(y + i, a);
    v128.store(y + i, b, 16);
  }
}

export function relu(n: i32, x: usize, y: usize): void {
  const zero = all(0);
  for (let i: usize = 0, end = (<usize>n) << 2; i < end; i += 32) {
    const a = f32x4.max(v128.load(x + i), zero);
    const b = f32x4.max(v128.load(x + i, 16), zero);
    v128.store(y + i, a);
    v128.store(y + i, b, 16);
  }
}

export function reluBackward(n: i32, x: usize, d: usize): void {
  const zero = all(0);
  for (let i: usize = 0, end = (<usize>n) << 2; i < end; i += 32) {
    const a = v128.and(v128.load(d + i), f32x4.gt(v128.load(x + i), zero));
    const b = v128.and(v128.load(d + i, 16), f32x4.gt(v128.load(x + i, 16), zero));
    v128.store(d + i, a);
    v128.store(d + i, b, 16);
  }
}

const TANH = memory.data<f32>([
  9.01, 1.333553538e-8, 2.059536912e-5, 3.494757938e-3, 0.1338032752, 0.9999999794, 7.76875829e-7,
  3.284275043e-4, 2.587382667e-2, 0.4671364297, 1,
]);

/**
 * y = outside·tanh(inside·x) + shift: tanh itself, or the logistic function with ½, ½ and ½. The coefficients are read from
 * memory before the loop and stay in registers, where constants in the code would be made anew for every lane group.
 */
export function squash(n: i32, x: usize, y: usize, inside: f32, outside: f32, shift: f32): void {
  const high = v128.load32_splat(TANH);
  const low = f32x4.neg(high);
  const p4 = v128.load32_splat(TANH, 4);
  const p3 = v128.load32_splat(TANH, 8);
  const p2 = v128.load32_splat(TANH, 12);
  const p1 = v128.load32_splat(TANH, 16);
  const p0 = v128.load32_splat(TANH, 20);
  const q4 = v128.load32_splat(TANH, 24);
  const q3 = v128.load32_splat(TANH, 28);
  const q2 = v128.load32_splat(TANH, 32);
  const q1 = v128.load32_splat(TANH, 36);
  const q0 = v128.load32_splat(TANH, 40);
  const s = all(inside);
  const a = all(outside);
  const b = all(shift);
  for (const end = x + ((<usize>n) << 2); x < end; x += 32) {
    const x0 = clamp(mul(v128.load(x), s), low, high);
    const x1 = clamp(mul(v128.load(x, 16), s), low, high);
    const z0 = mul(x0, x0);
    const z1 = mul(x1, x1);
    const n0 = madd(madd(madd(madd(z0, p4, p3), z0, p2), z0, p1), z0, p0);
    const n1 = madd(madd(madd(madd(z1, p4, p3), z1, p2), z1, p1), z1, p0);
    const d0 = madd(madd(madd(madd(z0, q4, q3), z0, q2), z0, q1), z0, q0);
    const d1 = madd(madd(madd(madd(z1, q4, q3), z1, q2), z1, q1), z1, q0);
    v128.store(y, madd(f32x4.div(mul(x0, n0), d0), a, b));
    v128.store(y, madd(f32x4.div(mul(x1, n1), d1), a, b), 16);
    y += 32;
  }
}

/** Takes y = tanh x. */
export function tanhBackward(n: i32, y: usize, d: usize): void {
  const one = all(1);
  for (let i: usize = 0, end = (<usize>n) << 2; i < end; i += 32) {
    const ya = v128.load(y + i);
    const yb = v128.load(y + i, 16);
    const a = mul(v128.load(d + i), sub(one, mul(ya, ya)));
    const b = mul(v128.load(d + i, 16), sub(one, mul(yb, yb)));
    v128.store(d + i, a);
    v128.store(d + i, b, 16);
  }
}

export function geluMany(n: i32, x: usize, y: usize): void {
  for (let i: usize = 0, end = (<usize>n) << 2; i < end; i += 32) {
    const a = gelu(v128.load(x + i));
    const b = gelu(v128.load(x + i, 16));
    v128.store(y + i, a);
    v128.store(y + i, b, 16);
  }
}

export function geluBackward(n: i32, x: usize, d: usize): void {
  for (let i: usize = 0, end = (<usize>n) << 2; i < end; i += 32) {
    const a = mul(v128.load(d + i), geluSlope(v128.load(x + i)));
    const b = mul(v128.load(d + i, 16), geluSlope(v128.load(x + i, 16)));
    v128.store(d + i, a);
    v128.store(d + i, b, 16);
  }
}

/** d += f″·a·b for y = tanh x, f″ = −2y(1 − y²). */
export function tanhCurve(n: i32, y: usize, a: usize, b: usize, d: usize): void {
  const one = all(1);
  const two = all(-2);
  for (let i: usize = 0, end = (<usize>n) << 2; i < end; i += 32) {
    const y0 = v128.load(y + i);
    const y1 = v128.load(y + i, 16);
    const f0 = mul(mul(y0, two), sub(one, mul(y0, y0)));
    const f1 = mul(mul(y1, two), sub(one, mul(y1, y1)));
    const d0 = madd(f0, mul(v128.load(a + i), v128.load(b + i)), v128.load(d + i));
    const d1 = madd(f1, mul(v128.load(a + i, 16), v128.load(b + i, 16)), v128.load(d + i, 16));
    v128.store(d + i, d0);
    v128.store(d + i, d1, 16);
  }
}

/** d += f″·a·b for x·Φ(x), f″ = φ(x)(2 − x²). */
export function geluCurve(n: i32, x: usize, a: usize, b: usize, d: usize): void {
  for (let i: usize = 0, end = (<usize>n) << 2; i < end; i += 32) {
    const f0 = geluBend(v128.load(x + i));
    const f1 = geluBend(v128.load(x + i, 16));
    const d0 = madd(f0, mul(v128.load(a + i), v128.load(b + i)), v128.load(d + i));
    const d1 = madd(f1, mul(v128.load(a + i, 16), v128.load(b + i, 16)), v128.load(d + i, 16));
    v128.store(d + i, d0);
    v128.store(d + i, d1, 16);
  }
}

/** y += x. */
export function addMany(n: i32, x: usize, y: usize): void {
  for (let i: usize = 0, end = (<usize>n) << 2; i < end; i += 32) {
    const a = add(v128.load(y + i), v128.load(x + i));
    const b = add(v128.load(y + i, 16), v128.load(x + i, 16));
    v128.store(y + i, a);
    v128.store(y + i, b, 16);
  }
}
