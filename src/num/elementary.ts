/**
 * Elementary functions that give equal bits on every machine and in every version of the engine: additions,
 * multiplications, divisions and square roots of doubles only, in a fixed order. `Math.exp` and its kin may
 * differ between versions of V8; these do not. Each is within 2 units in the last place of the true value
 * (measured against 50-digit arithmetic, see the tests).
 *
 * Coefficients: Taylor series where the interval is short (each is 1/n!), Chebyshev fits of 50-digit values
 * elsewhere, with the error of the fit below 2⁻⁵⁷ of the value.
 */

/** ln 2 = LN2_HIGH + LN2_LOW; k · LN2_HIGH is exact for |k| < 2²¹. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
const INV_LN2 = Math.LOG2E;

/** 2^k for k = −1074 … 1023, exact. */
const POWERS_OF_TWO = Float64Array.from({ length: 2098 }, (_, i) => powerOfTwo(i - 1074));

function powerOfTwo(k: number): number {
  let power = 1;
  for (let i = 0; i < k; i++) power *= 2;
  for (let i = 0; i > k; i--) power /= 2;
  return power;
}

/** x · 2^k with one rounding where the result is not subnormal. */
function scale(x: number, k: number): number {
  if (k > 1023) return x * 2 * POWERS_OF_TWO[k - 1 + 1074]!;
  if (k < -1074) return x * 2 ** -10 * POWERS_OF_TWO[k + 10 + 1074]!;
  return x * POWERS_OF_TWO[k + 1074]!;
}

/** e^r − 1 for |r| ≤ 0.35: r + r²·(1/2! + r/3! + …). */
function expm1Near(r: number): number {
  return r + r * r * expTail(r);
}

/** (e^r − 1 − r) / r² for |r| ≤ 0.35, the Taylor series up to r¹²/14!. */
function expTail(r: number): number {
  let p = 1.1470745597729725e-11;
  p = p * r + 1.6059043836821613e-10;
  p = p * r + 2.08767569878681e-9;
  p = p * r + 2.505210838544172e-8;
  p = p * r + 2.755731922398589e-7;
  p = p * r + 2.7557319223985893e-6;
  p = p * r + 2.48015873015873e-5;
  p = p * r + 1.984126984126984e-4;
  p = p * r + 1.388888888888889e-3;
  p = p * r + 8.333333333333333e-3;
  p = p * r + 4.1666666666666664e-2;
  p = p * r + 0.16666666666666666;
  return p * r + 0.5;
}

/** e^x. */
export function exp(x: number): number {
  if (x !== x) return NaN;
  if (x > 709.79) return Infinity;
  if (x < -745.14) return 0;
  const k = (x * INV_LN2 + (x < 0 ? -0.5 : 0.5)) | 0;
  const high = x - k * LN2_HIGH;
  const rest = -k * LN2_LOW;
  const r = high + rest;
  const lost = high - r + rest;
  return scale(1 + (r + (r * r * expTail(r) + lost)), k);
}

/** e^x − 1, accurate near zero. */
export function expm1(x: number): number {
  if (x !== x) return NaN;
  if (Math.abs(x) < 0.35) return x === 0 ? x : expm1Near(x);
  if (x < -40) return -1;
  if (x > 709.79) return Infinity;
  const k = (x * INV_LN2 + (x < 0 ? -0.5 : 0.5)) | 0;
  if (k > 56) return exp(x) - 1;
  const high = x - k * LN2_HIGH;
  const rest = -k * LN2_LOW;
  const r = high + rest;
  const lost = high - r + rest;
  const near = r + (r * r * expTail(r) + lost * (1 + r));
  // 2^k·(1 + near) − 1, with the exact part 2^k − 1 kept apart.
  const power = POWERS_OF_TWO[k + 1074]!;
  return power * near + (power - 1);
}

/** A double and its two words, the high one last on every machine that runs this. */
const double = new Float64Array(1);
const words = new Int32Array(double.buffer);

/** ln x; NaN below zero, −∞ at zero. */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  if (x === Infinity) return x;
  let lift = 0;
  let scaled = x;
  if (x < 2.2250738585072014e-308) {
    scaled = x * 18014398509481984;
    lift = -54;
  }
  double[0] = scaled;
  const high = words[1]!;
  // Mantissa into [√½, √2): 0x95f64 is the distance from √2's high word to the next power of two.
  const exponent = ((high + 0x95f64) >> 20) - 1023;
  const f = scaled * POWERS_OF_TWO[1074 - exponent]! - 1;
  const k = lift + exponent;
  // ln(1+f) = 2·artanh(s), s = f/(2+f); written as f − (f²/2 − s·(f²/2 + R)) so that f enters exactly.
  const s = f / (2 + f);
  const half = 0.5 * f * f;
  return k * LN2_HIGH - (half - (s * (half + artanhTail(s * s)) + k * LN2_LOW) - f);
}

