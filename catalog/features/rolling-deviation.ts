import { defineFeature, rollingDeviation } from "#features";

/** Sample deviation of the last `window` sessions. */
export default defineFeature({
  name: "rolling-deviation",
  describe: "sample deviation of a column over the last sessions",
  unit: "ratio",
  range: [0, 1000],
  params: { of: "simple-return", window: 5 },
  limits: {
    window: { least: 2, whole: true },
  },
  inputs: ({ of }) => ({ of }),
  warmup: ({ window }) => window - 1,
  compute: ({ of }, { window }) => rollingDeviation(of!, window),
});
