import { threefry } from "#core";
import type { Tree, TreeObjective } from "./ensemble.ts";
import { growTree } from "./grow.ts";
import { OBJECTIVES } from "./objective.ts";
import type { Bench } from "./pool.ts";
import type { SplitRules } from "./split.ts";
import { BLOCK, type Workspace } from "./workspace.ts";

/** Everything but the rows that decides an ensemble. */
export interface BoostPlan {
  readonly objective: TreeObjective;
  readonly rounds: number;
  readonly learningRate: number;
  /** Share of the rows that a round sees, each row drawn on its own. */
  readonly subsample: number;
  /** Share of the features that a tree may use, at least one. */
  readonly colsample: number;
  readonly rules: SplitRules;
  /** Words of the key of all draws. */
  readonly words: readonly number[];
}

/** What a draw is for: the third word of its counter. */
const ROWS = 1;
const COLUMNS = 2;

/**
 * Boosts round by round on a workspace whose `values`, `target`, `weight` and `scores` are filled; yields the trees of
 * each round, one a score.
 */
export function* boostRounds(bench: Bench, plan: BoostPlan): Generator<readonly Tree[]> {
  const { work, run } = bench;
  const { shape } = work;
  const { rules, learningRate } = plan;
  for (let row = 0; row < shape.rows; row++) work.order[row] = row;
  run("bin", shape.features);
  for (let round = 0; round < plan.rounds; round++) {
    drawRows(work, plan, round);
    run("gradients", Math.ceil(shape.rows / BLOCK), OBJECTIVES.indexOf(plan.objective));
    const trees: Tree[] = [];
    for (let output = 0; output < shape.width; output++) {
      drawFeatures(work, plan, round, output);
      trees.push(growTree(bench, { output, rules, learningRate, ...totals(work, output) }));
    }
    yield trees;
  }
}

/** Decides which rows the round sees: a row is left out where its uniform number is not below `subsample`. */
function drawRows(work: Workspace, plan: BoostPlan, round: number): void {
  const { weight, roundWeight, shape } = work;
  if (plan.subsample >= 1) {
    if (round === 0) roundWeight.set(weight);
    return;
  }
  const words = new Uint32Array(4);
  for (let row = 0; row < shape.rows; row++) {
    if (row % 4 === 0) threefry([row >>> 2, round, ROWS, 0], plan.words, words);
    roundWeight[row] = words[row % 4]! / 2 ** 32 < plan.subsample ? weight[row]! : 0;
  }
}

/** Sums over all rows, block by block. */
function totals({ shape, blockSums }: Workspace, output: number): { g: number; h: number } {
  const count = Math.ceil(shape.rows / BLOCK);
  let g = 0;
  let h = 0;
  for (let at = 2 * output * count; at < 2 * (output + 1) * count; at += 2) {
    g += blockSums[at]!;
    h += blockSums[at + 1]!;
  }
  return { g, h };
}

/** Decides which features a tree may use: a draw without replacement. */
function drawFeatures(work: Workspace, plan: BoostPlan, round: number, output: number): void {
  const { allowed, shape } = work;
  const { features } = shape;
  const count = Math.max(1, Math.floor(plan.colsample * features));
  if (count >= features) {
    allowed.fill(1);
    return;
  }
  allowed.fill(0);
  const pool = Array.from({ length: features }, (_, feature) => feature);
  const words = new Uint32Array(4);
  for (let i = 0; i < count; i++) {
    if (i % 4 === 0) threefry([i >>> 2, round, COLUMNS, output], plan.words, words);
    const j = i + Math.floor((words[i % 4]! / 2 ** 32) * (features - i));
    allowed[pool[j]!] = 1;
    pool[j] = pool[i]!;
  }
}
