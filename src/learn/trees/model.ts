import type { Key } from "#core";
import type { Core, Exchange, FitContext } from "../model.ts";
import type { Samples } from "../samples.ts";
import { cutTail } from "../tail.ts";
import type { BoostPlan } from "./boost.ts";
import { type Ensemble, type TreeObjective, scorer, toOutputs } from "./ensemble.ts";
import { type TreeRows, trainTrees } from "./train.ts";
import { readXgboost, writeXgboost } from "./xgboost-json.ts";

/** Parameters of boosted trees, with XGBoost's names and meaning. */
export interface TreeParams {
  readonly max_depth: number;
  readonly learning_rate: number;
  readonly n_estimators: number;
  readonly subsample: number;
  readonly colsample_bytree: number;
  readonly min_child_weight: number;
  readonly gamma: number;
  readonly reg_alpha: number;
  readonly reg_lambda: number;
  /** Rounds without a lower loss on held-out rows after which boosting stops and goes back to the best; 0 never. */
  readonly early_stopping_rounds: number;
  /** Share of the training rows, the last ones, held out for early stopping where no validation rows are given. */
  readonly validation_share: number;
}

/** Boosts trees: squared error for a number, logistic for two classes, softprob for more. */
export async function trainBoosted(
  rows: Samples,
  params: TreeParams,
  key: Key,
  context: FitContext,
): Promise<Core> {
  const patience = params.early_stopping_rounds;
  const own = patience > 0 && !context.validation;
  const { head, tail } = own
    ? cutTail(rows, params.validation_share)
    : { head: rows, tail: context.validation };
  const objective = objectiveOf(rows);
  const plan: BoostPlan = {
    objective,
    rounds: params.n_estimators,
    learningRate: params.learning_rate,
    subsample: params.subsample,
    colsample: params.colsample_bytree,
    rules: params,
    words: key.words,
  };
  const total = params.n_estimators;
  const { ensemble, losses } = await trainTrees(treeRows(head), {
    plan,
    width: widthOf(rows),
    depth: params.max_depth,
    threads: context.threads ?? 1,
    ...(patience > 0 && tail && { validation: { rows: treeRows(tail), patience } }),
    onRound: (done) => context.emit?.({ kind: "progress", name: "boosting", done, total }),
  });
  const rounds = ensemble.trees.length / ensemble.width;
  return boostedCore(ensemble, { rounds, validationLoss: losses });
}

/** A boosted model read back from its state, a file of XGBoost. */
export function restoreBoosted(state: Uint8Array): Core {
  return boostedCore(readXgboost(state));
}

/** Probabilities `[n][classes]` or numbers of row-major features, also of an ensemble that XGBoost trained. */
export function predictTrees(ensemble: Ensemble, features: Float64Array): Float64Array {
  return toOutputs(ensemble.objective, scorer(ensemble)(features), ensemble.width);
}

function boostedCore(ensemble: Ensemble, training: Core["training"] = {}): Core {
  const exchange = (): Exchange => ({ format: "xgboost-json", bytes: writeXgboost(ensemble) });
  const score = scorer(ensemble);
  return {
    predict: ({ features }) => toOutputs(ensemble.objective, score(features), ensemble.width),
    state: () => exchange().bytes,
    exchange,
    training,
  };
}

function objectiveOf({ task }: Samples): TreeObjective {
  if (task.kind === "number") return "squared";
  return task.classes.length === 2 ? "logistic" : "softprob";
}

function widthOf({ task }: Samples): number {
  return task.kind === "classes" && task.classes.length > 2 ? task.classes.length : 1;
}

function treeRows({ names, features, target, weights }: Samples): TreeRows {
  return { names, features, target, weight: weights ?? new Float64Array(target.length).fill(1) };
}
