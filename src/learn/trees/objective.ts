import { type Kernels, log, padded } from "#num";
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
  const { shape, scores, target, roundWeight, gradients, blockSums } = work;
  const { rows: n, width } = shape;
  const from = block * BLOCK;
  const to = Math.min(n, from + BLOCK);
  if (objective === "softprob") softprobBlock(work, kernels, from, to);
  else {
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

/** Exponentials are float32, as XGBoost's; the compiled kernel makes several at a time, with equal bits anywhere. */
function softprobBlock(work: Workspace, kernels: Kernels, from: number, to: number): void {
  const { shape, scores, target, roundWeight, gradients, exponentials } = work;
  const { rows: n, width } = shape;
  for (let i = from; i < to; i++) {
    let most = scores[i]!;
    for (let c = 1; c < width; c++) most = Math.max(most, scores[c * n + i]!);
    for (let c = 0; c < width; c++) exponentials[i * width + c] = scores[c * n + i]! - most;
  }
  const address = exponentials.byteOffset + 4 * from * width;
  kernels.expMany(padded((to - from) * width), address, address);
  for (let i = from; i < to; i++) {
    const at = i * width;
    let sum = 0;
    for (let c = 0; c < width; c++) sum += exponentials[at + c]!;
    const scale = 1 / sum;
    for (let c = 0; c < width; c++) {
      const share = exponentials[at + c]! * scale;
      const pair = 2 * (c * n + i);
      gradients[pair] = (share - (target[i] === c ? 1 : 0)) * roundWeight[i]!;
      gradients[pair + 1] = Math.max(2 * share * (1 - share), LEAST) * roundWeight[i]!;
    }
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
