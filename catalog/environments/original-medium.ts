import { defineEnvironment } from "#hedge";

export default defineEnvironment({
  name: "original-medium",
  describe: "The original's medium regime: long-run volatility 24 %",
  process: "heston",
  params: { drift: 0.03, theta: 0.06, kappa: 1.2, xi: 0.25, rho: -0.25, v0: 0.06 },
  costs: { bps: 5, multiple: 0.5 },
});
