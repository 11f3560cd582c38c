import { defineModel, restoreBoosted, trainBoosted } from "#learn";
import { z } from "zod";

const PARAMS = z.strictObject({
  max_depth: z.int().min(1).max(10).default(5),
  learning_rate: z.number().positive().max(1).default(0.05),
  n_estimators: z.int().positive().default(200),
  subsample: z.number().positive().max(1).default(0.8),
  colsample_bytree: z.number().positive().max(1).default(0.8),
  min_child_weight: z.number().min(0).default(3),
  gamma: z.number().min(0).default(0.1),
  reg_alpha: z.number().min(0).default(0.1),
  reg_lambda: z.number().min(0).default(1),
  early_stopping_rounds: z.int().min(0).default(0),
  validation_share: z.number().positive().max(0.5).default(0.2),
  /** Whether NaN is refused or taken for missing, each split learning where missing values go. */
  missing: z.enum(["refuse", "learn"]).default("refuse"),
});

/** Gradient-boosted trees on histograms (Chen & Guestrin, "XGBoost", KDD 2016), in XGBoost's own terms. */
export default defineModel<z.infer<typeof PARAMS>>({
  name: "gbt",
  describe: "gradient-boosted trees",
  tasks: ["classes", "number"],
  input: "table",
  params: PARAMS,
  missing: ({ missing }) => missing === "learn",
  minimumRows: () => 2,
  train: trainBoosted,
  restore: restoreBoosted,
});
