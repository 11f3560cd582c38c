import { type Samples, defineModel, featureColumn, fitRule, outputs, restoreRule } from "#learn";
import { z } from "zod";

const PARAMS = z.strictObject({
  /** Distance of the value to its moving average; may stay empty where there is one feature. */
  feature: z.string().default(""),
  /** What follows a value above its average: a return to it ("first" class, down) or more of the same ("last"). */
  above: z.enum(["first", "last"]).default("first"),
});

function decide({ feature, above }: z.infer<typeof PARAMS>) {
  return (rows: Samples) => {
    const last = outputs(rows.task) - 1;
    const [high, low] = above === "first" ? [0, last] : [last, 0];
    return Int32Array.from(featureColumn(rows, feature), (distance) => (distance > 0 ? high : low));
  };
}

/** Down where the value is above its moving average, up where it is not. */
export default defineModel({
  name: "moving-average-distance",
  describe: "a value returns to its moving average",
  tasks: ["classes"],
  input: "any",
  params: PARAMS,
  absentClass: () => true,
  constantFeature: true,
  train: (rows, params) => fitRule(decide(params), rows),
  restore: (state, { params }) => restoreRule(decide(params), state),
});
