import { definePolicy } from "#hedge";

export default definePolicy({
  name: "delta",
  describe: "Black-Scholes delta at the marked volatility, re-hedged every session",
  rule: ({ delta }) => ({ stock: delta }),
});
