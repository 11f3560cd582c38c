/** Minimisers of smooth and rough functions of a few variables, deterministic and without bounds. */

/** A function of a few variables. A value of NaN or ∞ means "outside the domain". */
export type Objective = (x: Float64Array) => number;

export interface Minimum {
  readonly x: Float64Array;
  readonly value: number;
  readonly evaluations: number;
  /** False where the evaluations ran out first. */
  readonly converged: boolean;
}

export interface SearchOptions {
  /** Size of the first steps along each axis; 0.1 unless given. */
  readonly step?: number;
  /** Relative change of the value below which the search ends; 1e-12 unless given. */
  readonly tolerance?: number;
  /** Most evaluations of the function; 4,000 unless given. */
  readonly evaluations?: number;
}

const EPSILON = 2.220446049250313e-16;

function counted(objective: Objective): { value: Objective; count: () => number } {
  let count = 0;
  const value = (x: Float64Array) => {
    count++;
    const y = objective(x);
    return y !== y ? Infinity : y;
  };
  return { value, count: () => count };
}

/**
 * Minimum by quasi-Newton steps with central differences for the gradient and backtracking to Armijo's condition:
 * BFGS, Nocedal & Wright, Numerical Optimization, 2nd ed. (2006), algorithm 6.1. For smooth functions.
 * Throws `RangeError` where the function is not finite at the start.
 */
export function minimise(
  objective: Objective,
  start: ArrayLike<number>,
  options: SearchOptions = {},
): Minimum {
  const { tolerance = 1e-12, evaluations = 4000 } = options;
  const n = start.length;
  const f = counted(objective);
  let x: Float64Array = Float64Array.from(start);
  let value = f.value(x);
  if (!Number.isFinite(value)) throw new RangeError(`the function is ${value} at its start`);
  let slope = gradient(f.value, x);
  let inverse: Float64Array = identity(n);
  let fresh = true;
  let converged = false;

  while (f.count() < evaluations) {
    let direction = times(inverse, slope).map((d) => -d);
    if (!(dot(direction, slope) < 0)) {
      inverse = identity(n);
      direction = slope.map((d) => -d);
      fresh = true;
    }
    const next = backtrack(f.value, { x, value, direction, descent: dot(direction, slope), fresh });
    const gain = next ? value - next.value : 0;
    if (!next || gain <= tolerance * (Math.abs(value) + tolerance)) {
      if (next) ({ x, value } = next);
      // A stalled quasi-Newton step is retried once along the gradient before giving up.
      converged = fresh;
      if (fresh) break;
      inverse = identity(n);
      fresh = true;
      slope = gradient(f.value, x);
      continue;
    }
    const nextSlope = gradient(f.value, next.x);
    inverse = update(inverse, {
      moved: next.x.map((xi, i) => xi - x[i]!),
      turned: nextSlope.map((gi, i) => gi - slope[i]!),
      fresh,
    });
    ({ x, value } = next);
    slope = nextSlope;
    fresh = false;
  }
  return { x, value, evaluations: f.count(), converged };
}

function gradient(f: Objective, x: Float64Array): Float64Array {
  const at = Float64Array.from(x);
  return x.map((xi, i) => {
    // The cube root of the precision balances truncation and rounding of a central difference.
    const h = Math.cbrt(EPSILON) * Math.max(1, Math.abs(xi));
    at[i] = xi + h;
    const above = f(at);
    at[i] = xi - h;
    const below = f(at);
    at[i] = xi;
    const difference = (above - below) / (2 * h);
    return Number.isFinite(difference) ? difference : 0;
  });
}

interface Line {
  readonly x: Float64Array;
  readonly value: number;
  readonly direction: Float64Array;
  readonly descent: number;
  readonly fresh: boolean;
}

function backtrack(f: Objective, line: Line): { x: Float64Array; value: number } | undefined {
  const { x, value, direction, descent, fresh } = line;
  // Without curvature the first step has at most unit length.
  let step = fresh ? Math.min(1, 1 / Math.sqrt(dot(direction, direction))) : 1;
  for (let i = 0; i < 50; i++) {
    const to = x.map((xi, k) => xi + step * direction[k]!);
    const there = f(to);
    if (there <= value + 1e-4 * step * descent) return { x: to, value: there };
    // The minimum of the parabola through what is known, kept away from both ends.
    const parabola = (-descent * step * step) / (2 * (there - value - descent * step));
    step = Number.isFinite(there)
      ? Math.min(Math.max(parabola, 0.1 * step), 0.5 * step)
      : 0.5 * step;
  }
  return undefined;
}

