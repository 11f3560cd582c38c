import { type Core, type Samples, defineModel, featureColumn, outputs, writeState } from "#learn";
import { z } from "zod";

const PARAMS = z.strictObject({
  feature: z.string().default("gate-score"),
  /** The score, −1 … 1, below which risk is expected. */
  threshold: z.number().gt(-1).lt(1).default(0.1),
});

/**
 * The gate's score as a forecast of risk: P(last class) falls from 1 at score −1 to 0.5 at the threshold and to 0 at
 * score 1, in two straight lines. Nothing is learned, and the numbers are an order, not a probability.
 */
function forecast({ feature, threshold }: z.infer<typeof PARAMS>): Core {
  return {
    predict(rows: Samples) {
      const count = outputs(rows.task);
      const out = new Float64Array(rows.times.length * count);
      featureColumn(rows, feature).forEach((score, row) => {
        const side = score < threshold ? 1 + threshold : 1 - threshold;
        const risk = Math.min(1, Math.max(0, 0.5 + (0.5 * (threshold - score)) / side));
        out[row * count] = 1 - risk;
        out[(row + 1) * count - 1] = risk;
      });
      return out;
    },
    state: () => writeState({}),
  };
}

export default defineModel({
  name: "gate-score",
  describe: "risk where the gate's score is low",
  tasks: ["classes"],
  input: "any",
  params: PARAMS,
  absentClass: () => true,
  constantFeature: true,
  train(rows, params) {
    featureColumn(rows, params.feature);
    return forecast(params);
  },
  restore: (_, { params }) => forecast(params),
});
