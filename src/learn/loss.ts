import { exp, log } from "#num";
import { sigmoid } from "./link.ts";

/** What a net's outputs are judged by. Every loss takes raw outputs: no softmax or sigmoid inside a net. */
export type LossSpec =
  /** −log softmax of the target's class; K outputs. */
  | { readonly kind: "cross-entropy" }
  /** −log of the probability of the target 0 or 1; one output, the log-odds. */
  | { readonly kind: "binary" }
  /** (y − target)²/2; one output. */
  | { readonly kind: "squared" }
  /** max(τ·(target − y), (τ − 1)·(target − y)); one output, the τ-quantile. */
  | { readonly kind: "quantile"; readonly tau: number };

/** The loss of one row, and its gradient by the row's outputs into `gradient`. f64 throughout. */
export type RowLoss = (outputs: Float64Array, target: number, gradient: Float64Array) => number;

export function rowLoss(spec: LossSpec): RowLoss {
  switch (spec.kind) {
    case "cross-entropy":
      return crossEntropy;
    case "binary":
      return binary;
    case "squared":
      return squared;
    case "quantile":
      return quantile(spec.tau);
  }
}

function crossEntropy(z: Float64Array, target: number, gradient: Float64Array): number {
  let most = z[0]!;
  for (const value of z) if (value > most) most = value;
  let sum = 0;
  for (let c = 0; c < z.length; c++) {
    gradient[c] = exp(z[c]! - most);
    sum += gradient[c]!;
  }
  for (let c = 0; c < z.length; c++) gradient[c] = gradient[c]! / sum - (c === target ? 1 : 0);
  return log(sum) + most - z[target]!;
}

function binary(z: Float64Array, target: number, gradient: Float64Array): number {
  const score = z[0]!;
  gradient[0] = sigmoid(score) - target;
  return Math.max(score, 0) - score * target + log(1 + exp(-Math.abs(score)));
}

function squared(z: Float64Array, target: number, gradient: Float64Array): number {
  const error = z[0]! - target;
  gradient[0] = error;
  return (error * error) / 2;
}

function quantile(tau: number): RowLoss {
  if (!(tau > 0 && tau < 1)) throw new RangeError(`a quantile lies between 0 and 1, not ${tau}`);
  return (z, target, gradient) => {
    const below = target - z[0]!;
    gradient[0] = below > 0 ? -tau : 1 - tau;
    return below > 0 ? tau * below : (tau - 1) * below;
  };
}
