import { threefry } from "#core";
import { BINS, binColumn } from "./bins.ts";
import type { Tree, TreeObjective } from "./ensemble.ts";
import { growTree } from "./grow.ts";
import { fillGradients } from "./objective.ts";
import type { SplitRules } from "./split.ts";
import { type Team, STOPPED } from "./team.ts";
import { BLOCK, type Workspace, featuresOf } from "./workspace.ts";

/** Everything but the rows that decides an ensemble: plain data, so that it can be sent to a thread. */
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
 * Boosts round by round; yields the trees of each round, one a score. Every thread runs this on the same memory,
 * whose `values`, `target`, `weight` and `scores` are filled. Sending `true` for a round on thread 0 stops all.
 */
export function* boostRounds(
  work: Workspace,
  team: Team,
  plan: BoostPlan,
): Generator<readonly Tree[], void, boolean | undefined> {
  const { shape, control } = work;
  fillBins(work, team);
  for (let round = 0; round < plan.rounds; round++) {
    drawRows(work, team, plan, round);
    fillBlocks(work, team, plan.objective);
    team.barrier();
    const trees: Tree[] = [];
    for (let output = 0; output < shape.width; output++) {
      const { rules, learningRate } = plan;
      const allowed = drawFeatures(shape.features, plan, round, output);
      trees.push(
        growTree(work, team, { output, allowed, rules, learningRate, ...totals(work, output) }),
      );
    }
    const stop = yield trees;
    if (team.rank === 0 && stop === true) Atomics.store(control, STOPPED, 1);
    team.barrier();
    if (Atomics.load(control, STOPPED) === 1) return;
  }
}

/** Cuts this thread's features into bins. */
function fillBins(work: Workspace, team: Team): void {
  const { shape, values, cuts, cutCount, byFeature, byRow, order } = work;
  const n = shape.rows;
  const { first, end } = featuresOf(shape, team.rank);
  for (let feature = first; feature < end; feature++) {
    const bins = byFeature.subarray(n * feature, n * (feature + 1));
    const points = binColumn(values.subarray(n * feature, n * (feature + 1)), bins);
    cuts.set(points, feature * BINS);
    cutCount[feature] = points.length;
    for (let row = 0; row < n; row++) byRow[row * shape.features + feature] = bins[row]!;
  }
  if (team.rank === 0) for (let row = 0; row < n; row++) order[row] = row;
}

/** This thread's blocks of rows. */
function* blocksOf(
  rows: number,
  team: Team,
): Generator<{ from: number; to: number; block: number }> {
  for (let block = team.rank; block * BLOCK < rows; block += team.size) {
    yield { from: block * BLOCK, to: Math.min(rows, (block + 1) * BLOCK), block };
  }
}

/** Decides which rows the round sees: a row is left out where its uniform number is not below `subsample`. */
function drawRows(work: Workspace, team: Team, plan: BoostPlan, round: number): void {
  const { weight, roundWeight, shape } = work;
  const words = new Uint32Array(4);
  for (const { from, to } of blocksOf(shape.rows, team)) {
    for (let row = from; row < to; row++) {
      if (plan.subsample < 1 && row % 4 === 0) {
        threefry([row >>> 2, round, ROWS, 0], plan.words, words);
      }
      const seen = plan.subsample >= 1 || words[row % 4]! / 2 ** 32 < plan.subsample;
      roundWeight[row] = seen ? weight[row]! : 0;
    }
  }
}

/** Gradients of this thread's blocks and their sums by block. */
function fillBlocks(work: Workspace, team: Team, objective: TreeObjective): void {
  const { shape, gradients, blockSums, scores, target, roundWeight } = work;
  const { rows: n, width } = shape;
  const count = Math.ceil(n / BLOCK);
  const rows = { objective, width, n, scores, target, weight: roundWeight, gradients };
  for (const { from, to, block } of blocksOf(n, team)) {
    fillGradients(rows, from, to);
    for (let output = 0; output < width; output++) {
      let g = 0;
      let h = 0;
      for (let at = 2 * (output * n + from); at < 2 * (output * n + to); at += 2) {
        g += gradients[at]!;
        h += gradients[at + 1]!;
      }
      blockSums[2 * (output * count + block)] = g;
      blockSums[2 * (output * count + block) + 1] = h;
    }
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

/** Which features a tree may use: a draw without replacement. */
function drawFeatures(
  features: number,
  plan: BoostPlan,
  round: number,
  output: number,
): Uint8Array {
  const allowed = new Uint8Array(features);
  const count = Math.max(1, Math.floor(plan.colsample * features));
  if (count >= features) return allowed.fill(1);
  const pool = Array.from({ length: features }, (_, feature) => feature);
  const words = new Uint32Array(4);
  for (let i = 0; i < count; i++) {
    if (i % 4 === 0) threefry([i >>> 2, round, COLUMNS, output], plan.words, words);
    const j = i + Math.floor((words[i % 4]! / 2 ** 32) * (features - i));
    allowed[pool[j]!] = 1;
    pool[j] = pool[i]!;
  }
  return allowed;
}
