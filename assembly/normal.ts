import { randomBits } from "./random";

// Standard normal numbers in f64: the same operations in the same order as `log`, `normalQuantile` and `normals`
// of the TypeScript, so the same bits.

/** ln x for normal x > 0. */
function log(x: f64): f64 {
  const bits = reinterpret<i64>(x);
  const high = <i32>(bits >> 32);
  const carry = ((high & 0xfffff) + 0x95f64) & 0x100000;
  const k = <f64>((high >> 20) - 1023 + (carry >> 20));
  const mantissa = ((<i64>((high & 0xfffff) | (carry ^ 0x3ff00000))) << 32) | (bits & 0xffffffff);
  const f = reinterpret<f64>(mantissa) - 1;
  const s = f / (2 + f);
  const half = 0.5 * f * f;
  const z = s * s;
  let p: f64 = 2.0 / 23.0;
  p = p * z + 2.0 / 21.0;
  p = p * z + 2.0 / 19.0;
  p = p * z + 2.0 / 17.0;
  p = p * z + 2.0 / 15.0;
  p = p * z + 2.0 / 13.0;
  p = p * z + 2.0 / 11.0;
  p = p * z + 2.0 / 9.0;
  p = p * z + 2.0 / 7.0;
  p = p * z + 2.0 / 5.0;
  p = p * z + 2.0 / 3.0;
  p = p * z;
  return k * 0.6931471803691238 - (half - (s * (half + p) + k * 1.9082149292705877e-10) - f);
}

/** Φ⁻¹(p) for 0 < p < 1: Wichura, Algorithm AS 241, Applied Statistics 37 (1988), PPND16. */
function quantile(p: f64): f64 {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    let n: f64 = 2509.0809287301227;
    n = n * r + 33430.57558358813;
    n = n * r + 67265.7709270087;
    n = n * r + 45921.95393154987;
    n = n * r + 13731.69376550946;
    n = n * r + 1971.5909503065513;
    n = n * r + 133.14166789178438;
    n = n * r + 3.3871328727963665;
    let d: f64 = 5226.495278852854;
    d = d * r + 28729.085735721943;
    d = d * r + 39307.89580009271;
    d = d * r + 21213.794301586597;
    d = d * r + 5394.196021424751;
    d = d * r + 687.1870074920579;
    d = d * r + 42.31333070160091;
    d = d * r + 1;
    return (q * n) / d;
  }
  const r = Math.sqrt(-log(q < 0 ? p : 1 - p));
  let n: f64;
  let d: f64;
  if (r <= 5) {
    const x = r - 1.6;
    n = 0.0007745450142783414;
    n = n * x + 0.022723844989269184;
    n = n * x + 0.2417807251774506;
    n = n * x + 1.2704582524523684;
    n = n * x + 3.6478483247632045;
    n = n * x + 5.769497221460691;
    n = n * x + 4.630337846156546;
    n = n * x + 1.4234371107496835;
    d = 1.0507500716444169e-9;
    d = d * x + 0.0005475938084995345;
    d = d * x + 0.015198666563616457;
    d = d * x + 0.14810397642748008;
    d = d * x + 0.6897673349851;
    d = d * x + 1.6763848301838038;
    d = d * x + 2.053191626637759;
    d = d * x + 1;
  } else {
    const x = r - 5;
    n = 2.0103343992922881e-7;
    n = n * x + 2.7115555687434876e-5;
    n = n * x + 0.0012426609473880784;
    n = n * x + 0.026532189526576124;
    n = n * x + 0.29656057182850487;
    n = n * x + 1.7848265399172913;
    n = n * x + 5.463784911164114;
    n = n * x + 6.657904643501103;
    d = 2.0442631033899397e-15;
    d = d * x + 1.421511758316446e-7;
    d = d * x + 1.8463183175100548e-5;
    d = d * x + 0.0007868691311456133;
    d = d * x + 0.014875361290850615;
    d = d * x + 0.1369298809227358;
    d = d * x + 0.599832206555888;
    d = d * x + 1;
  }
  return q < 0 ? -(n / d) : n / d;
}

/** Numbers i … i + n − 1 (multiples of eight) of a key's normal stream; `out` holds n f64. */
export function normals(n: i32, key: usize, i: u32, out: usize): void {
  // The words of eight numbers, 64 bytes, are turned into the numbers where they lie.
  for (let left = n; left > 0; left -= 8) {
    randomBits(16, key, i >> 1, out);
    for (let j = 0; j < 8; j++) {
      const high = <f64>(load<u32>(out) >>> 6);
      const low = <f64>(load<u32>(out, 4) >>> 6);
      store<f64>(out, quantile((high * 67108864 + low + 0.5) / 4503599627370496));
      out += 8;
    }
    i += 8;
  }
}
