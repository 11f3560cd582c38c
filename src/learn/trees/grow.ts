import { BINS } from "./bins.ts";
import type { Tree } from "./ensemble.ts";
import { type OpenNode, addLeaf, divideShare, moveShare, searchLevel } from "./level.ts";
import { type SplitRules, chooseSplit, leafGain, leafValue } from "./split.ts";
import type { Team } from "./team.ts";
import { treeBuilder } from "./tree-builder.ts";
import { type Workspace, slotsOf } from "./workspace.ts";

/** One tree to grow: which scores it corrects, which features it may use, how its leaves are valued. */
export interface TreePlan {
  readonly output: number;
  /** 1 for the features it may use. */
  readonly allowed: Uint8Array;
  readonly rules: SplitRules;
  readonly learningRate: number;
  /** Sums of slope and curvature over all rows. */
  readonly g: number;
  readonly h: number;
}

/** The largest float32: a threshold that every value passes on the left and only missing ones on the right. */
const ABOVE_ALL = 3.4028234663852886e38;

/**
 * Grows one tree level by level and adds its leaves to the scores. Every thread runs this and makes the same
 * decisions: it counts the histograms of its own features and moves its own share of the rows; what the threads
 * find is compared in the order of the features, so the tree does not depend on their number.
 */
export function growTree(work: Workspace, team: Team, plan: TreePlan): Tree {
  const { shape, best, gradients } = work;
  const { rules, output, learningRate } = plan;
  const tree = treeBuilder();
  const value = (g: number, h: number) => Math.fround(learningRate * leafValue(g, h, rules));
  const free = Array.from({ length: slotsOf(shape) }, (_, slot) => slot);
  const own = {
    ...work,
    gradients: gradients.subarray(2 * output * shape.rows, 2 * (output + 1) * shape.rows),
  };
  let order = work.order.subarray(0, shape.rows);
  let nodes: OpenNode[] = [
    {
      id: tree.add(value(plan.g, plan.h), plan.h),
      from: 0,
      to: shape.rows,
      slot: free.pop()!,
      ...sums(plan),
    },
  ];
  for (let depth = 0; depth <= shape.depth; depth++) {
    const deepest = depth === shape.depth;
    if (!deepest) {
      searchLevel(own, team, plan, { nodes, order });
      team.barrier();
    }
    const found = nodes.map((_, i) =>
      deepest ? -1 : chooseSplit(best, i, team.size, 2 ** shape.depth),
    );
    nodes.forEach((node, index) => {
      const at = found[index]!;
      if (at < 0) {
        addLeaf(work, team, { node, order, output, value: value(node.g, node.h) });
        free.push(node.slot);
      } else {
        const cut = {
          feature: best[at + 1]!,
          bin: best[at + 2]!,
          missingLeft: best[at + 3] === 1,
        };
        divideShare(work, team, node, { index, order, cut });
      }
    });
    if (found.every((at) => at < 0)) break;
    team.barrier();
    const buffer = 1 + (depth & 1);
    const next = work.order.subarray(buffer * shape.rows, (buffer + 1) * shape.rows);
    const children: OpenNode[] = [];
    nodes.forEach((node, index) => {
      const at = found[index]!;
      if (at < 0) return;
      const border = moveShare(work, team, node, { index, next });
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
      const leftSmaller = border - node.from <= node.to - border;
      const small: OpenNode = {
        ...(leftSmaller ? left : right),
        slot: depth + 1 < shape.depth ? free.pop()! : -1,
      };
      children.push(small, { ...(leftSmaller ? right : left), slot: node.slot, sibling: small });
    });
    team.barrier();
    nodes = children;
    order = next;
  }
  // The next tree may not write what this one still reads.
  team.barrier();
  return tree.finish();
}

function sums({ g, h }: TreePlan): { g: number; h: number } {
  return { g, h };
}
