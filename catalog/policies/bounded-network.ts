import { definePolicy } from "#hedge";

export default definePolicy({
  name: "bounded-network",
  describe: "Delta plus a residual within ±5: the range the original gave its positions, trained",
  network: { hidden: [64, 64], bound: 5 },
});
