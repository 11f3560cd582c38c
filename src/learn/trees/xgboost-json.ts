import { VolterraError } from "#core";
import { z } from "zod";
import type { Ensemble, Tree, TreeObjective } from "./ensemble.ts";

/** XGBoost's names of the objectives. */
const OBJECTIVES = {
  softprob: "multi:softprob",
  logistic: "binary:logistic",
  squared: "reg:squarederror",
} as const satisfies Record<TreeObjective, string>;

/** XGBoost's mark of a node without a parent. */
const NO_PARENT = 2147483647;

const numbers = z.array(z.number());
const flags = z.array(z.union([z.number(), z.boolean()]));

const TREE = z.object({
  base_weights: numbers,
  categories: numbers.default([]),
  default_left: flags,
  left_children: numbers,
  loss_changes: numbers,
  right_children: numbers,
  split_conditions: numbers,
  split_indices: numbers,
  sum_hessian: numbers,
});

const MODEL = z.object({
  learner: z.object({
    feature_names: z.array(z.string()).default([]),
    gradient_booster: z.object({
      name: z.string(),
      model: z.object({
        gbtree_model_param: z.object({ num_parallel_tree: z.string().default("1") }),
        tree_info: numbers,
        trees: z.array(TREE),
      }),
    }),
    learner_model_param: z.object({
      base_score: z.string(),
      num_class: z.string(),
      num_feature: z.string(),
      num_target: z.string().default("1"),
    }),
    objective: z.object({ name: z.string() }),
  }),
});

/** The ensemble as a file of XGBoost 3 (`Booster.load_model` of a `.json`). */
export function writeXgboost(ensemble: Ensemble): Uint8Array {
  const { objective, width, names, trees, baseScore } = ensemble;
  const rounds = trees.length / width;
  const classes = objective === "softprob" ? width : 0;
  const params =
    objective === "softprob"
      ? { softmax_multiclass_param: { num_class: `${classes}` } }
      : { reg_loss_param: { scale_pos_weight: "1" } };
  const model = {
    learner: {
      attributes: {},
      feature_names: names,
      feature_types: names.map(() => "float"),
      gradient_booster: {
        model: {
          gbtree_model_param: { num_parallel_tree: "1", num_trees: `${trees.length}` },
          iteration_indptr: Array.from({ length: rounds + 1 }, (_, round) => round * width),
          tree_info: trees.map((_, t) => t % width),
          trees: trees.map((tree, id) => writeTree(tree, id, names.length)),
        },
        name: "gbtree",
      },
      learner_model_param: {
        base_score: `${baseScore}`,
        boost_from_average: "1",
        num_class: `${classes}`,
        num_feature: `${names.length}`,
        num_target: "1",
      },
      objective: { name: OBJECTIVES[objective], ...params },
    },
    version: [3, 0, 0],
  };
  return new TextEncoder().encode(toJson(model));
}

function writeTree(tree: Tree, id: number, features: number): object {
  const n = tree.left.length;
  const parents = new Int32Array(n).fill(NO_PARENT);
  // A leaf's value stands where a split has its threshold.
  const conditions = tree.threshold.slice();
  for (let node = 0; node < n; node++) {
    const left = tree.left[node]!;
    if (left < 0) {
      conditions[node] = tree.value[node]!;
    } else {
      parents[left] = node;
      parents[tree.right[node]!] = node;
    }
  }
  return {
    base_weights: tree.value,
    categories: [],
    categories_nodes: [],
    categories_segments: [],
    categories_sizes: [],
    default_left: tree.missingLeft,
    id,
    left_children: tree.left,
    loss_changes: tree.gain,
    parents,
    right_children: tree.right,
    split_conditions: conditions,
    split_indices: tree.feature,
    split_type: new Uint8Array(n),
    sum_hessian: tree.cover,
    tree_param: {
      num_deleted: "0",
      num_feature: `${features}`,
      num_nodes: `${n}`,
      size_leaf_vector: "1",
    },
  };
}