/** 2·(artanh s − s)/s = 2z/3 + 2z²/5 + …, z = s² ≤ 0.0295, to 11 terms. */
function artanhTail(z: number): number {
  let p = 2 / 23;
  p = p * z + 2 / 21;
  p = p * z + 2 / 19;
  p = p * z + 2 / 17;
  p = p * z + 2 / 15;
  p = p * z + 2 / 13;
  p = p * z + 2 / 11;
  p = p * z + 2 / 9;
  p = p * z + 2 / 7;
  p = p * z + 2 / 5;
  p = p * z + 2 / 3;
  return p * z;
}

/** ln(1 + x), accurate near zero; NaN below −1. */
export function log1p(x: number): number {
  if (Math.abs(x) < 1e-6) return x === 0 ? x : x - x * x * (0.5 - x * (1 / 3 - x * 0.25));
  const u = 1 + x;
  if (!(u > 0) || u === Infinity) return log(u);
  // What rounding took from 1 + x, brought back to first order.
  const lost = Math.abs(x) < 1 ? x - (u - 1) : 1 - (u - x);
  return log(u) + lost / u;
}

/** Hyperbolic tangent. */
export function tanh(x: number): number {
  const size = Math.abs(x);
  if (size > 22) return x > 0 ? 1 : -1;
  if (x === 0 || x !== x) return x;
  const t = size < 0.5 ? expm1(-2 * size) : expm1(2 * size);
  const y = size < 0.5 ? -t / (t + 2) : 1 - 2 / (t + 2);
  return x > 0 ? y : -y;
}

/** (erf(√z)/√z − 1) on 0 ≤ z ≤ 1. */
const ERF = [
  0.1283791670955126, -0.37612638903183754, 0.1128379167095512, -0.02686617064512984,
  0.0052239776254232985, -0.000854832702193483, 0.00012055332902888736, -1.4925647567519332e-5,
  1.6462045441468418e-6, -1.6364642158167616e-7, 1.4792401209404813e-8, -1.216456005728345e-9,
  8.709045129053106e-11, -4.230945824295338e-12,
];

/** erfcx(x) = e^(x²)·erfc(x) on three intervals, as polynomials in x − centre. */
const ERFCX = [
  {
    end: 1.25,
    centre: 0.84375,
    terms: [
      0.4743680720269093, -0.32788304555010317, 0.19771675234400968, -0.10737302383989666,
      0.05356038173955109, -0.0248725806988618, 0.010858047258130603, -0.004488886664147025,
      0.00176763728895619, -0.0006660983805245219, 0.00024112326600789162, -8.41182565700513e-5,
      2.835900783622475e-5, -9.260430767874583e-6, 2.9295182365780345e-6, -9.029836166449419e-7,
      2.8891566432851836e-7, -8.433158856660303e-8,
    ],
  },
  {
    end: 2.25,
    centre: 1.75,
    terms: [
      0.2849722347374364, -0.1309763455144852, 0.05576363008708727, -0.02225999524138917,
      0.008404319207329055, -0.0030209746513779716, 0.0010392045224333361, -0.0003435333546547611,
      0.0001095052887596298, -3.375533949775925e-5, 1.0086679472532009e-5, -2.9280568541038017e-6,
      8.271612171991292e-7, -2.2725398650427258e-7, 6.10957166942204e-8, -1.7231936922238056e-8,
      4.417492923119904e-9,
    ],
  },
  {
    end: 4,
    centre: 3.125,
    terms: [
      0.1724443521021736, -0.05060196645692753, 0.014313206924275092, -0.003915463212378474,
      0.0010386921927960074, -0.00026782004395865876, 6.725151847786817e-5, -1.647401389481135e-5,
      3.942556241026469e-6, -9.230058333559597e-7, 2.116327123098698e-7, -4.757293295253403e-8,
      1.0494230211401558e-8, -2.2745155503527395e-9, 4.843421391338541e-10, -1.0037669944909049e-10,
      2.0705767262745544e-11, -4.904427748412217e-12, 9.772372685283471e-13,
    ],
  },
];

/** x·erfcx(x) for x ≥ 4, as a polynomial in 1/x². */
const ERFCX_FAR = [
  0.5641895835477563, -0.28209479177386904, 0.42314218764985156, -1.0578554639025195,
  3.7024928157795367, -16.66101998761309, 91.6160794774487, -594.1802412031337, 4392.878616129174,
  -35155.132863932005, 279805.96462867485, -1978572.782195217, 10918856.299325591,
  -39917389.13290984, 70499286.15749022,
];

/** terms[from] + terms[from + 1]·x + … */
function horner(terms: readonly number[], x: number, from = 0): number {
  let sum = terms[terms.length - 1]!;
  for (let i = terms.length - 2; i >= from; i--) sum = sum * x + terms[i]!;
  return sum;
}

/** x as two halves of 26 bits (Veltkamp), whose products are exact. */
function split(x: number): { high: number; low: number } {
  const wide = x * 134217729;
  const high = wide - (wide - x);
  return { high, low: x - high };
}

