import { MISSING, SPLIT, STRIDE } from "./workspace.ts";

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

/** The node whose split is looked for: its histogram over features `first …`, its sums, and who may be split on. */
export interface SplitSearch {
  readonly histogram: Float64Array;
  readonly first: number;
  readonly cutCount: Int32Array;
  /** 1 for features this tree may use. */
  readonly allowed: Uint8Array;
  readonly g: number;
  readonly h: number;
}

/**
 * Writes the best split of a node to `best[at … at + SPLIT)`; −1 where none satisfies the rules. Written is the
 * gain of both children; less the node's own it is the loss reduction. The first of equals wins: the lowest feature, then missing to the right, then the lowest bin.
 */
export function findSplit(
  search: SplitSearch,
  rules: SplitRules,
  best: Float64Array,
  at: number,
): void {
  const { histogram, first, cutCount, allowed, g, h } = search;
  const { reg_lambda: lambda, reg_alpha: alpha } = rules;
  const least = Math.max(rules.min_child_weight, h * LEAST_SHARE);
  const own = leafGain(g, h, rules);
  const features = histogram.length / STRIDE;
  // A gain must exceed the noise and reach gamma.
  let most = own + LEAST_GAIN;
  const floor = own + rules.gamma;
  best[at] = -1;
  for (let j = 0; j < features; j++) {
    const feature = first + j;
    if (allowed[feature] === 0) continue;
    const base = j * STRIDE;
    const cuts = cutCount[feature]!;
    const missingH = histogram[base + 2 * MISSING + 1]!;
    const anyMissing = cuts < MISSING && missingH > h * LEAST_SHARE;
    for (let side = 0; side <= (anyMissing ? 1 : 0); side++) {
      let gl = side === 1 ? histogram[base + 2 * MISSING]! : 0;
      let hl = side === 1 ? missingH : 0;
      // With missing values to the right, all others to the left is a split as well.
      const end = base + 2 * (anyMissing && side === 0 ? cuts + 1 : cuts);
      for (let p = base; p < end; p += 2) {
        gl += histogram[p]!;
        hl += histogram[p + 1]!;
        if (hl < least) continue;
        const hr = h - hl;
        if (hr < least) break;
        let l = gl;
        let r = g - gl;
        if (alpha > 0) {
          l = shrink(l, alpha);
          r = shrink(r, alpha);
        }
        // l²/(hl + λ) + r²/(hr + λ) with one division.
        const [a, b] = [hl + lambda, hr + lambda];
        const gain = (l * l * b + r * r * a) / (a * b);
        if (gain > most && gain >= floor) {
          most = gain;
          best[at] = gain;
          best[at + 1] = feature;
          best[at + 2] = (p - base) >> 1;
          best[at + 3] = side;
          best[at + 4] = gl;
          best[at + 5] = hl;
        }
      }
    }
  }
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
