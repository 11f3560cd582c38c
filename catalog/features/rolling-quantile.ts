import { defineFeature, rollingQuantile } from "#features";

/** Quantile of the last `window` sessions, today included (Hyndman–Fan type 7). */
export default defineFeature({
  name: "rolling-quantile",
  describe: "quantile of a column over the last sessions",
  unit: "points",
  range: [0, 1000],
  params: { of: "vvix.close", window: 126, q: 0.9 },
  limits: {
    window: { least: 1, whole: true },
    q: { least: 0, most: 1 },
  },
  inputs: ({ of }) => ({ of }),
  warmup: ({ window }) => window - 1,
  compute: ({ of }, { window, q }) => rollingQuantile(of!, window, q),
});