/** erfc for x ≥ 0.4375: erfcx(x)·e^(−x²), with what rounding takes from x², erfcx(x) and e^r carried along. */
function erfcFar(x: number): number {
  if (x > 27.3) return 0;
  const { high: xh, low: xl } = split(x);
  const square = x * x;
  const squareLow = xh * xh - square + 2 * xh * xl + xl * xl;
  const k = (-square * INV_LN2 - 0.5) | 0;
  const high = -square - k * LN2_HIGH;
  const rest = -squareLow - k * LN2_LOW;
  const r = high + rest;
  const y = r + (r * r * expTail(r) + (high - r + rest));
  // erfcx(x) = main + more
  const piece = ERFCX.find(({ end }) => x < end);
  let main: number;
  let more: number;
  if (piece) {
    const u = x - piece.centre;
    main = piece.terms[0]!;
    more = u * horner(piece.terms, u, 1);
  } else {
    const w = 1 / square;
    main = ERFCX_FAR[0]! / x;
    const { high: mh, low: ml } = split(main);
    const remainder = ERFCX_FAR[0]! - mh * xh - mh * xl - ml * xh - ml * xl;
    more = (remainder + w * horner(ERFCX_FAR, w, 1)) / x;
  }
  return scale(main + (more + (main + more) * y), k);
}

/** The error function, 2/√π ∫₀ˣ e^(−t²) dt. */
export function erf(x: number): number {
  if (x !== x) return NaN;
  const size = Math.abs(x);
  if (size <= 1) return x + x * horner(ERF, x * x);
  return x > 0 ? 1 - erfcFar(size) : erfcFar(size) - 1;
}

/** 1 − erf(x), accurate in the upper tail. */
export function erfc(x: number): number {
  if (x !== x) return NaN;
  if (x < -1) return 2 - erfcFar(-x);
  return x < 0.4375 ? 1 - erf(x) : erfcFar(x);
}

/** π/2 in three pieces; the products of the first two with |k| < 2²² are exact. */
const HALF_PI_1 = 1.5707963267341256;
const HALF_PI_2 = 6.07710050359346e-11;
const HALF_PI_3 = 2.912732056093356e-20;

/** x = k·π/2 + (r + rest), |r| ≤ π/4. Throws `RangeError` beyond |x| ≤ 10⁶, where the reduction loses digits. */
function reduce(x: number): { k: number; r: number; rest: number } {
  if (Math.abs(x) > 1e6) throw new RangeError(`sin and cos take |x| ≤ 1e6, not ${x}`);
  const k = (x * 0.6366197723675814 + (x < 0 ? -0.5 : 0.5)) | 0;
  const first = x - k * HALF_PI_1;
  const second = k * HALF_PI_2;
  const high = first - second;
  const low = first - high - second - k * HALF_PI_3;
  const r = high + low;
  return { k, r, rest: high - r + low };
}

/** sin(r + rest) for |r| ≤ π/4, Taylor to r¹⁷. */
function sinNear(r: number, rest: number): number {
  const z = r * r;
  let p = 2.8114572543455206e-15;
  p = p * z - 7.647163731819816e-13;
  p = p * z + 1.6059043836821613e-10;
  p = p * z - 2.505210838544172e-8;
  p = p * z + 2.7557319223985893e-6;
  p = p * z - 1.984126984126984e-4;
  p = p * z + 8.333333333333333e-3;
  p = p * z - 0.16666666666666666;
  return r + (r * z * p + rest * (1 - 0.5 * z));
}

/** cos(r + rest) for |r| ≤ π/4, Taylor to r¹⁶; 1 − r²/2 is kept in two pieces. */
function cosNear(r: number, rest: number): number {
  const z = r * r;
  let p = 4.779477332387385e-14;
  p = p * z - 1.1470745597729725e-11;
  p = p * z + 2.08767569878681e-9;
  p = p * z - 2.755731922398589e-7;
  p = p * z + 2.48015873015873e-5;
  p = p * z - 1.388888888888889e-3;
  p = p * z + 4.1666666666666664e-2;
  const half = 0.5 * z;
  const near = 1 - half;
  return near + (1 - near - half + (z * z * p - r * rest));
}

/** Sine, |x| ≤ 10⁶. */
export function sin(x: number): number {
  if (x === 0 || !Number.isFinite(x)) return x === 0 ? x : NaN;
  const { k, r, rest } = reduce(x);
  const value = k & 1 ? cosNear(r, rest) : sinNear(r, rest);
  return k & 2 ? -value : value;
}

/** Cosine, |x| ≤ 10⁶. */
export function cos(x: number): number {
  if (!Number.isFinite(x)) return NaN;
  const { k, r, rest } = reduce(x);
  const value = k & 1 ? sinNear(r, rest) : cosNear(r, rest);
  return (k + 1) & 2 ? -value : value;
}
