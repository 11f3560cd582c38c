import {
  defineModel,
  fitLogistic,
  outputs,
  restoreLinear,
  toProbabilities,
  trainLinear,
} from "#learn";
import { z } from "zod";

/** Logistic regression with an L2 penalty on standardised features, multinomial for more than two classes. */
export default defineModel({
  name: "logistic",
  describe: "logistic regression, L2",
  tasks: ["classes"],
  input: "table",
  params: z.strictObject({
    /** Penalty l2/2·‖b‖² beside the sum of the rows' losses; 1/C of scikit-learn. */
    l2: z.number().positive().default(1),
  }),
  minimumRows: (_, names) => names.length + 1,
  train: (rows, { l2 }) =>
    trainLinear(
      { fit: (x) => fitLogistic(x, outputs(rows.task), l2), link: toProbabilities },
      rows,
    ),
  restore: (state) => restoreLinear(toProbabilities, state),
});
