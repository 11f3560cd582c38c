import type { Matrix, Pass } from "../block.ts";

/** A layer's norm over `rows` rows of `width` numbers. */
interface Normed {
  readonly matrix: Matrix;
  readonly width: number;
  readonly norm: { readonly gain: number; readonly shift: number };
  readonly rows: number;
}

/**
 * The directional derivative of layer norm. With u the derivative of the input, s = 1/√(variance + ε) and
 * P(v) = v − mean v − x̂·mean(x̂·v):
 *   (x̂)˙ = s·P(u),  ẏ = gain·(x̂)˙ + gain˙·x̂ + shift˙
 */
export function normTangent(
  pass: Pass,
  layer: Normed,
  here: { readonly hat: number; readonly inverse: number },
  there: { readonly linear: number; readonly hat: number; readonly z: number },
): void {
  const { rows, width: n, matrix, norm } = layer;
  const { arena, values, direction } = pass;
  const gain = arena.f32(values + 4 * norm.gain, n);
  for (let row = 0; row < rows; row++) {
    const at = 4 * row * matrix.columns;
    const hat = arena.f32(here.hat + at, n);
    const u = arena.f32(there.linear + at, n);
    const hatDot = arena.f32(there.hat + at, n);
    const z = arena.f32(there.z + at, matrix.columns);
    const s = arena.f32(here.inverse + 4 * row, 1)[0]!;
    const { mean, slope } = moments(u, hat);
    z.fill(0);
    for (let i = 0; i < n; i++) {
      hatDot[i] = s * (u[i]! - mean - hat[i]! * slope);
      z[i] = gain[i]! * hatDot[i]!;
    }
    if (!direction) continue;
    const gainDot = arena.f32(direction.values + 4 * norm.gain, n);
    const shiftDot = arena.f32(direction.values + 4 * norm.shift, n);
    for (let i = 0; i < n; i++) z[i]! += gainDot[i]! * hat[i]! + shiftDot[i]!;
  }
}

/** The way back through `normTangent` and the norm itself: d and dDot, by y and ẏ, become those by x and u. */
export function normBackwardTangent(
  pass: Pass,
  layer: Normed,
  here: { readonly hat: number; readonly inverse: number },
  there: {
    readonly linear: number;
    readonly hat: number;
    readonly d: number;
    readonly dDot: number;
  },
): void {
  const { rows, width: n, matrix, norm } = layer;
  const { arena, values, direction, gradient } = pass;
  const gain = arena.f32(values + 4 * norm.gain, n);
  const dGain = arena.f32(gradient + 4 * norm.gain, n);
  const dShift = arena.f32(gradient + 4 * norm.shift, n);
  const byHat = new Float64Array(n);
  const byHatDot = new Float64Array(n);
  for (let row = 0; row < rows; row++) {
    const at = 4 * row * matrix.columns;
    const hat = arena.f32(here.hat + at, n);
    const hatDot = arena.f32(there.hat + at, n);
    const u = arena.f32(there.linear + at, n);
    const d = arena.f32(there.d + at, n);
    const dDot = arena.f32(there.dDot + at, n);
    const s = arena.f32(here.inverse + 4 * row, 1)[0]!;
    const gainDot = direction && arena.f32(direction.values + 4 * norm.gain, n);
    for (let i = 0; i < n; i++) {
      dGain[i]! += hat[i]! * d[i]! + hatDot[i]! * dDot[i]!;
      dShift[i]! += d[i]!;
      byHatDot[i] = gain[i]! * dDot[i]!;
      byHat[i] = gain[i]! * d[i]! + (gainDot ? gainDot[i]! * dDot[i]! : 0);
    }
    // (x̂)˙ = s·(u − mean u − x̂·m), m = mean(x̂·u): back to u, to x̂ and to s.
    const { slope: m } = moments(u, hat);
    const back = moments(byHatDot, hat);
    let byScale = 0;
    for (let i = 0; i < n; i++) {
      byScale += (byHatDot[i]! * hatDot[i]!) / s;
      byHat[i]! -= s * (m * byHatDot[i]! + back.slope * u[i]!);
    }
    const onward = moments(byHat, hat);
    for (let i = 0; i < n; i++) {
      dDot[i] = s * (byHatDot[i]! - back.mean - hat[i]! * back.slope);
      d[i] =
        s * (byHat[i]! - onward.mean - hat[i]! * onward.slope) - (byScale * s * s * hat[i]!) / n;
    }
  }
}

/** Means of v and of x̂·v. */
function moments(v: ArrayLike<number>, hat: ArrayLike<number>): { mean: number; slope: number } {
  let mean = 0;
  let slope = 0;
  for (let i = 0; i < v.length; i++) {
    mean += v[i]!;
    slope += v[i]! * hat[i]!;
  }
  return { mean: mean / v.length, slope: slope / v.length };
}
