import { defineEnvironment } from "#hedge";

export default defineEnvironment({
  name: "brisk",
  describe: "Volatility 22 %: the upper part of the documented medium band",
  process: "heston",
  params: { drift: 0.03, theta: 0.0484, kappa: 2, xi: 0.35, rho: -0.4, v0: 0.0484 },
  costs: { bps: 5 },
});
