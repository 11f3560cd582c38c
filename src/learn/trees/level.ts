import { MISSING } from "./bins.ts";
import { STRIDE, accumulate, subtract } from "./histogram.ts";
import { type SplitRules, findSplit } from "./split.ts";
import type { Team } from "./team.ts";
import { SPLIT, type Workspace, featuresOf, slotsOf } from "./workspace.ts";

/** A node that is not decided yet; its rows are `from … to − 1` of the current order. */
export interface OpenNode {
  readonly id: number;
  readonly from: number;
  readonly to: number;
  readonly g: number;
  readonly h: number;
  /** Where its histogram lies; at first its parent's where it is the larger child. */
  readonly slot: number;
  /** The smaller sibling of a larger child, whose histogram is taken off the parent's. */
  readonly sibling?: OpenNode;
}

/** Bins at which a node is split. */
export interface Cut {
  readonly feature: number;
  readonly bin: number;
  readonly missingLeft: boolean;
}

/** The share of `from … to − 1` that belongs to a thread. */
function share(from: number, to: number, { rank, size }: Team): { start: number; end: number } {
  return {
    start: from + Math.floor(((to - from) * rank) / size),
    end: from + Math.floor(((to - from) * (rank + 1)) / size),
  };
}

/**
 * Finds the best split of every node of a level among this thread's features. The smaller of two siblings is
 * counted, the larger one is what remains of the parent.
 */
export function searchLevel(
  work: Workspace,
  team: Team,
  search: { readonly rules: SplitRules; readonly allowed: Uint8Array },
  level: { readonly nodes: readonly OpenNode[]; readonly order: Int32Array },
): void {
  const { shape, byRow, best, histograms, gradients, cutCount } = work;
  const { first, end } = featuresOf(shape, team.rank);
  const mine = end - first;
  const slots = slotsOf(shape);
  const histogramOf = ({ slot }: OpenNode) => {
    const at = STRIDE * (slots * first + slot * mine);
    return histograms.subarray(at, at + STRIDE * mine);
  };
  const { rules, allowed } = search;
  const hopeless = (node: OpenNode) => node.h < 2 * rules.min_child_weight;
  const wanted = new Set<OpenNode>();
  for (const node of level.nodes) {
    if (hopeless(node)) continue;
    wanted.add(node);
    if (node.sibling) wanted.add(node.sibling);
  }
  level.nodes.forEach((node, i) => {
    const at = (team.rank * 2 ** shape.depth + i) * SPLIT;
    best[at] = -1;
    if (!wanted.has(node)) return;
    const histogram = histogramOf(node);
    if (node.sibling) subtract(histogram, histogramOf(node.sibling));
    else {
      const order = level.order.subarray(node.from, node.to);
      accumulate(
        { order, bins: byRow, features: shape.features, first, end, gradients },
        histogram,
      );
    }
    if (hopeless(node)) return;
    findSplit({ histogram, first, cutCount, allowed, g: node.g, h: node.h }, rules, best, at);
  });
}

/** Adds a leaf's value to the scores of this thread's share of its rows. */
export function addLeaf(
  work: Workspace,
  team: Team,
  leaf: {
    readonly node: OpenNode;
    readonly order: Int32Array;
    readonly output: number;
    readonly value: number;
  },
): void {
  const { scores, shape } = work;
  const { order, output, value } = leaf;
  const { start, end } = share(leaf.node.from, leaf.node.to, team);
  for (let q = start; q < end; q++) scores[order[q]! * shape.width + output]! += value;
}

/** Sorts this thread's share of a node's rows into left and right and notes how many go left. */
export function divideShare(
  work: Workspace,
  team: Team,
  node: OpenNode,
  division: { readonly index: number; readonly order: Int32Array; readonly cut: Cut },
): void {
  const { shape, byFeature, goLeft, goRight, leftCount, cutCount } = work;
  const { order, index, cut } = division;
  const { start, end } = share(node.from, node.to, team);
  const bins = byFeature.subarray(shape.rows * cut.feature, shape.rows * (cut.feature + 1));
  // Missing values have the last bin only where there is one to spare.
  const missing = cutCount[cut.feature]! < MISSING ? MISSING : -1;
  let l = start;
  let r = start;
  for (let q = start; q < end; q++) {
    const row = order[q]!;
    const bin = bins[row]!;
    const left = bin === missing ? cut.missingLeft : bin <= cut.bin;
    if (left) goLeft[l++] = row;
    else goRight[r++] = row;
  }
  leftCount[team.rank * 2 ** shape.depth + index] = l - start;
}

/** Moves this thread's share to its places: left rows first, each side in the order it had. Returns the border. */
export function moveShare(
  work: Workspace,
  team: Team,
  node: OpenNode,
  move: { readonly index: number; readonly next: Int32Array },
): number {
  const { shape, goLeft, goRight, leftCount } = work;
  const { index, next } = move;
  let before = 0;
  let border = node.from;
  for (let rank = 0; rank < team.size; rank++) {
    const count = leftCount[rank * 2 ** shape.depth + index]!;
    if (rank < team.rank) before += count;
    border += count;
  }
  const { start, end } = share(node.from, node.to, team);
  const lefts = leftCount[team.rank * 2 ** shape.depth + index]!;
  copy(goLeft, start, lefts, next, node.from + before);
  copy(goRight, start, end - start - lefts, next, border + (start - node.from - before));
  return border;
}

function copy(from: Int32Array, start: number, count: number, to: Int32Array, at: number): void {
  for (let i = 0; i < count; i++) to[at + i] = from[start + i]!;
}
