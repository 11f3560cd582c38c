import { definePolicy } from "#hedge";

export default definePolicy({
  name: "plain-network",
  describe: "A perceptron 64-64 whose output is the position, no delta beneath it, trained",
  network: { hidden: [64, 64] },
});
