import { definePolicy } from "#hedge";

export default definePolicy({
  name: "network",
  describe:
    "Delta plus a bounded residual: a perceptron 64-64 that sees the position it holds, trained",
  network: { hidden: [64, 64], bound: 0.5 },
});
