import { defineFeature, rowwise } from "#features";

/** Upper ends of the bands, decimals a year. Seed 5 §2. */
const BANDS = [0.1, 0.25, 0.4];

/** Band of realised volatility: low 0 (below 10 %), medium 1 (to 25 %), high 2 (to 40 %), crisis 3. */
export default defineFeature({
  name: "vol-band",
  describe: "band of realised volatility: low 0, medium 1, high 2, crisis 3",
  unit: "state",
  range: [0, 3],
  params: { price: "spy.close", window: 20 },
  limits: {
    window: { least: 2, whole: true },
  },
  inputs: ({ price, window }) => ({ vol: `realised-vol(price=${price}, window=${window})` }),
  warmup: () => 0,
  compute: ({ vol }) => rowwise([vol!], (v) => BANDS.filter((end) => v >= end).length),
});
