import { type Kernels, log } from "#num";
import { sigmoid } from "../link.ts";
import { type TreeObjective, toOutputs } from "./ensemble.ts";
import { BLOCK, type Workspace } from "./workspace.ts";

/** Smallest hessian of a row, as in XGBoost. */
const LEAST = 1e-16;

/** The objectives by number, as threads are told of them. */
export const OBJECTIVES: readonly TreeObjective[] = ["softprob", "logistic", "squared"];

/**
 * First and second derivatives of the loss by the scores of a block of rows, and their sums:
 * softmax p − 1{y = k} and 2p(1 − p) (XGBoost's bound on the curvature), logistic p − y and p(1 − p),
 * squared error ŷ − y and 1, each times the row's weight.
 */
export function fillBlock(
  work: Workspace,
  kernels: Kernels,
  objective: TreeObjective,
  block: number,
): void {
  const { shape, scores, target, roundWeight, gradients, exponentials, blockSums } = work;
  const { rows: n, width } = shape;
  const from = block * BLOCK;
  const to = Math.min(n, from + BLOCK);
  if (objective === "softprob") {
    // Exponentials are float32, as XGBoost's.
    kernels.softprob(
      ...([to - from, width, n, scores.byteOffset + 8 * from] as const),
      ...([target.byteOffset + 8 * from, roundWeight.byteOffset + 8 * from] as const),
      ...([gradients.byteOffset + 16 * from, exponentials.byteOffset + 4 * from * width] as const),
    );
  } else {
    for (let i = from; i < to; i++) {
      const made = objective === "logistic" ? sigmoid(scores[i]!) : scores[i]!;
      const curve = objective === "logistic" ? Math.max(made * (1 - made), LEAST) : 1;
      gradients[2 * i] = (made - target[i]!) * roundWeight[i]!;
      gradients[2 * i + 1] = curve * roundWeight[i]!;
    }
  }
  for (let output = 0; output < width; output++) {
    let g = 0;
    let h = 0;
    for (let at = 2 * (output * n + from); at < 2 * (output * n + to); at += 2) {
      g += gradients[at]!;
      h += gradients[at + 1]!;
    }
    const sums = 2 * (output * Math.ceil(n / BLOCK) + block);
    blockSums[sums] = g;
    blockSums[sums + 1] = h;
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
