import { VolterraError, suggest } from "#core";
import { calibrated } from "./calibrated.ts";
import { unpack } from "./model-file.ts";
import type { Fitted, Model } from "./model.ts";

/** Reads a file of `save` with whichever of the given models wrote it, calibrated or not. */
export function load(file: Uint8Array, models: readonly Model[]): Fitted {
  const { model: name } = unpack(file).head;
  const known = (wanted: string | undefined) => models.find((model) => model.name === wanted);
  const [plain, kind] = name.split("+");
  const inner = known(plain);
  const model =
    known(name) ??
    (inner && (kind === "platt" || kind === "isotonic") ? calibrated(inner, kind) : undefined);
  if (model) return model.load(file);
  throw new VolterraError(
    "MODEL",
    `the file holds a "${name}" model, which is not in the catalog`,
    suggest(
      name,
      models.map((candidate) => candidate.name),
    ),
  );
}
