import { toPercent } from "#core";
import { defineFeature, rowwise } from "#features";

/** States, the first whose rule holds. Seed 3 §4.3; its order is that of the original's code. */
const [LOW_VOL, HIGH_VOL, EXPANSION, CONTRACTION, NEUTRAL] = [0, 1, 2, 3, 4];

/**
 * Regime by rule: low_vol 0 (VIX < 15 and rank < 30 %), high_vol 1 (VIX > 25 or rank > 80 %), iv_expansion 2
 * (HV/IV > 0.9 and rank > 50 %), iv_contraction 3 (HV/IV < 0.6 and rank < 50 %), neutral 4. The rank of VIX is that of
 * 252 sessions: `percentile`, the share of earlier ones below, or `rank`, min–max. HV is of 20 log returns.
 */
export default defineFeature({
  name: "rule-regime",
  describe: "low_vol 0, high_vol 1, iv_expansion 2, iv_contraction 3, neutral 4",
  unit: "state",
  range: [0, 4],
  params: { price: "spy.close", iv: "vix.close", rank: "percentile", window: 252 },
  limits: {
    window: { least: 1, whole: true },
  },
  inputs: ({ price, iv, rank, window }) => ({
    iv,
    rank: `${rank}(of=${iv}, window=${window})`,
    hv: `realised-vol(price=${price}, window=20)`,
  }),
  warmup: () => 0,
  compute: ({ iv, rank, hv }) =>
    rowwise([iv!, rank!, hv!], (v, r, h) => {
      const ratio = toPercent(h) / v;
      if (v < 15 && r < 0.3) return LOW_VOL!;
      if (v > 25 || r > 0.8) return HIGH_VOL!;
      if (ratio > 0.9 && r > 0.5) return EXPANSION!;
      return ratio < 0.6 && r < 0.5 ? CONTRACTION! : NEUTRAL!;
    }),
});
