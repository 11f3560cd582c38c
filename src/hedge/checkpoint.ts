import { VolterraError } from "#core";
import { type Tensor, readSafetensors, sizeOf, writeSafetensors } from "#learn";
import { z } from "zod";
import type { Scaling } from "./features.ts";
import type { HedgeTrainer } from "./hedge-trainer.ts";

const SCALING = z.strictObject({
  features: z.array(z.string()),
  mean: z.array(z.number()),
  deviation: z.array(z.number()),
});

/** A trained hedger as a safetensors file: weights, thresholds, and the features it was trained on. */
export function saveHedger({ parameters, values, thresholds, scaling }: HedgeTrainer): Uint8Array {
  const tensors: Record<string, Tensor> = {
    thresholds: { shape: [thresholds.length], values: thresholds.slice() },
  };
  for (const parameter of parameters) {
    const n = sizeOf(parameter);
    tensors[parameter.name] = {
      shape: parameter.shape,
      values: Float32Array.from({ length: n }, (_, i) => values[parameter.place(i)]!),
    };
  }
  return writeSafetensors({ tensors, metadata: { scaling: JSON.stringify(scaling) } });
}

/** The features and scaling a file was trained with. Throws `VolterraError("MODEL")` where it says none. */
export function readScaling(file: Uint8Array): Scaling {
  const text = readSafetensors(file).metadata.scaling;
  const parsed = SCALING.safeParse(text === undefined ? undefined : JSON.parse(text));
  if (parsed.success) return parsed.data;
  throw new VolterraError("MODEL", "the checkpoint does not say its features", "Train it again.");
}

/**
 * Puts the weights of a file into a trainer. Throws `VolterraError("MODEL")` for a checkpoint of other features or of
 * another shape.
 */
export function loadHedger(trainer: HedgeTrainer, file: Uint8Array): void {
  const { features } = readScaling(file);
  const wanted = trainer.scaling.features;
  if (features.join() !== wanted.join()) {
    throw new VolterraError(
      "MODEL",
      `the checkpoint was trained on ${features.join(", ")}, not on ${wanted.join(", ")}`,
      "Evaluate it with its own features, or train again.",
    );
  }
  const { tensors } = readSafetensors(file);
  for (const parameter of trainer.parameters) {
    const tensor = tensors[parameter.name];
    if (!tensor || tensor.shape.join() !== parameter.shape.join()) {
      throw new VolterraError(
        "MODEL",
        `the checkpoint's ${parameter.name} is ${tensor?.shape.join(" × ") ?? "absent"}, not ${parameter.shape.join(" × ")}`,
        "It was trained with another network.",
      );
    }
    for (let i = 0; i < tensor.values.length; i++) {
      trainer.values[parameter.place(i)] = tensor.values[i]!;
    }
  }
  const { thresholds } = tensors;
  if (thresholds?.values.length === trainer.thresholds.length) {
    trainer.thresholds.set(thresholds.values);
  }
  trainer.refresh();
}
