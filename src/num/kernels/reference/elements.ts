/**
 * The f32 functions of `assembly/vector.ts`, one number at a time: the same operations in the same order, each
 * rounded to f32, so the same bits.
 */
const f = Math.fround;

const word = new Int32Array(1);
const float = new Float32Array(word.buffer);

function ofBits(bits: number): number {
  word[0] = bits;
  return float[0]!;
}

function toBits(x: number): number {
  float[0] = x;
  return word[0]!;
}

/** a·b + c, two roundings. */
export function madd(a: number, b: number, c: number): number {
  return f(f(a * b) + c);
}

/** Σ cᵢ xⁱ, highest coefficient first. */
function horner(x: number, coefficients: readonly number[]): number {
  let p = coefficients[0]!;
  for (let i = 1; i < coefficients.length; i++) p = madd(p, x, coefficients[i]!);
  return p;
}

const singles = (numbers: readonly number[]): readonly number[] => numbers.map(f);

const EXP = singles([
  1.98412698e-4, 1.38888889e-3, 8.33333333e-3, 4.16666667e-2, 1.66666667e-1, 0.5,
]);
const LOG2_E = f(Math.LOG2E);
const LN2_HIGH = f(0.693145752);
const LN2_LOW = f(1.42860677e-6);

/** e^x, within 2 ulp of f32. */
export function exp(given: number): number {
  const x = Math.max(Math.min(given, 89), -104);
  const shifted = f(f(x * LOG2_E) + 12582912);
  const k = f(shifted - 12582912);
  const r = f(f(x - f(k * LN2_HIGH)) - f(k * LN2_LOW));
  const p = f(madd(horner(r, EXP), f(r * r), r) + 1);
  const whole = toBits(shifted) - 0x4b400000;
  const half = whole >> 1;
  return f(f(p * ofBits((half + 127) << 23)) * ofBits((whole - half + 127) << 23));
}

const LOG = singles([0.222222222, 0.285714286, 0.4, 0.666666667]);

/** ln x, within 2 ulp of f32. */
export function log(x: number): number {
  if (Number.isNaN(x) || x < 0) return NaN;
  if (x === 0) return -Infinity;
  if (x === Infinity) return x;
  const tiny = x < f(1.17549435e-38);
  const bits = toBits(tiny ? f(x * 8388608) : x);
  const k = (bits - 0x3f3504f3) >> 23;
  const e = k - (tiny ? 23 : 0);
  const rest = f(ofBits(bits - (k << 23)) - 1);
  const s = f(rest / f(rest + 2));
  const z = f(s * s);
  const p = f(horner(z, LOG) * z);
  const half = f(f(rest * rest) * 0.5);
  const low = madd(e, LN2_LOW, f(s * f(half + p)));
  return f(f(f(e * LN2_HIGH) - f(half - low)) + rest);
}

const TANH_ABOVE = singles([
  1.333553538e-8, 2.059536912e-5, 3.494757938e-3, 0.1338032752, 0.9999999794,
]);
const TANH_BELOW = singles([7.76875829e-7, 3.284275043e-4, 2.587382667e-2, 0.4671364297, 1]);

/** tanh x, within 4 ulp of f32; never −0. */
export function tanh(x: number): number {
  return squash(x, 1, 1, 0);
}

/** 1/(1 + e^−x) = ½ + ½·tanh(x/2). */
export function sigmoid(x: number): number {
  return squash(x, 0.5, 0.5, 0.5);
}

/** outside·tanh(inside·x) + shift. */
export function squash(given: number, inside: number, outside: number, shift: number): number {
  const x = Math.max(Math.min(f(given * inside), f(9.01)), f(-9.01));
  const z = f(x * x);
  return madd(f(f(x * horner(z, TANH_ABOVE)) / horner(z, TANH_BELOW)), outside, shift);
}

const ERF_ABOVE = singles([
  1.986957846e-8, -1.956525785e-6, 1.421579226e-4, 3.71865853e-3, 5.062959757e-2, 0.2003531158,
  1.128379109,
]);
const ERF_BELOW = singles([9.598381836e-4, 1.438898272e-2, 0.1151749876, 0.5108899617, 1]);

/** erf x, within 6 ulp of f32. */
export function erf(given: number): number {
  const x = Math.max(Math.min(given, f(3.925)), f(-3.925));
  const z = f(x * x);
  return f(f(x * horner(z, ERF_ABOVE)) / horner(z, ERF_BELOW));
}

const SQRT_HALF = f(Math.SQRT1_2);
const INV_SQRT_2PI = f(0.39894228);

function normal(x: number): number {
  return madd(erf(f(x * SQRT_HALF)), 0.5, 0.5);
}

/** x·Φ(x). */
export function gelu(x: number): number {
  return f(x * normal(x));
}

/** Φ(x) + x·φ(x). */
export function geluSlope(x: number): number {
  const density = f(exp(f(f(x * x) * -0.5)) * INV_SQRT_2PI);
  return madd(x, density, normal(x));
}

/** φ(x)·(2 − x²). */
export function geluBend(x: number): number {
  const square = f(x * x);
  return f(f(exp(f(square * -0.5)) * INV_SQRT_2PI) * f(2 - square));
}

/** Σ of `n` numbers (a multiple of eight) in the order of the lanes: eight running sums, then halves. */
export function laneSum(n: number, term: (i: number, sum: number) => number): number {
  const lanes = new Float32Array(8);
  for (let i = 0; i < n; i++) lanes[i & 7] = term(i, lanes[i & 7]!);
  const s = [0, 1, 2, 3].map((i) => f(lanes[i]! + lanes[i + 4]!));
  return f(f(s[0]! + s[2]!) + f(s[1]! + s[3]!));
}
