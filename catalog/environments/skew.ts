import { defineEnvironment } from "#hedge";

export default defineEnvironment({
  name: "skew",
  describe: "Volatility 18 % with a steep skew: rho -0.9, volatile variance",
  process: "heston",
  params: { drift: 0.03, theta: 0.0324, kappa: 3, xi: 0.6, rho: -0.9, v0: 0.0324 },
  costs: { bps: 5 },
});
