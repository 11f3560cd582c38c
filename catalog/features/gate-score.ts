import { defineFeature, rowwise } from "#features";

function clip(x: number, low: number, high: number): number {
  return Math.min(Math.max(x, low), high);
}

/**
 * Score of the regime gate, the mean of three parts in [−1, 1]: VIX level (12 … 35), VVIX level (80 … 140) and
 * contango (±5 points). Higher is calmer.
 */
export default defineFeature({
  name: "gate-score",
  describe: "how calm the volatility market is, −1 … 1",
  unit: "score",
  range: [-1, 1],
  params: { future: "cmf30" },
  inputs: ({ future }) => ({
    vix: "vix.close",
    vvix: "vvix.close",
    contango: `contango(future=${future})`,
  }),
  warmup: () => 0,
  compute: ({ vix, vvix, contango }) =>
    rowwise([vix!, vvix!, contango!], (v, vv, c) => {
      const level = 1 - (2 * (clip(v, 12, 35) - 12)) / 23;
      const volOfVol = 1 - (2 * (clip(vv, 80, 140) - 80)) / 60;
      return (level + volOfVol + clip(c / 5, -1, 1)) / 3;
    }),
});
