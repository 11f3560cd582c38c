import type { Ensemble } from "./ensemble.ts";

/** What a feature does in an ensemble. */
export interface FeatureUse {
  readonly name: string;
  /** Number of splits on it. */
  readonly splits: number;
  /** Sum of the loss reductions of its splits. */
  readonly gain: number;
  /** Sum of the hessians of the rows that its splits divide. */
  readonly cover: number;
}

/** Use of every feature, in their order. XGBoost's "gain" and "cover" are these sums divided by `splits`. */
export function featureUse({ names, trees }: Ensemble): FeatureUse[] {
  const use = names.map((name) => ({ name, splits: 0, gain: 0, cover: 0 }));
  for (const tree of trees) {
    for (let node = 0; node < tree.left.length; node++) {
      if (tree.left[node]! < 0) continue;
      const entry = use[tree.feature[node]!]!;
      entry.splits += 1;
      entry.gain += tree.gain[node]!;
      entry.cover += tree.cover[node]!;
    }
  }
  return use;
}
