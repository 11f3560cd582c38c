import { defineProcess, diffusionStep, jumpCompensator, jumpStep } from "#quant";
import { z } from "zod";

export default defineProcess({
  name: "merton",
  describe: "Merton: geometric Brownian motion with lognormal jumps that add no drift, exact",
  params: z.strictObject({
    drift: z.number().default(0),
    vol: z.number().min(0).default(0.2),
    intensity: z.number().min(0).default(0.2),
    jumpMean: z.number().default(-0.02),
    jumpDeviation: z.number().min(0).default(0.03),
  }),
  schemes: ["exact"],
  start: ({ params, dt }) => {
    const diffuse = diffusionStep(params.drift - jumpCompensator(params), params.vol, dt);
    const jump = jumpStep(params, dt);
    return {
      begin: ({ variance }) => variance.fill(params.vol * params.vol),
      advance(tile, step) {
        diffuse(tile, step);
        jump(tile, step);
      },
    };
  },
});
