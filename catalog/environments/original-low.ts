import { defineEnvironment } from "#hedge";

export default defineEnvironment({
  name: "original-low",
  describe: "The original's low regime: long-run volatility 17 %",
  process: "heston",
  params: { drift: 0.05, theta: 0.03, kappa: 1.6, xi: 0.2, rho: -0.1, v0: 0.03 },
  costs: { bps: 5, multiple: 0.5 },
});
