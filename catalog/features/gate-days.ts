import { defineFeature, foldGate } from "#features";

/** Days that the regime gate has been in its state, today included. */
export default defineFeature({
  name: "gate-days",
  describe: "days in the state of the regime gate",
  unit: "sessions",
  range: [1, 2000],
  params: { future: "cmf30", open: 0.2, closed: -0.3, hysteresis: 0.1, dwell: 2 },
  limits: {
    open: { least: -1, most: 1 },
    closed: { least: -1, most: 1 },
    hysteresis: { least: 0, most: 1 },
    dwell: { least: 0, whole: true },
  },
  inputs: ({ future }) => ({ score: `gate-score(future=${future})` }),
  warmup: () => 0,
  compute: ({ score }, limits) => foldGate(score!, limits).days,
});
