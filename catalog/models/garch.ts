import { defineModel, restoreGarch, trainGarch } from "#learn";
import { z } from "zod";

/** GARCH(1,1) by maximum likelihood on the returns of the training windows; forecasts annualised volatility. */
export default defineModel({
  name: "garch",
  describe: "volatility by GARCH(1,1)",
  tasks: ["number"],
  input: "sequence",
  params: z.strictObject({}),
  train: (rows) => trainGarch("garch", rows),
  restore: restoreGarch,
});
