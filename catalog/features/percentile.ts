import { defineFeature, rollingPercentile } from "#features";

/** Share of the `window` sessions before today that lie below today: "IV percentile". */
export default defineFeature({
  name: "percentile",
  describe: "share of the previous sessions below today's value",
  unit: "share",
  range: [0, 1],
  params: { of: "vix.close", window: 252 },
  limits: {
    window: { least: 1, whole: true },
  },
  inputs: ({ of }) => ({ of }),
  warmup: ({ window }) => window,
  compute: ({ of }, { window }) => rollingPercentile(of!, window),
});
