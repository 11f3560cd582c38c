import { defineEnvironment } from "#hedge";

export default defineEnvironment({
  name: "gbm",
  describe: "Geometric Brownian motion at 20 %, no costs: where delta is right",
  process: "gbm",
  params: { vol: 0.2 },
  costs: { bps: 0 },
});
