import { defineFeature, rowwise } from "#features";

/** VIX − CMF-30, the spot–futures spread. Seed 1 §2.3. */
export default defineFeature({
  name: "cmf-spread",
  describe: "VIX less the constant-maturity 30-day VX",
  unit: "points",
  range: [-20, 60],
  params: { method: "bracketed" },
  choices: { method: ["bracketed", "clamped"] },
  inputs: ({ method }) => ({ cmf: `cmf30(method=${method})`, vix: "vix.close" }),
  warmup: () => 0,
  compute: ({ cmf, vix }) => rowwise([vix!, cmf!], (v, c) => v - c),
});
