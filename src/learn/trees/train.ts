import { type BoostPlan, boostRounds } from "./boost.ts";
import { type Ensemble, type Tree, baseMargin, leafOf } from "./ensemble.ts";
import { baseScore, lossOf } from "./objective.ts";
import { withBench } from "./pool.ts";
import type { Workspace } from "./workspace.ts";

/** Rows for trees: features `[rows][names]`, NaN missing; target a class index or a number; weight of each row. */
export interface TreeRows {
  readonly names: readonly string[];
  readonly features: Float64Array;
  readonly target: Float64Array;
  readonly weight: Float64Array;
}

export interface TrainOptions {
  readonly plan: BoostPlan;
  readonly width: number;
  readonly depth: number;
  readonly threads: number;
  /** Rows whose loss decides when to stop: after `patience` rounds without a lower one, back to the best. */
  readonly validation?: { readonly rows: TreeRows; readonly patience: number };
  readonly onRound?: (done: number) => void;
}

export interface Trained {
  readonly ensemble: Ensemble;
  /** Loss on the validation rows after each round; empty without them. */
  readonly losses: readonly number[];
}

/** Rounds between two looks at the event loop. */
const BREATH = 16;

/** Boosts an ensemble; equal to the bit for any number of threads. */
export async function trainTrees(rows: TreeRows, options: TrainOptions): Promise<Trained> {
  const { plan, width, depth, validation } = options;
  const { names, target, weight } = rows;
  const start = baseScore(plan.objective, target, weight);
  const base = baseMargin(plan.objective, start);
  const trees: Tree[] = [];
  const watch = validation && watchLoss(validation.rows, plan.objective, width, base);
  const shape = { rows: target.length, features: names.length, width, depth };
  await withBench(shape, options.threads, async (bench) => {
    fillRows(bench.work, rows, base);
    for (const round of boostRounds(bench, plan)) {
      trees.push(...round);
      const waited = watch?.(round) ?? 0;
      const done = trees.length / width;
      options.onRound?.(done);
      if (validation && waited >= validation.patience) break;
      if (done % BREATH === 0) await new Promise((resume) => setImmediate(resume));
    }
  });
  const losses = watch?.losses ?? [];
  const kept = losses.length > 0 ? losses.indexOf(Math.min(...losses)) + 1 : plan.rounds;
  return {
    ensemble: {
      objective: plan.objective,
      width,
      names,
      baseScore: start,
      trees: trees.slice(0, kept * width),
    },
    losses,
  };
}

/** Copies rows into the workspace, features by column as float32. */
function fillRows(work: Workspace, rows: TreeRows, base: number): void {
  const { rows: n, features: k } = work.shape;
  for (let row = 0; row < n; row++) {
    for (let j = 0; j < k; j++) work.values[j * n + row] = rows.features[row * k + j]!;
  }
  work.target.set(rows.target);
  work.weight.set(rows.weight);
  work.scores.fill(base);
}

/** Follows the loss on rows that are not trained on; calling it with a round's trees gives the rounds since the best. */
function watchLoss(
  rows: TreeRows,
  objective: Ensemble["objective"],
  width: number,
  base: number,
): ((trees: readonly Tree[]) => number) & { readonly losses: number[] } {
  const n = rows.target.length;
  const k = rows.names.length;
  const raw = new Float64Array(n * width).fill(base);
  const losses: number[] = [];
  let best = 0;
  const follow = (trees: readonly Tree[]) => {
    trees.forEach((tree, output) => {
      for (let row = 0; row < n; row++) {
        raw[row * width + output]! += tree.value[leafOf(tree, rows.features, row * k)]!;
      }
    });
    losses.push(lossOf(objective, raw, rows.target, rows.weight));
    if (losses.at(-1)! < losses[best]!) best = losses.length - 1;
    return losses.length - 1 - best;
  };
  return Object.assign(follow, { losses });
}
