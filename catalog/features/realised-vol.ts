import { SESSIONS_PER_YEAR } from "#core";
import { defineFeature, logReturns, rollingDeviation, simpleReturns } from "#features";

/** Sample deviation of daily returns over `window` returns × √252. Seed 2 §3.1 (log, 21) and §4.1 (simple, 63). */
export default defineFeature({
  name: "realised-vol",
  describe: "realised volatility of daily closes, annualised",
  unit: "volatility",
  range: [0, 3],
  params: { price: "spy.close", window: 21, returns: "log" },
  limits: {
    window: { least: 2, whole: true },
  },
  choices: { returns: ["log", "simple"] },
  inputs: ({ price }) => ({ price }),
  warmup: ({ window }) => window,
  compute: ({ price }, { window, returns }) => {
    const daily = returns === "log" ? logReturns(price!) : simpleReturns(price!);
    return rollingDeviation(daily, window).map((x) => x * Math.sqrt(SESSIONS_PER_YEAR));
  },
});
