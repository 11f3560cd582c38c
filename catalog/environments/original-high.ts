import { defineEnvironment } from "#hedge";

export default defineEnvironment({
  name: "original-high",
  describe: "The original's high regime: long-run volatility 40 %",
  process: "heston",
  params: { drift: 0, theta: 0.16, kappa: 0.9, xi: 0.35, rho: -0.35, v0: 0.18 },
  costs: { bps: 20, quadratic: 0.1 },
});
