import { defineEnvironment } from "#hedge";

export default defineEnvironment({
  name: "crisis",
  describe: "Long-run volatility 60 %, started at 71 %; the original's crisis regime",
  process: "heston",
  params: { drift: -0.05, theta: 0.36, kappa: 0.5, xi: 0.55, rho: -0.7, v0: 0.5 },
  costs: { bps: 20, quadratic: 0.1 },
});
