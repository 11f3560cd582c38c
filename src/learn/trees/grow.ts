import type { Tree } from "./ensemble.ts";
import type { Bench } from "./pool.ts";
import { type SplitRules, chooseSplit, leafGain, leafValue } from "./split.ts";
import { rulesArgs } from "./tasks.ts";
import { treeBuilder } from "./tree-builder.ts";
import { BINS, NODE, NODE_SIZE, slotsOf } from "./workspace.ts";

/** One tree to grow: which scores it corrects and how its leaves are valued. */
export interface TreePlan {
  readonly output: number;
  readonly rules: SplitRules;
  readonly learningRate: number;
  /** Sums of slope and curvature over all rows. */
  readonly g: number;
  readonly h: number;
}

/** A node that is not decided yet; its rows are `from … to − 1` of the current order. */
interface OpenNode {
  readonly id: number;
  readonly from: number;
  readonly to: number;
  readonly g: number;
  readonly h: number;
  readonly slot: number;
  /** The smaller sibling of a larger child. */
  readonly sibling?: OpenNode;
}

/** The largest float32: a threshold that every value passes on the left and only missing ones on the right. */
const ABOVE_ALL = 3.4028234663852886e38;

/**
 * Grows one tree level by level and adds its leaves to the scores. What the parts of a search find is compared in the
 * order of the features, and rows keep their order within a node, so the tree does not depend on who did what.
 */
export function growTree(bench: Bench, plan: TreePlan): Tree {
  const { work, run } = bench;
  const { shape, best, nodes: table } = work;
  const { rules, output, learningRate } = plan;
  const tree = treeBuilder();
  const value = (g: number, h: number) => Math.fround(learningRate * leafValue(g, h, rules));
  const free = Array.from({ length: slotsOf(shape) }, (_, slot) => slot);
  const root = { from: 0, to: shape.rows, g: plan.g, h: plan.h, slot: free.pop()! };
  let nodes: OpenNode[] = [{ id: tree.add(value(plan.g, plan.h), plan.h), ...root }];
  let buffer = 0;
  for (let depth = 0; nodes.length > 0; depth++) {
    const deepest = depth === shape.depth;
    writeNodes(table, nodes, rules);
    if (!deepest) run("search", shape.parts, nodes.length, buffer, output, ...rulesArgs(rules));

    const found = nodes.map((node, i) => {
      const at = deepest ? -1 : chooseSplit(best, i, shape.parts, 2 ** shape.depth);
      const to = i * NODE_SIZE;
      table[to + NODE.split] = at < 0 ? 0 : 1;
      if (at < 0) {
        table[to + NODE.value] = value(node.g, node.h);
        free.push(node.slot);
      } else {
        table[to + NODE.feature] = best[at + 1]!;
        table[to + NODE.bin] = best[at + 2]!;
        table[to + NODE.missingLeft] = best[at + 3]!;
      }
      return at;
    });
    run("divide", shape.parts, nodes.length, buffer, output);

    const children: OpenNode[] = [];
    nodes.forEach((node, i) => {
      const at = found[i]!;
      if (at < 0) return;
      const border = node.from + leftRows(bench, i);
      table[i * NODE_SIZE + NODE.border] = border;
      const [feature, bin] = [best[at + 1]!, best[at + 2]!];
      const [gl, hl] = [best[at + 4]!, best[at + 5]!];
      const [gr, hr] = [node.g - gl, node.h - hl];
      const left = { id: tree.add(value(gl, hl), hl), from: node.from, to: border, g: gl, h: hl };
      const right = { id: tree.add(value(gr, hr), hr), from: border, to: node.to, g: gr, h: hr };
      const inside = bin < work.cutCount[feature]!;
      const threshold = inside ? work.cuts[feature * BINS + bin]! : ABOVE_ALL;
      const gain = best[at]! - leafGain(node.g, node.h, rules);
      const split = { feature, threshold, missingLeft: best[at + 3] === 1, gain };
      tree.split(node.id, split, left.id, right.id);
      const [small, large] = border - node.from <= node.to - border ? [left, right] : [right, left];
      const slot = depth + 1 < shape.depth ? free.pop()! : -1;
      const sibling: OpenNode = { ...small, slot };
      children.push(sibling, { ...large, slot: node.slot, sibling });
    });
    if (children.length > 0) {
      const next = 1 + (depth & 1);
      run("move", shape.parts, nodes.length, next);
      buffer = next;
    }
    nodes = children;
  }
  return tree.finish();
}

/** Tells the threads of a level. A node too light for two children is not searched, nor counted for itself. */
function writeNodes(table: Float64Array, nodes: readonly OpenNode[], rules: SplitRules): void {
  const light = (node: OpenNode) => node.h < 2 * rules.min_child_weight;
  const needed = new Set(
    nodes.flatMap((node) => (node.sibling && !light(node) ? [node.sibling] : [])),
  );
  nodes.forEach((node, i) => {
    const at = i * NODE_SIZE;
    table[at + NODE.from] = node.from;
    table[at + NODE.to] = node.to;
    table[at + NODE.g] = node.g;
    table[at + NODE.h] = node.h;
    table[at + NODE.slot] = node.slot;
    table[at + NODE.sibling] = node.sibling?.slot ?? -1;
    table[at + NODE.wanted] = light(node) ? (needed.has(node) ? 1 : 0) : 2;
  });
}

/** Rows of a divided node that go left. */
function leftRows({ work }: Bench, node: number): number {
  const { shape, leftCount } = work;
  let rows = 0;
  for (let part = 0; part < shape.parts; part++) rows += leftCount[part * 2 ** shape.depth + node]!;
  return rows;
}
