import { defineEnvironment } from "#hedge";

export default defineEnvironment({
  name: "high",
  describe: "Volatility 32 %: the documented band from 25 to 40 %",
  process: "heston",
  params: { drift: 0, theta: 0.1024, kappa: 1.5, xi: 0.5, rho: -0.6, v0: 0.1024 },
  costs: { bps: 10, quadratic: 0.05 },
});
