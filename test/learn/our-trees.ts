import { key, uniforms } from "#core";
import { samples } from "#learn";
import gbt from "../../catalog/models/gbt.ts";
import { classTask, madeTable } from "./made-rows.ts";

/** A model with everything a file can hold: missing values, sampling, unequal classes. XGBoost's reading is golden. */
export async function ourTrees() {
  const seed = key(5);
  const names = ["slope", "level", "carry", "skew"];
  const full = madeTable({ n: 200, names, task: classTask("down", "flat", "up"), key: seed });
  const holes = uniforms(seed.fold("holes"), full.features.length);
  const features = full.features.map((value, at) => (holes[at]! < 0.1 ? NaN : value));
  const rows = samples({ ...full, features });
  const params = { n_estimators: 8, max_depth: 4, missing: "learn" };
  return { fitted: await gbt.fit(rows, params, seed), rows };
}