/** JSON in which every float has a point or an exponent: XGBoost tells 0 from 0.0. */
function toJson(value: unknown): string {
  if (value instanceof Float32Array) {
    return `[${Array.from(value, (x) => (Number.isInteger(x) ? x.toExponential() : `${x}`)).join(",")}]`;
  }
  if (ArrayBuffer.isView(value)) return `[${(value as Int32Array).join(",")}]`;
  if (Array.isArray(value)) return `[${value.map(toJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(
    ([name, part]) => `${JSON.stringify(name)}:${toJson(part)}`,
  );
  return `{${entries.join(",")}}`;
}

/**
 * Reads a JSON file that XGBoost saved: tree booster with softprob, logistic or squared error. All its trees
 * count, as in `Booster.predict`. Refuses what it cannot represent: other boosters, categorical splits, forests.
 *
 * @param names names of the features where the file has none
 */
export function readXgboost(file: Uint8Array, names?: readonly string[]): Ensemble {
  const { learner } = parse(file);
  const { model, name: booster } = learner.gradient_booster;
  const {
    base_score: base,
    num_class: classes,
    num_feature,
    num_target,
  } = learner.learner_model_param;
  if (booster !== "gbtree") throw refused(`its booster is "${booster}", not "gbtree"`);
  if (model.gbtree_model_param.num_parallel_tree !== "1") throw refused("it boosts forests");
  if (num_target !== "1") throw refused(`it has ${num_target} targets`);
  const found = Object.entries(OBJECTIVES).find(([, theirs]) => theirs === learner.objective.name);
  if (!found) throw refused(`its objective is "${learner.objective.name}"`);
  const objective = found[0] as TreeObjective;
  const width = objective === "softprob" ? Number(classes) : 1;
  const scattered = model.tree_info.findIndex((output, t) => output !== t % width);
  if (scattered >= 0) throw refused(`tree ${scattered} is out of order`);
  const known = learner.feature_names.length > 0 ? learner.feature_names : names;
  return {
    objective,
    width,
    names: known ?? Array.from({ length: Number(num_feature) }, (_, j) => `f${j}`),
    baseScore: readBaseScore(base),
    trees: model.trees.map((tree, id) => readTree(tree, id, Number(num_feature))),
  };
}

function parse(file: Uint8Array): z.infer<typeof MODEL> {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(file));
  } catch {
    throw refused("it is not JSON, or cut short");
  }
  const parsed = MODEL.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw refused(`${issue.path.join(".")}: ${issue.message}`);
}

/** "5E-1", or since XGBoost 3.1 a list with one number an output, which must then all be equal. */
function readBaseScore(text: string): number {
  const scores = text
    .replace(/^\[|\]$/g, "")
    .split(",")
    .map(Number);
  const first = scores[0]!;
  if (scores.every((score) => score === first && Number.isFinite(score))) return first;
  throw refused(`its base_score is ${text}`);
}

function readTree(tree: z.infer<typeof TREE>, id: number, features: number): Tree {
  const n = tree.left_children.length;
  if (tree.categories.length > 0) throw refused(`tree ${id} splits on categories`);
  const whole = Object.entries(tree).every(
    ([part, list]) => part === "categories" || list.length === n,
  );
  const inside = tree.left_children.every((left, node) => {
    const right = tree.right_children[node]!;
    if (left < 0) return right < 0;
    // Children come after their parent, so that no walk goes round in circles.
    return (
      left > node && right > node && left < n && right < n && tree.split_indices[node]! < features
    );
  });
  if (!whole || !inside || n === 0) throw refused(`tree ${id} is broken`);
  return {
    feature: Int32Array.from(tree.split_indices),
    threshold: Float32Array.from(tree.split_conditions),
    left: Int32Array.from(tree.left_children),
    right: Int32Array.from(tree.right_children),
    missingLeft: Uint8Array.from(tree.default_left, Number),
    value: Float32Array.from(tree.split_conditions, (condition, node) =>
      tree.left_children[node]! < 0 ? condition : tree.base_weights[node]!,
    ),
    gain: Float32Array.from(tree.loss_changes),
    cover: Float32Array.from(tree.sum_hessian),
  };
}

function refused(why: string): VolterraError {
  return new VolterraError(
    "MODEL",
    `the XGBoost file cannot be read: ${why}`,
    "Save a gbtree model of multi:softprob, binary:logistic or reg:squarederror as .json with XGBoost 1.6 or later.",
  );
}
