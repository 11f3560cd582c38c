/**
 * Writes the file of a model trained here, for XGBoost to read:
 * `node --conditions=source --import tsx test/golden/make/trees-ours.ts`, then trees.py.
 */
import { writeFileSync } from "node:fs";
import { ourTrees } from "../../learn/our-trees.ts";

const { fitted, rows } = await ourTrees();
const here = new URL("../", import.meta.url);
writeFileSync(new URL("trees-ours.model.json", here), fitted.exchange()!.bytes);
const features = Array.from(rows.features, (value) => (Number.isNaN(value) ? null : value));
writeFileSync(
  new URL("trees-ours.rows.json", here),
  JSON.stringify({ names: rows.names, features }),
);
