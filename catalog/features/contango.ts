import { defineFeature, rowwise } from "#features";

/** Futures less spot: CMF-30 − VIX, or another VX column (`vx.nearest`, `vx.f1`) − VIX. */
export default defineFeature({
  name: "contango",
  describe: "VX price less VIX",
  unit: "points",
  range: [-60, 20],
  params: { future: "cmf30" },
  inputs: ({ future }) => ({ future, vix: "vix.close" }),
  warmup: () => 0,
  compute: ({ future, vix }) => rowwise([future!, vix!], (f, v) => f - v),
});
