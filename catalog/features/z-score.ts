import { defineFeature, rollingDeviation, rollingMean } from "#features";

/** (x − mean) / deviation over the last `window` sessions, today included; 0 where they are all the same. */
export default defineFeature({
  name: "z-score",
  describe: "distance to the mean of the last sessions in their deviations",
  unit: "ratio",
  range: [-60, 60],
  params: { of: "vvix.close", window: 252 },
  limits: {
    window: { least: 2, whole: true },
  },
  inputs: ({ of }) => ({ of }),
  warmup: ({ window }) => window - 1,
  compute: ({ of }, { window }) => {
    const mean = rollingMean(of!, window);
    const deviation = rollingDeviation(of!, window);
    return of!.map((x, t) => {
      const spread = deviation[t]!;
      return spread === 0 ? 0 : (x - mean[t]!) / spread;
    });
  },
});
