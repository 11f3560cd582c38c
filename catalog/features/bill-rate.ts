import { DAYS_PER_YEAR } from "#core";
import { defineFeature } from "#features";

/**
 * Three-month Treasury bill as a simple yield on 365 days from its bank-discount quote d:
 * 365 · d / (360 − 91 · d). Federal Reserve H.15, "Treasury bills (secondary market)".
 */
export default defineFeature({
  name: "bill-rate",
  describe: "three-month Treasury bill, simple yield",
  unit: "rate",
  range: [-0.01, 0.2],
  params: {},
  inputs: () => ({ discount: "dtb3.rate" }),
  warmup: () => 0,
  compute: ({ discount }) => discount!.map((d) => (DAYS_PER_YEAR * d) / (360 - 91 * d)),
});
