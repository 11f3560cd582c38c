import { definePolicy } from "#hedge";

/** Most of the second option that is held. */
const MOST = 2;

export default definePolicy({
  name: "delta-vega",
  describe: "Vega hedged with a call of twice the maturity, the rest of delta with the share",
  rule: ({ delta, vega, ...episodes }) => {
    const second = episodes.second();
    const option = vega.map((v, k) => Math.min(MOST, v / Math.max(1e-6, second.vega[k]!)));
    const stock = delta.map((d, k) => d - option[k]! * second.delta[k]!);
    return { stock, option };
  },
});
