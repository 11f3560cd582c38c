import { log } from "#num";
import { type TreeObjective, sigmoid, softmax, toOutputs } from "./ensemble.ts";

/** Smallest hessian of a row, as in XGBoost. */
const LEAST = 1e-16;

/** Rows of training as the objective sees them. `gradients` is `[width][n][2]`: slope and curvature. */
export interface GradientRows {
  readonly objective: TreeObjective;
  readonly width: number;
  readonly n: number;
  readonly scores: Float64Array;
  readonly target: Float64Array;
  /** Weight of each row in this round: 0 where subsampling left it out. */
  readonly weight: Float64Array;
  readonly gradients: Float64Array;
}

/**
 * First and second derivatives of the loss by the scores of rows `from … to − 1`:
 * softmax p − 1{y = k} and 2p(1 − p) (XGBoost's bound on the curvature), logistic p − y and p(1 − p),
 * squared error ŷ − y and 1, each times the row's weight.
 */
export function fillGradients(rows: GradientRows, from: number, to: number): void {
  const { objective, width, n, scores, target, weight, gradients } = rows;
  if (objective === "softprob") {
    const p = scores.slice(from * width, to * width);
    for (let i = from; i < to; i++) {
      const at = (i - from) * width;
      softmax(p, at, width, p);
      for (let c = 0; c < width; c++) {
        const pair = 2 * (c * n + i);
        const share = p[at + c]!;
        gradients[pair] = (share - (target[i] === c ? 1 : 0)) * weight[i]!;
        gradients[pair + 1] = Math.max(2 * share * (1 - share), LEAST) * weight[i]!;
      }
    }
    return;
  }
  for (let i = from; i < to; i++) {
    const logistic = objective === "logistic";
    const p = logistic ? sigmoid(scores[i]!) : scores[i]!;
    gradients[2 * i] = (p - target[i]!) * weight[i]!;
    gradients[2 * i + 1] = (logistic ? Math.max(p * (1 - p), LEAST) : 1) * weight[i]!;
  }
}

/** Output to start from, a float32: the weighted share of class 1, the weighted mean, 0.5 for softprob. */
export function baseScore(
  objective: TreeObjective,
  target: Float64Array,
  weight: Float64Array,
): number {
  if (objective === "softprob") return 0.5;
  let sum = 0;
  let total = 0;
  for (let i = 0; i < target.length; i++) {
    sum += weight[i]! * target[i]!;
    total += weight[i]!;
  }
  return Math.fround(sum / total);
}

/** Weighted mean log-loss of the classes, or the root of the mean squared error. */
export function lossOf(
  objective: TreeObjective,
  raw: Float64Array,
  target: Float64Array,
  weight: Float64Array,
): number {
  const n = target.length;
  const width = raw.length / n;
  const count = objective === "logistic" ? 2 : width;
  const out = toOutputs(objective, raw, width);
  let sum = 0;
  let total = 0;
  for (let i = 0; i < n; i++) {
    const loss =
      objective === "squared"
        ? (out[i]! - target[i]!) ** 2
        : -log(Math.max(out[i * count + target[i]!]!, 1e-15));
    sum += weight[i]! * loss;
    total += weight[i]!;
  }
  return objective === "squared" ? Math.sqrt(sum / total) : sum / total;
}
