import { defineEnvironment } from "#hedge";

export default defineEnvironment({
  name: "jump",
  describe: "Volatility 18 % and three jumps a year of -4 % on average",
  process: "bates",
  params: {
    drift: 0.03,
    theta: 0.0256,
    kappa: 2,
    xi: 0.25,
    rho: -0.5,
    v0: 0.0256,
    intensity: 3,
    jumpMean: -0.04,
    jumpDeviation: 0.04,
  },
  costs: { bps: 5 },
});
