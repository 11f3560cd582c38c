import { cholesky, log } from "#num";
import { toProbabilities } from "./link.ts";

/** Weights of a linear model: for each output its intercept, then one a feature. */
export interface LinearFit {
  readonly weights: Float64Array;
  readonly outputs: number;
}

/** A linear problem on scaled features. */
export interface LinearRows {
  /** `[n][k]` */
  readonly x: Float64Array;
  readonly k: number;
  readonly target: Float64Array;
  readonly weight: Float64Array;
}

/** Sums of the intercept and the features times the weights: `[n][outputs]`. */
export function linearScores({ weights, outputs }: LinearFit, x: Float64Array, k: number) {
  const n = x.length / k;
  const out = new Float64Array(n * outputs);
  for (let row = 0; row < n; row++) {
    for (let c = 0; c < outputs; c++) {
      let sum = weights[c * (k + 1)]!;
      for (let j = 0; j < k; j++) sum += weights[c * (k + 1) + 1 + j]! * x[row * k + j]!;
      out[row * outputs + c] = sum;
    }
  }
  return out;
}

/**
 * Ridge regression in closed form: min Σ wᵢ(yᵢ − a − xᵢ·b)² + l2·‖b‖². The intercept is not penalised.
 * Throws `RangeError` where l2 is 0 and the features are linearly dependent.
 */
export function fitRidge(rows: LinearRows, l2: number): LinearFit {
  const { x, k, target, weight } = rows;
  const m = k + 1;
  const matrix = new Float64Array(m * m);
  const right = new Float64Array(m);
  const row = new Float64Array(m);
  row[0] = 1;
  for (let i = 0; i < target.length; i++) {
    for (let j = 0; j < k; j++) row[j + 1] = x[i * k + j]!;
    for (let a = 0; a < m; a++) {
      right[a]! += weight[i]! * row[a]! * target[i]!;
      for (let b = 0; b <= a; b++) matrix[a * m + b]! += weight[i]! * row[a]! * row[b]!;
    }
  }
  for (let a = 1; a < m; a++) matrix[a * m + a]! += l2;
  return { weights: solveSymmetric(matrix, right), outputs: 1 };
}

/** Steps after which Newton's method is given up; it needs about ten. */
const STEPS = 100;

/** Largest slope at which the fit is at its minimum, a row. */
const FLAT = 1e-10;

/**
 * Logistic regression by Newton's method: min Σ wᵢ·lossᵢ + l2/2·‖b‖², intercepts not penalised. Two classes have
 * one score (log-odds of class 1); K > 2 have K (softmax). The same minimum as scikit-learn's
 * `LogisticRegression(C = 1/l2)`. Throws `RangeError` where it does not converge.
 */
export function fitLogistic(rows: LinearRows, classes: number, l2: number): LinearFit {
  const { k, target } = rows;
  const outputs = classes === 2 ? 1 : classes;
  let fit: LinearFit = { weights: new Float64Array(outputs * (k + 1)), outputs };
  let cost = logisticCost(rows, fit, l2);
  for (let step = 0; step < STEPS; step++) {
    const { gradient, hessian } = derivatives(rows, fit, l2);
    if (gradient.every((slope) => Math.abs(slope) <= FLAT * target.length)) return fit;
    const direction = solveSymmetric(hessian, gradient);
    let next = fit;
    let lower = Infinity;
    for (let length = 1; length > 1e-10 && !(lower <= cost); length /= 2) {
      const weights = fit.weights.map((weight, at) => weight - length * direction[at]!);
      next = { weights, outputs };
      lower = logisticCost(rows, next, l2);
    }
    // No lower point along the direction: the minimum to working precision.
    if (!(lower < cost)) return fit;
    [fit, cost] = [next, lower];
  }
  throw new RangeError(`logistic regression has not converged in ${STEPS} steps`);
}

function logisticCost({ x, k, target, weight }: LinearRows, fit: LinearFit, l2: number): number {
  const p = toProbabilities(linearScores(fit, x, k), fit.outputs);
  const classes = p.length / target.length;
  let cost = 0;
  for (let i = 0; i < target.length; i++) {
    cost -= weight[i]! * log(p[i * classes + target[i]!]!);
  }
  fit.weights.forEach((w, at) => {
    if (at % (k + 1) > 0) cost += (l2 / 2) * w * w;
  });
  return cost;
}

/** Added to the curvature of intercepts: a softmax does not change when all of them rise together. */
const DAMPING = 1e-9;

function derivatives({ x, k, target, weight }: LinearRows, fit: LinearFit, l2: number) {
  const { outputs, weights } = fit;
  const p = toProbabilities(linearScores(fit, x, k), outputs);
  const n = target.length;
  const classes = p.length / n;
  const m = k + 1;
  const size = outputs * m;
  const gradient = new Float64Array(size);
  const hessian = new Float64Array(size * size);
  const row = new Float64Array(m);
  row[0] = 1;
  // With one output its class is 1.
  const classOf = (c: number) => (outputs === 1 ? 1 : c);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < k; j++) row[j + 1] = x[i * k + j]!;
    for (let c = 0; c < outputs; c++) {
      const pc = p[i * classes + classOf(c)]!;
      const slope = weight[i]! * (pc - (target[i] === classOf(c) ? 1 : 0));
      for (let a = 0; a < m; a++) gradient[c * m + a]! += slope * row[a]!;
      for (let d = 0; d <= c; d++) {
        const pd = p[i * classes + classOf(d)]!;
        const curve = weight[i]! * pc * ((c === d ? 1 : 0) - pd);
        for (let a = 0; a < m; a++) {
          const at = (c * m + a) * size + d * m;
          const scaled = curve * row[a]!;
          for (let b = 0; b < (c === d ? a + 1 : m); b++) hessian[at + b]! += scaled * row[b]!;
        }
      }
    }
  }
  for (let at = 0; at < size; at++) {
    const intercept = at % m === 0;
    gradient[at]! += intercept ? 0 : l2 * weights[at]!;
    hessian[at * size + at]! += intercept ? DAMPING * n : l2;
  }
  return { gradient, hessian };
}

/** Solves a positive definite system given by its lower triangle. */
function solveSymmetric(lower: Float64Array, right: Float64Array): Float64Array {
  const n = right.length;
  for (let a = 0; a < n; a++) for (let b = 0; b < a; b++) lower[b * n + a] = lower[a * n + b]!;
  const l = cholesky(lower, n);
  const x = Float64Array.from(right);
  for (let a = 0; a < n; a++) {
    for (let b = 0; b < a; b++) x[a]! -= l[a * n + b]! * x[b]!;
    x[a]! /= l[a * n + a]!;
  }
  for (let a = n - 1; a >= 0; a--) {
    for (let b = a + 1; b < n; b++) x[a]! -= l[b * n + a]! * x[b]!;
    x[a]! /= l[a * n + a]!;
  }
  return x;
}
