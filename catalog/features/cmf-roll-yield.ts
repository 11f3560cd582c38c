import { DAYS_PER_YEAR } from "#core";
import { defineFeature, rowwise } from "#features";

/** (CMF-30 − VIX) / VIX · 365/30, the annualised roll yield. Seed 1 §2.3. */
export default defineFeature({
  name: "cmf-roll-yield",
  describe: "annualised roll yield of the constant-maturity 30-day VX",
  unit: "ratio",
  range: [-12, 8],
  params: { method: "bracketed" },
  choices: { method: ["bracketed", "clamped"] },
  inputs: ({ method }) => ({ cmf: `cmf30(method=${method})`, vix: "vix.close" }),
  warmup: () => 0,
  compute: ({ cmf, vix }) => rowwise([cmf!, vix!], (c, v) => ((c - v) / v) * (DAYS_PER_YEAR / 30)),
});
