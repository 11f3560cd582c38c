import {
  HESTON_SCHEMES,
  defineProcess,
  hestonStep,
  jumpCompensator,
  jumpStep,
  warnFeller,
} from "#quant";
import { z } from "zod";

export default defineProcess({
  name: "bates",
  describe: "Bates: Heston's variance with lognormal jumps in the price that add no drift",
  params: z.strictObject({
    drift: z.number().default(0),
    kappa: z.number().min(0).default(1.5),
    theta: z.number().min(0).default(0.04),
    xi: z.number().min(0).default(0.3),
    rho: z.number().min(-1).max(1).default(-0.6),
    v0: z.number().min(0).default(0.04),
    intensity: z.number().min(0).default(0.2),
    jumpMean: z.number().default(-0.02),
    jumpDeviation: z.number().min(0).default(0.03),
  }),
  schemes: HESTON_SCHEMES,
  warn: warnFeller,
  start: ({ params, dt, scheme }) => {
    const drift = params.drift - jumpCompensator(params);
    const diffuse = hestonStep({ ...params, drift }, dt, scheme);
    const jump = jumpStep(params, dt);
    return {
      begin({ variance, hidden }) {
        variance.fill(params.v0);
        hidden.fill(params.v0);
      },
      advance(tile, step) {
        diffuse(tile, step);
        jump(tile, step);
      },
    };
  },
});
