import { defineEnvironment } from "#hedge";

export default defineEnvironment({
  name: "illiquid",
  describe: "The medium regime with four times the spread and impact",
  process: "heston",
  params: { drift: 0.03, theta: 0.0256, kappa: 2, xi: 0.25, rho: -0.6, v0: 0.0256 },
  costs: { bps: 20, quadratic: 0.1 },
});
