import { defineEnvironment } from "#hedge";

export default defineEnvironment({
  name: "medium",
  describe: "Volatility 16 %: the documented band from 10 to 25 %",
  process: "heston",
  params: { drift: 0.05, theta: 0.0256, kappa: 2, xi: 0.25, rho: -0.6, v0: 0.0256 },
  costs: { bps: 5 },
});
