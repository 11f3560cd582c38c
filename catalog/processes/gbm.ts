import { defineProcess, diffusionStep } from "#quant";
import { z } from "zod";

export default defineProcess({
  name: "gbm",
  describe: "Geometric Brownian motion: constant drift and volatility, exact",
  params: z.strictObject({
    drift: z.number().default(0),
    vol: z.number().min(0).default(0.2),
  }),
  schemes: ["exact"],
  start: ({ params, dt }) => ({
    begin: ({ variance }) => variance.fill(params.vol * params.vol),
    advance: diffusionStep(params.drift, params.vol, dt),
  }),
});
