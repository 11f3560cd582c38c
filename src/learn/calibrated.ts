import { z } from "zod";
import { type Calibrator, calibrateRows, fitCalibrators } from "./calibration.ts";
import { type Core, type Fitted, type Model, defineModel } from "./model.ts";
import { outputs } from "./samples.ts";
import { readState, writeState } from "./state.ts";
import { cutTail } from "./tail.ts";

const numbers = z.array(z.number());
const STATE = z.object({
  calibrators: z.array(
    z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("platt"), slope: z.number(), intercept: z.number() }),
      z.object({ kind: z.literal("isotonic"), x: numbers, y: numbers }),
    ]),
  ),
  file: z.base64(),
});

/** Share of the training rows, the last ones, that calibrate. */
const HELD = 0.2;

/**
 * A classifier whose probabilities are calibrated on the last fifth of its training rows, which it does not learn
 * from. Weights are not used in calibration, so it also undoes the distortion of class weights. Its name is
 * `model+platt` or `model+isotonic`.
 */
export function calibrated<P>(model: Model<P>, kind: Calibrator["kind"]): Model<P> {
  return defineModel<P>({
    name: `${model.name}+${kind}`,
    describe: `${model.describe}, calibrated (${kind}) on held-out rows`,
    tasks: ["classes"],
    input: model.input,
    params: model.params,
    // The model inside has its own say about these.
    missing: () => true,
    absentClass: () => true,
    constantFeature: true,
    async train(rows, params, key, context) {
      const { head, tail } = cutTail(rows, HELD);
      const inner = await model.fit(head, params, key, context);
      const { values } = inner.predict(tail);
      const classes = outputs(rows.task);
      return core(inner, fitCalibrators(kind, { values, target: tail.target, classes }));
    },
    restore(state) {
      const { calibrators, file } = readState(state, STATE);
      return core(model.load(new Uint8Array(Buffer.from(file, "base64"))), calibrators);
    },
  });
}

function core(inner: Fitted, calibrators: readonly Calibrator[]): Core {
  return {
    predict: (rows) => calibrateRows(calibrators, inner.predict(rows).values, outputs(inner.task)),
    state: () => writeState({ calibrators, file: Buffer.from(inner.save()).toString("base64") }),
    training: inner.training,
  };
}
