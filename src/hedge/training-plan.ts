import { VolterraError } from "#core";
import { z } from "zod";

/** How long and how fast a hedger learns. */
export const TRAINING_PLAN = z.strictObject({
  /** Updates of plain ERM shared by all methods, then of each method. */
  pretrain: z.int().min(0).default(1000),
  updates: z.int().min(0).default(300),
  /** Updates over which λ rises from nil. */
  ramp: z.int().min(0).default(100),
  /** `adaptive` moves λ by the held-out risk instead: see `adaptLambda`. */
  schedule: z.enum(["ramp", "adaptive"]).default("ramp"),
  /** Paths of each environment in an update, and of all kept at a time. */
  batch: z.int().default(256),
  pool: z.int().default(4096),
  /** Updates after which the paths kept are drawn afresh; 0 keeps the first, which a network learns by heart. */
  refresh: z.int().min(0).default(64),
  rate: z.number().positive().default(1e-3),
  /** Share of the rate left at the end of half a cosine. */
  floor: z.number().min(0).max(1).default(0.1),
  decay: z.number().min(0).default(1e-6),
  clip: z.number().min(0).default(1),
  /** Step of a threshold, in premiums. */
  threshold: z.number().positive().default(0.005),
  /** Which weights remain: the last, or those of the note after the ramp with the lowest held-out risk. */
  keep: z.enum(["last", "best"]).default("best"),
  /** Updates between two notes of the history. */
  every: z.int().min(1).default(25),
});
export type TrainingPlan = z.infer<typeof TRAINING_PLAN>;

/** Throws `VolterraError("SPEC")` for a batch that cannot be halved into tiles, or a pool of no whole batches. */
export function checkBatch({ batch, pool }: Pick<TrainingPlan, "batch" | "pool">): void {
  if (!(batch >= 32 && batch % 32 === 0)) {
    throw new VolterraError(
      "SPEC",
      `${batch} paths of an environment in a batch`,
      "Take a multiple of 32.",
    );
  }
  if (!(pool >= batch && pool % batch === 0)) {
    throw new VolterraError(
      "SPEC",
      `${pool} paths are not a multiple of the batch's ${batch}`,
      "Take whole batches.",
    );
  }
}
