import { type Samples, defineModel, featureColumn, fitRule, outputs, restoreRule } from "#learn";
import { z } from "zod";

const PARAMS = z.strictObject({
  /** The last known change; may stay empty where there is one feature. */
  feature: z.string().default(""),
});

function decide({ feature }: z.infer<typeof PARAMS>) {
  return (rows: Samples) => {
    const last = outputs(rows.task) - 1;
    return Int32Array.from(featureColumn(rows, feature), (change) => (change > 0 ? last : 0));
  };
}

/** The last class (up) after a rise, the first (down) after a fall or no change: what happened goes on. */
export default defineModel({
  name: "sign-of-yesterday",
  describe: "the direction of the last change goes on",
  tasks: ["classes"],
  input: "any",
  params: PARAMS,
  absentClass: () => true,
  constantFeature: true,
  train: (rows, params) => fitRule(decide(params), rows),
  restore: (state, { params }) => restoreRule(decide(params), state),
});
