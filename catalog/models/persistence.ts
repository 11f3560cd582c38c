import {
  type Core,
  type Samples,
  defineModel,
  featureColumn,
  fitRule,
  outputs,
  restoreRule,
  writeState,
} from "#learn";
import { z } from "zod";

const PARAMS = z.strictObject({
  /** The last known value of what is forecast; may stay empty where there is one feature. */
  feature: z.string().default(""),
  /** Borders of the classes, increasing: a value's class is the number of borders it exceeds. Unused for a number. */
  borders: z.array(z.number()).default([]),
});

type Params = z.infer<typeof PARAMS>;

function decide({ feature, borders }: Params) {
  return (rows: Samples) => {
    const last = outputs(rows.task) - 1;
    return Int32Array.from(featureColumn(rows, feature), (value) => {
      // Without borders the feature is the last class itself.
      const label = borders.length > 0 ? borders.filter((border) => value > border).length : value;
      return Math.min(Math.max(Math.trunc(label), 0), last);
    });
  };
}

function lastValue({ feature }: Params): Core {
  return {
    predict: (rows) => featureColumn(rows, feature),
    state: () => writeState({}),
  };
}

/** What was last is what comes next: the last value, or its class. */
export default defineModel({
  name: "persistence",
  describe: "the next value or class is the last known one",
  tasks: ["classes", "number"],
  input: "any",
  params: PARAMS,
  absentClass: () => true,
  constantFeature: true,
  train(rows, params) {
    if (rows.task.kind === "classes") return fitRule(decide(params), rows);
    featureColumn(rows, params.feature);
    return lastValue(params);
  },
  restore: (state, { params, task }) =>
    task.kind === "classes" ? restoreRule(decide(params), state) : lastValue(params),
});
