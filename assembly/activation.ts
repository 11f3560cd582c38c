import { add, all, erf, exp, gelu, geluBend, geluSlope, log, madd, mul, sub, tanh } from "./vector";

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

export function tanhMany(n: i32, x: usize, y: usize): void {
  for (let i: usize = 0, end = (<usize>n) << 2; i < end; i += 32) {
    const a = tanh(v128.load(x + i));
    const b = tanh(v128.load(x + i, 16));
    v128.store(y + i, a);
    v128.store(y + i, b, 16);
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
