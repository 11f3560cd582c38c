import { toPercent } from "#core";
import { defineFeature, rowwise } from "#features";

/** Volatility risk premium, VIX − 100 · RV. Seed 2 §3.1. */
export default defineFeature({
  name: "vrp",
  describe: "volatility risk premium: VIX less realised volatility",
  unit: "points",
  range: [-150, 60],
  params: { price: "spy.close", window: 21 },
  limits: {
    window: { least: 2, whole: true },
  },
  inputs: ({ price, window }) => ({
    vix: "vix.close",
    realised: `realised-vol(price=${price}, window=${window})`,
  }),
  warmup: () => 0,
  compute: ({ vix, realised }) => rowwise([vix!, realised!], (v, rv) => v - toPercent(rv)),
});
