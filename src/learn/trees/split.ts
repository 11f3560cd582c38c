import type { Kernels } from "#num";
import { SPLIT, type Workspace } from "./workspace.ts";

/** What a split must satisfy and how a leaf is valued, with XGBoost's meaning. */
export interface SplitRules {
  readonly reg_lambda: number;
  readonly reg_alpha: number;
  readonly min_child_weight: number;
  readonly gamma: number;
}

/** A gain below this is rounding noise (XGBoost's bound). */
const LEAST_GAIN = 1e-6;

/** A child below this share of its parent's curvature is what subtraction left of an empty one. */
const LEAST_SHARE = 1e-12;

/** Soft threshold: what L1 leaves of a slope. */
function shrink(g: number, alpha: number): number {
  if (g > alpha) return g - alpha;
  return g < -alpha ? g + alpha : 0;
}

/** Loss reduction of a leaf, twice: T(G)² / (H + λ), Chen & Guestrin, "XGBoost", KDD 2016, equation 6. */
export function leafGain(g: number, h: number, rules: SplitRules): number {
  const t = shrink(g, rules.reg_alpha);
  return (t * t) / (h + rules.reg_lambda);
}

/** Value of a leaf before the learning rate: −T(G) / (H + λ), equation 5; 0 below `min_child_weight`. */
export function leafValue(g: number, h: number, rules: SplitRules): number {
  if (h <= 0 || h < rules.min_child_weight) return 0;
  return -shrink(g, rules.reg_alpha) / (h + rules.reg_lambda);
}

/** The node whose split is looked for: its histogram over a part of the features, and its sums. */
export interface SplitSearch {
  /** Address of the histogram of feature `first`. */
  readonly histogram: number;
  readonly first: number;
  readonly end: number;
  readonly g: number;
  readonly h: number;
}

/**
 * Writes the best split of a node to `best[at … at + SPLIT)`; −1 where none satisfies the rules. Written is the
 * gain of both children; less the node's own it is the loss reduction. The first of equals wins: the lowest feature, then missing to the right, then the lowest bin.
 */
export function findSplit(
  { cutCount, allowed, best }: Workspace,
  kernels: Kernels,
  { search, rules, at }: { search: SplitSearch; rules: SplitRules; at: number },
): void {
  const { histogram, first, end, g, h } = search;
  const own = leafGain(g, h, rules);
  const noise = h * LEAST_SHARE;
  kernels.bestSplit(
    ...([first, end, histogram, cutCount.byteOffset, allowed.byteOffset] as const),
    ...([best.byteOffset + 8 * at, g, h, rules.reg_lambda, rules.reg_alpha] as const),
    // A gain must exceed the noise and reach gamma.
    ...([Math.max(rules.min_child_weight, noise), noise, own + LEAST_GAIN] as const),
    own + rules.gamma,
  );
}

/** The best of what the parts found for a node, as an offset into `best`; −1 where none found a split. */
export function chooseSplit(
  best: Float64Array,
  node: number,
  parts: number,
  level: number,
): number {
  let chosen = -1;
  for (let part = 0; part < parts; part++) {
    const at = (part * level + node) * SPLIT;
    if (best[at]! > (chosen < 0 ? 0 : best[chosen]!)) chosen = at;
  }
  return chosen;
}
