/**
 * Writes the file of a model trained here, for XGBoost to read, with everything a file can hold: missing values, three
 * classes, sampling. `node --conditions=source --import tsx test/golden/make/trees-ours.ts`, then trees.py.
 */
import { writeFileSync } from "node:fs";
import { key, uniforms } from "#core";
import { samples } from "#learn";
import gbt from "../../../catalog/models/gbt.ts";
import { classTask, madeTable } from "../../learn/made-rows.ts";

const seed = key(5);
const names = ["slope", "level", "carry", "skew"];
const full = madeTable({ n: 200, names, task: classTask("down", "flat", "up"), key: seed });
const holes = uniforms(seed.fold("holes"), full.features.length);
const rows = samples({
  ...full,
  features: full.features.map((value, at) => (holes[at]! < 0.1 ? NaN : value)),
});
const params = { n_estimators: 8, max_depth: 4, missing: "learn" };
const fitted = await gbt.fit(rows, params, seed);

const here = new URL("../", import.meta.url);
writeFileSync(new URL("trees-ours.model.json", here), fitted.exchange()!.bytes);
const features = Array.from(rows.features, (value) => (Number.isNaN(value) ? null : value));
writeFileSync(new URL("trees-ours.rows.json", here), JSON.stringify({ names, features }));
