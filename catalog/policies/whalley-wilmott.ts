import { definePolicy, stepwise } from "#hedge";

/** Aversion to risk of the band, per unit of currency at a share of 100. */
const AVERSION = 1;

/**
 * Delta, traded only to the edge of a band around it: half-width (3/2 · λ·S·Γ²/γ)^(1/3), λ the proportional cost, γ the
 * aversion (A. Whalley, P. Wilmott, Mathematical Finance 7 (1997), 307–324; no discounting).
 */
export default definePolicy({
  name: "whalley-wilmott",
  describe: "Delta with the no-trade band of Whalley and Wilmott",
  rule: stepwise(({ delta, gamma, linear }, k, before) => {
    const width = Math.cbrt((1.5 * linear[k]! * gamma[k]! * gamma[k]!) / AVERSION);
    return Math.min(delta[k]! + width, Math.max(delta[k]! - width, before));
  }),
});
