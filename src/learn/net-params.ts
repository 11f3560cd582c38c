import { z } from "zod";

/** How a net is trained; every net model has these parameters beside those of its shape. */
export const TRAINING = {
  epochs: z.int().positive().default(50),
  batch: z.int().positive().default(32),
  optimiser: z.enum(["adam", "adamw"]).default("adam"),
  learning_rate: z.number().positive().default(1e-3),
  weight_decay: z.number().min(0).default(1e-5),
  /** Longest gradient, Euclidean norm; 0 for none. */
  clip: z.number().min(0).default(1),
  schedule: z.enum(["constant", "cosine", "step"]).default("constant"),
  /** Epochs over which the rate rises from zero. */
  warmup_epochs: z.number().min(0).default(0),
  /** Share of the rate at the end of a cosine, or kept at each step. */
  schedule_floor: z.number().min(0).max(1).default(0.1),
  /** Epochs between steps of the rate. */
  step_epochs: z.number().positive().default(10),
  /** Epochs without a better validation loss before training ends; 0 for all epochs. */
  patience: z.int().min(0).default(10),
  /** Share of the training days held out, the last ones; 0 trains on all and keeps the last epoch. */
  validation_share: z.number().min(0).max(0.5).default(0.2),
  class_weights: z.enum(["none", "balanced"]).default("none"),
  loss: z
    .union([
      z.enum(["auto", "cross-entropy", "binary", "squared"]),
      z.strictObject({ quantile: z.number().gt(0).lt(1) }),
    ])
    .default("auto"),
};

const TRAINING_OBJECT = z.strictObject(TRAINING);
export type TrainingParams = z.infer<typeof TRAINING_OBJECT>;
