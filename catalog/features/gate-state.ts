import { defineFeature, foldGate } from "#features";

/** State of the regime gate: CLOSED 0, REDUCE 1, OPEN 2. The machine is `stepGate`. */
export default defineFeature({
  name: "gate-state",
  describe: "state of the regime gate: CLOSED 0, REDUCE 1, OPEN 2",
  unit: "state",
  range: [0, 2],
  params: { future: "cmf30", open: 0.2, closed: -0.3, hysteresis: 0.1, dwell: 2 },
  limits: {
    open: { least: -1, most: 1 },
    closed: { least: -1, most: 1 },
    hysteresis: { least: 0, most: 1 },
    dwell: { least: 0, whole: true },
  },
  inputs: ({ future }) => ({ score: `gate-score(future=${future})` }),
  warmup: () => 0,
  compute: ({ score }, limits) => foldGate(score!, limits).state,
});
