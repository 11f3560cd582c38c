import { defineEnvironment } from "#hedge";

export default defineEnvironment({
  name: "low",
  describe: "Volatility 9 %: below the documented band of 10 %",
  process: "heston",
  params: { drift: 0.05, theta: 0.0081, kappa: 2, xi: 0.12, rho: -0.5, v0: 0.0081 },
  costs: { bps: 5 },
});
