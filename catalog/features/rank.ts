import { defineFeature, rollingRank } from "#features";

/** Min–max rank within the window, (x − min) / (max − min): "IV rank". */
export default defineFeature({
  name: "rank",
  describe: "min–max rank of a column within the last sessions",
  unit: "share",
  range: [0, 1],
  params: { of: "vix.close", window: 252 },
  limits: {
    window: { least: 1, whole: true },
  },
  inputs: ({ of }) => ({ of }),
  warmup: ({ window }) => window - 1,
  compute: ({ of }, { window }) => rollingRank(of!, window),
});
