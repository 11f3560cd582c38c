import type { Kernels } from "#num";
import { type SplitRules, findSplit } from "./split.ts";
import { MISSING, NODE, NODE_SIZE, SPLIT, STRIDE, type Workspace } from "./workspace.ts";

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
  const { shape, nodes, best, histograms, byRow, order, gradients } = work;
  const { rows, features, parts } = shape;
  const first = Math.floor((features * part) / parts);
  const end = Math.floor((features * (part + 1)) / parts);
  const pairs = gradients.byteOffset + 16 * rows * output;
  const size = STRIDE * (end - first);
  const histogramOf = (slot: number) =>
    histograms.byteOffset + 8 * STRIDE * (slot * features + first);
  for (let i = 0; i < count; i++) {
    const node = nodes.subarray(i * NODE_SIZE, (i + 1) * NODE_SIZE);
    const at = (part * 2 ** shape.depth + i) * SPLIT;
    best[at] = -1;
    if (node[NODE.wanted] === 0) continue;
    const histogram = histogramOf(node[NODE.slot]!);
    if (node[NODE.sibling]! >= 0) {
      kernels.subtract(size, histogramOf(node[NODE.sibling]!), histogram);
    } else {
      const start = (histogram - histograms.byteOffset) / 8;
      histograms.fill(0, start, start + size);
      const [from, to] = [node[NODE.from]!, node[NODE.to]!];
      const index = order.byteOffset + 4 * (buffer * rows + from);
      const bins = byRow.byteOffset;
      kernels.histogram(to - from, index, bins, features, first, end, pairs, histogram);
    }
    if (node[NODE.wanted] === 1) continue;
    const search = { histogram, first, end, g: node[NODE.g]!, h: node[NODE.h]! };
    findSplit(work, kernels, { search, rules, at });
  }
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
  kernels: Kernels,
  { part, count, buffer }: LevelPart,
  output: number,
): void {
  const { shape, nodes, scores, byFeature, goLeft, goRight, leftCount, cutCount } = work;
  const { rows, parts } = shape;
  for (let i = 0; i < count; i++) {
    const node = nodes.subarray(i * NODE_SIZE, (i + 1) * NODE_SIZE);
    const { start, end } = share(node, part, parts);
    const index = work.order.byteOffset + 4 * (buffer * rows + start);
    if (node[NODE.split] === 0) {
      const own = scores.byteOffset + 8 * rows * output;
      kernels.addToRows(end - start, index, node[NODE.value]!, own);
      continue;
    }
    const feature = node[NODE.feature]!;
    // Missing values have the last bin only where there is one to spare: a shift by one makes it the first.
    const shift = cutCount[feature]! < MISSING ? node[NODE.missingLeft]! : 0;
    leftCount[part * 2 ** shape.depth + i] = kernels.divideRows(
      ...([end - start, index, byFeature.byteOffset + rows * feature, shift] as const),
      node[NODE.bin]! + shift,
      ...([goLeft.byteOffset + 4 * start, goRight.byteOffset + 4 * start] as const),
    );
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
