import { type Ensemble, type Tree, baseMargin } from "./ensemble.ts";

/**
 * Exact Shapley values of each feature for each raw score, by the tree-path-dependent expectation: features that
 * are not in a coalition follow both branches in proportion to their cover. Polynomial algorithm of Lundberg,
 * Erion & Lee, "Consistent individualized feature attribution for tree ensembles", 2018, algorithm 2.
 *
 * @param features `[n][names]`
 * @returns `[n][width][names + 1]`; the last is the expectation, and the whole adds up to the raw score
 */
export function treeShap(ensemble: Ensemble, features: Float64Array): Float64Array {
  const { width, trees, names, objective, baseScore } = ensemble;
  const k = names.length;
  const n = features.length / k;
  const out = new Float64Array(n * width * (k + 1));
  const expected = new Float64Array(width).fill(baseMargin(objective, baseScore));
  trees.forEach((tree, t) => {
    expected[t % width]! += expectation(tree, 0);
  });
  for (let row = 0; row < n; row++) {
    for (let output = 0; output < width; output++) {
      const at = (row * width + output) * (k + 1);
      const values = out.subarray(at, at + k);
      for (let t = output; t < trees.length; t += width) {
        addTree(trees[t]!, features.subarray(row * k, (row + 1) * k), values);
      }
      out[at + k] = expected[output]!;
    }
  }
  return out;
}

/** Mean value of the leaves under a node, weighted by cover. */
function expectation(tree: Tree, node: number): number {
  const left = tree.left[node]!;
  if (left < 0) return tree.value[node]!;
  const right = tree.right[node]!;
  const total = tree.cover[left]! + tree.cover[right]!;
  return (
    (tree.cover[left]! * expectation(tree, left) + tree.cover[right]! * expectation(tree, right)) /
    total
  );
}

/**
 * One feature on the way to a leaf: the share of coalitions without it (`zero`) and with it (`one`) that flow
 * on, and `weight`, the sum of the permutation weights of all coalitions of this size.
 */
interface Step {
  readonly feature: number;
  readonly zero: number;
  readonly one: number;
  weight: number;
}

function addTree(tree: Tree, row: Float64Array, values: Float64Array): void {
  const visit = (node: number, path: readonly Step[], step: Omit<Step, "weight">) => {
    const steps = extend(path, step);
    const left = tree.left[node]!;
    if (left < 0) {
      for (let i = 1; i < steps.length; i++) {
        const { feature, zero, one } = steps[i]!;
        const weight = shrink(steps, i).reduce((sum, { weight }) => sum + weight, 0);
        values[feature]! += weight * (one - zero) * tree.value[node]!;
      }
      return;
    }
    const feature = tree.feature[node]!;
    const right = tree.right[node]!;
    const value = Math.fround(row[feature]!);
    const goesLeft = value === value ? value < tree.threshold[node]! : tree.missingLeft[node] === 1;
    const before = steps.findIndex((earlier, i) => i > 0 && earlier.feature === feature);
    const { zero, one } = before > 0 ? steps[before]! : { zero: 1, one: 1 };
    const rest = before > 0 ? shrink(steps, before) : steps;
    const total = tree.cover[left]! + tree.cover[right]!;
    for (const child of [left, right]) {
      const hot = (child === left) === goesLeft;
      const flow = (zero * tree.cover[child]!) / total;
      visit(child, rest, { feature, zero: flow, one: hot ? one : 0 });
    }
  };
  visit(0, [], { feature: -1, zero: 1, one: 1 });
}

/** The path with one more feature. */
function extend(path: readonly Step[], step: Omit<Step, "weight">): Step[] {
  const length = path.length;
  const steps = [
    ...path.map(({ feature, zero, one, weight }) => ({ feature, zero, one, weight })),
    { ...step, weight: length === 0 ? 1 : 0 },
  ];
  for (let i = length - 1; i >= 0; i--) {
    steps[i + 1]!.weight += (step.one * steps[i]!.weight * (i + 1)) / (length + 1);
    steps[i]!.weight *= (step.zero * (length - i)) / (length + 1);
  }
  return steps;
}

/** The path without its `index`-th feature: `extend` undone. */
function shrink(path: readonly Step[], index: number): Step[] {
  const last = path.length - 1;
  const { one, zero } = path[index]!;
  const weights = path.map(({ weight }) => weight);
  let next = weights[last]!;
  for (let i = last - 1; i >= 0; i--) {
    if (one !== 0) {
      const kept = weights[i]!;
      weights[i] = (next * (last + 1)) / ((i + 1) * one);
      next = kept - (weights[i]! * zero * (last - i)) / (last + 1);
    } else {
      weights[i] = (weights[i]! * (last + 1)) / (zero * (last - i));
    }
  }
  const rest = path.filter((_, i) => i !== index);
  return rest.map(({ feature, zero, one }, i) => ({ feature, zero, one, weight: weights[i]! }));
}
