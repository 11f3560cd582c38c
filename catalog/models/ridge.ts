import { defineModel, fitRidge, restoreLinear, trainLinear } from "#learn";
import { z } from "zod";

const identity = (scores: Float64Array) => scores;

/** Ridge regression on standardised features. */
export default defineModel({
  name: "ridge",
  describe: "linear regression, L2",
  tasks: ["number"],
  input: "table",
  params: z.strictObject({
    /** Penalty l2·‖b‖² beside the sum of squares; alpha of scikit-learn. */
    l2: z.number().positive().default(1),
  }),
  minimumRows: (_, names) => names.length + 1,
  train: (rows, { l2 }) => trainLinear({ fit: (x) => fitRidge(x, l2), link: identity }, rows),
  restore: (state) => restoreLinear(identity, state),
});
