import { defineFeature, rowwise } from "#features";

/** VIX1D / VIX: how much of the month's volatility is expected today. VIX1D begins on 2023-04-24. */
export default defineFeature({
  name: "vix1d-ratio",
  describe: "VIX1D over VIX",
  unit: "ratio",
  range: [0, 10],
  params: {},
  inputs: () => ({ vix1d: "vix1d.close", vix: "vix.close" }),
  warmup: () => 0,
  compute: ({ vix1d, vix }) => rowwise([vix1d!, vix!], (day, month) => day / month),
});
