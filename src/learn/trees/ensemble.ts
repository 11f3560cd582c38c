import { logit, toProbabilities } from "../link.ts";

/** What the sum of the leaves means: K scores of a softmax, the log-odds of class 1, or the number itself. */
export type TreeObjective = "softprob" | "logistic" | "squared";

/**
 * One tree, node 0 the root. A leaf has `left` −1. A row goes left where its float32 feature is below
 * `threshold`, or where it is missing and `missingLeft` is 1. Values of leaves include the learning rate.
 */
export interface Tree {
  readonly feature: Int32Array;
  readonly threshold: Float32Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly missingLeft: Uint8Array;
  /** Output of the node, were it a leaf. */
  readonly value: Float32Array;
  /** Loss reduction of the split; 0 in a leaf. */
  readonly gain: Float32Array;
  /** Sum of the hessians of the training rows that reach the node. */
  readonly cover: Float32Array;
}

/** Boosted trees: tree `t` adds to the score of class `t % width`. */
export interface Ensemble {
  readonly objective: TreeObjective;
  /** Scores a row: K for softprob, else 1. */
  readonly width: number;
  readonly names: readonly string[];
  /** Output before the first tree, as XGBoost writes it: a probability for logistic, else a score. */
  readonly baseScore: number;
  readonly trees: readonly Tree[];
}

/** Index of the leaf that a row reaches; `at` is the offset of the row in `features`. */
export function leafOf(tree: Tree, features: Float64Array, at: number): number {
  let node = 0;
  for (let left = tree.left[0]!; left >= 0; left = tree.left[node]!) {
    const value = Math.fround(features[at + tree.feature[node]!]!);
    const goesLeft = value === value ? value < tree.threshold[node]! : tree.missingLeft[node] === 1;
    node = goesLeft ? left : tree.right[node]!;
  }
  return node;
}

/** Score before the first tree. */
export function baseMargin(objective: TreeObjective, baseScore: number): number {
  return objective === "logistic" ? logit(baseScore) : baseScore;
}

/** Raw scores `[n][width]` of row-major features. */
export type Scorer = (features: Float64Array) => Float64Array;

/**
 * Lays all trees out in three arrays, so that a row's way through them stays in the cache. `links` is
 * `[nodes][3]`: feature, left and right; `cut` holds a threshold, or the value of a leaf.
 */
export function scorer({ width, trees, objective, baseScore, names }: Ensemble): Scorer {
  const roots: number[] = [0];
  for (const tree of trees) roots.push(roots.at(-1)! + tree.left.length);
  const nodes = roots.pop()!;
  const links = new Int32Array(3 * nodes);
  const cut = new Float32Array(nodes);
  const missingLeft = new Uint8Array(nodes);
  trees.forEach((tree, t) => {
    const root = roots[t]!;
    tree.left.forEach((left, i) => {
      const leaf = left < 0;
      links[3 * (root + i)] = tree.feature[i]!;
      links[3 * (root + i) + 1] = leaf ? -1 : root + left;
      links[3 * (root + i) + 2] = leaf ? -1 : root + tree.right[i]!;
      cut[root + i] = leaf ? tree.value[i]! : tree.threshold[i]!;
      missingLeft[root + i] = tree.missingLeft[i]!;
    });
  });
  const base = baseMargin(objective, baseScore);
  const k = names.length;
  return (features) => {
    const single = Float32Array.from(features);
    const n = features.length / k;
    const out = new Float64Array(n * width).fill(base);
    for (let row = 0; row < n; row++) {
      for (let t = 0; t < roots.length; t++) {
        let node = roots[t]!;
        for (let left = links[3 * node + 1]!; left >= 0; left = links[3 * node + 1]!) {
          const value = single[row * k + links[3 * node]!]!;
          const goesLeft = value === value ? value < cut[node]! : missingLeft[node] === 1;
          node = goesLeft ? left : links[3 * node + 2]!;
        }
        out[row * width + (t % width)]! += cut[node]!;
      }
    }
    return out;
  };
}

/** Scores → probabilities of all classes, or the number itself. */
export function toOutputs(
  objective: TreeObjective,
  raw: Float64Array,
  width: number,
): Float64Array {
  return objective === "squared" ? raw : toProbabilities(raw, width);
}
