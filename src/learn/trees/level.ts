import type { Kernels } from "#num";
import { type SplitRules, findSplit } from "./split.ts";
import { BINS, MISSING, NODE, NODE_SIZE, SPLIT, STRIDE, type Workspace } from "./workspace.ts";

/** A part of a level's work: nodes 0 … `count` − 1, whose rows are in buffer `buffer` of `order`. */
export interface LevelPart {
  readonly part: number;
  readonly count: number;
  readonly buffer: number;
}

/**
 * Finds the best split of every node of a level among one part of the features. The smaller of two siblings is
 * counted, the larger one is what remains of the parent.
 */
export function searchLevel(
  work: Workspace,
  kernels: Kernels,
  { part, count, buffer }: LevelPart,
  { output, rules }: { readonly output: number; readonly rules: SplitRules },
): void {
  const { shape, nodes, best, histograms, byRow, order, gradients, cutCount, allowed } = work;
  const { rows, features, parts } = shape;
  const first = Math.floor((features * part) / parts);
  const end = Math.floor((features * (part + 1)) / parts);
  const pairs = gradients.byteOffset + 16 * rows * output;
  const histogramOf = (slot: number) =>
    histograms.subarray(STRIDE * (slot * features + first), STRIDE * (slot * features + end));
  for (let i = 0; i < count; i++) {
    const node = nodes.subarray(i * NODE_SIZE, (i + 1) * NODE_SIZE);
    const at = (part * 2 ** shape.depth + i) * SPLIT;
    best[at] = -1;
    if (node[NODE.wanted] === 0) continue;
    const histogram = histogramOf(node[NODE.slot]!);
    if (node[NODE.sibling]! >= 0) {
      subtract(histogram, histogramOf(node[NODE.sibling]!));
    } else {
      histogram.fill(0);
      const [from, to] = [node[NODE.from]!, node[NODE.to]!];
      const index = order.byteOffset + 4 * (buffer * rows + from);
      const bins = byRow.byteOffset;
      const out = histogram.byteOffset;
      kernels.histogram(to - from, index, bins, features, first, end, pairs, out);
    }
    if (node[NODE.wanted] === 1) continue;
    const [g, h] = [node[NODE.g]!, node[NODE.h]!];
    findSplit({ histogram, first, cutCount, allowed, g, h }, rules, best, at);
  }
}

/** `whole −= part`: the histogram of one child is its parent's without its sibling's. */
function subtract(whole: Float64Array, part: Float64Array): void {
  for (let at = 0; at < whole.length; at++) whole[at]! -= part[at]!;
}

/** The part of a node's rows that is worked on together. */
function share(node: Float64Array, part: number, parts: number): { start: number; end: number } {
  const from = node[NODE.from]!;
  const count = node[NODE.to]! - from;
  return {
    start: from + Math.floor((count * part) / parts),
    end: from + Math.floor((count * (part + 1)) / parts),
  };
}

/**
 * Goes through one part of the rows of every node of a level: adds the value of a leaf to the scores, and sorts the
 * rows of a split into left and right, noting how many go left.
 */
export function divideLevel(
  work: Workspace,
  { part, count, buffer }: LevelPart,
  output: number,
): void {
  const { shape, nodes, scores, byFeature, goLeft, goRight, leftCount, cutCount } = work;
  const { rows, parts } = shape;
  const order = work.order.subarray(buffer * rows, (buffer + 1) * rows);
  const toLeft = new Uint8Array(BINS);
  for (let i = 0; i < count; i++) {
    const node = nodes.subarray(i * NODE_SIZE, (i + 1) * NODE_SIZE);
    const { start, end } = share(node, part, parts);
    if (node[NODE.split] === 0) {
      const value = node[NODE.value]!;
      for (let q = start; q < end; q++) scores[output * rows + order[q]!]! += value;
      continue;
    }
    const feature = node[NODE.feature]!;
    const bins = byFeature.subarray(rows * feature, rows * (feature + 1));
    const cut = node[NODE.bin]!;
    for (let bin = 0; bin < BINS; bin++) toLeft[bin] = bin <= cut ? 1 : 0;
    // Missing values have the last bin only where there is one to spare.
    if (cutCount[feature]! < MISSING) toLeft[MISSING] = node[NODE.missingLeft]!;
    let left = start;
    let right = start;
    // Both sides are written and one of them moves on: a branch would be guessed wrong every other row.
    for (let q = start; q < end; q++) {
      const row = order[q]!;
      const goes = toLeft[bins[row]!]!;
      goLeft[left] = row;
      goRight[right] = row;
      left += goes;
      right += 1 - goes;
    }
    leftCount[part * 2 ** shape.depth + i] = left - start;
  }
}

/** Moves one part of the rows of every split node to its places: left rows first, each side in the order it had. */
export function moveLevel(work: Workspace, { part, count, buffer }: LevelPart): void {
  const { shape, nodes, goLeft, goRight, leftCount } = work;
  const { rows, parts } = shape;
  const next = work.order.subarray(buffer * rows, (buffer + 1) * rows);
  for (let i = 0; i < count; i++) {
    const node = nodes.subarray(i * NODE_SIZE, (i + 1) * NODE_SIZE);
    if (node[NODE.split] === 0) continue;
    const { start, end } = share(node, part, parts);
    const from = node[NODE.from]!;
    let before = 0;
    for (let earlier = 0; earlier < part; earlier++) {
      before += leftCount[earlier * 2 ** shape.depth + i]!;
    }
    const lefts = leftCount[part * 2 ** shape.depth + i]!;
    const rightAt = node[NODE.border]! + (start - from - before);
    next.set(goLeft.subarray(start, start + lefts), from + before);
    next.set(goRight.subarray(start, end - lefts), rightAt);
  }
}