/** The BFGS update of the inverse Hessian; skipped where the curvature along the step is not positive. */
function update(
  inverse: Float64Array,
  step: { readonly moved: Float64Array; readonly turned: Float64Array; readonly fresh: boolean },
): Float64Array {
  const { moved, turned, fresh } = step;
  const n = moved.length;
  const curvature = dot(moved, turned);
  if (!(curvature > 1e-12 * Math.sqrt(dot(moved, moved) * dot(turned, turned)))) return inverse;
  const base = fresh ? identity(n).map((v) => (v * curvature) / dot(turned, turned)) : inverse;
  const through = times(base, turned);
  const factor = (1 + dot(turned, through) / curvature) / curvature;
  return base.map((v, at) => {
    const i = Math.floor(at / n);
    const j = at % n;
    const cross = through[i]! * moved[j]! + moved[i]! * through[j]!;
    return v + factor * moved[i]! * moved[j]! - cross / curvature;
  });
}

function identity(n: number): Float64Array {
  return Float64Array.from({ length: n * n }, (_, at) => (at % (n + 1) === 0 ? 1 : 0));
}

function times(matrix: Float64Array, v: Float64Array): Float64Array {
  const n = v.length;
  return v.map((_, i) => dot(matrix.subarray(i * n, (i + 1) * n), v));
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/**
 * Minimum by a simplex, without derivatives: Nelder & Mead, The Computer Journal 7 (1965), 308–313, with the
 * coefficients of Gao & Han, Computational Optimization and Applications 51 (2012), 259–277. For rough functions
 * and poor starts. Throws `RangeError` where the function is not finite at the start.
 */
export function searchSimplex(
  objective: Objective,
  start: ArrayLike<number>,
  options: SearchOptions = {},
): Minimum {
  const { step = 0.1, tolerance = 1e-12, evaluations = 4000 } = options;
  const n = start.length;
  const f = counted(objective);
  const vertex = (x: Float64Array) => ({ x, value: f.value(x) });
  const origin = vertex(Float64Array.from(start));
  if (!Number.isFinite(origin.value)) {
    throw new RangeError(`the function is ${origin.value} at its start`);
  }
  let simplex = [
    origin,
    ...Array.from({ length: n }, (_, k) =>
      vertex(origin.x.map((xi, i) => (i === k ? xi + step : xi))),
    ),
  ];
  const expansion = 1 + 2 / n;
  const contraction = n > 1 ? 0.75 - 1 / (2 * n) : 0.5;
  const shrinkage = n > 1 ? 1 - 1 / n : 0.5;
  let converged = false;

  while (f.count() < evaluations) {
    simplex.sort((a, b) => a.value - b.value);
    const best = simplex[0]!;
    const worst = simplex[n]!;
    const spread = worst.x.reduce((most, xi, i) => Math.max(most, Math.abs(xi - best.x[i]!)), 0);
    converged =
      worst.value - best.value <= tolerance * (Math.abs(best.value) + tolerance) &&
      spread <= Math.sqrt(tolerance) * (1 + Math.max(...best.x.map(Math.abs)));
    if (converged) break;
    const centre = best.x.map(
      (_, i) => simplex.slice(0, n).reduce((sum, v) => sum + v.x[i]!, 0) / n,
    );
    const along = (t: number) => vertex(centre.map((c, i) => c + t * (c - worst.x[i]!)));
    const reflected = along(1);
    if (reflected.value < best.value) {
      const expanded = along(expansion);
      simplex[n] = expanded.value < reflected.value ? expanded : reflected;
    } else if (reflected.value < simplex[n - 1]!.value) {
      simplex[n] = reflected;
    } else {
      const contracted = along(reflected.value < worst.value ? contraction : -contraction);
      if (contracted.value < Math.min(reflected.value, worst.value)) simplex[n] = contracted;
      else {
        const shrink = (v: { x: Float64Array }) =>
          vertex(v.x.map((xi, i) => best.x[i]! + shrinkage * (xi - best.x[i]!)));
        simplex = [best, ...simplex.slice(1).map(shrink)];
      }
    }
  }
  const best = simplex.reduce((low, v) => (v.value < low.value ? v : low));
  return { x: best.x, value: best.value, evaluations: f.count(), converged };
}
