import { defineFeature, rollingMean } from "#features";

/** Mean of the last `window` sessions. */
export default defineFeature({
  name: "rolling-mean",
  describe: "mean of a column over the last sessions",
  unit: "points",
  range: [0, 1000],
  params: { of: "vix.close", window: 50 },
  limits: {
    window: { least: 1, whole: true },
  },
  inputs: ({ of }) => ({ of }),
  warmup: ({ window }) => window - 1,
  compute: ({ of }, { window }) => rollingMean(of!, window),
});
