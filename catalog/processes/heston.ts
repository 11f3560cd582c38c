import { HESTON_SCHEMES, defineProcess, hestonStep, warnFeller } from "#quant";
import { z } from "zod";

export default defineProcess({
  name: "heston",
  describe: "Heston: mean-reverting stochastic variance, correlated with the price",
  params: z.strictObject({
    drift: z.number().default(0),
    kappa: z.number().min(0).default(1.5),
    theta: z.number().min(0).default(0.04),
    xi: z.number().min(0).default(0.3),
    rho: z.number().min(-1).max(1).default(-0.6),
    v0: z.number().min(0).default(0.04),
  }),
  schemes: HESTON_SCHEMES,
  warn: warnFeller,
  start: ({ params, dt, scheme }) => ({
    begin({ variance, hidden }) {
      variance.fill(params.v0);
      hidden.fill(params.v0);
    },
    advance: hestonStep(params, dt, scheme),
  }),
});
