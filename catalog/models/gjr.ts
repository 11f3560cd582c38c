import { defineModel, restoreGarch, trainGarch } from "#learn";
import { z } from "zod";

/** GJR-GARCH(1,1), in which falls may weigh more than rises, by maximum likelihood on the returns of the training windows; forecasts annualised volatility. */
export default defineModel({
  name: "gjr",
  describe: "volatility by GJR-GARCH(1,1)",
  tasks: ["number"],
  input: "sequence",
  params: z.strictObject({}),
  train: (rows) => trainGarch("gjr", rows),
  restore: restoreGarch,
});
