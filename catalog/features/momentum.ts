import { defineFeature, lag } from "#features";

/** Return over `lookback` sessions that ended `skip` sessions ago: p(t − skip) / p(t − skip − lookback) − 1. */
export default defineFeature({
  name: "momentum",
  describe: "return over a past stretch that leaves out the last sessions",
  unit: "return",
  range: [-1, 10],
  params: { price: "spy.adjClose", lookback: 251, skip: 21 },
  limits: {
    lookback: { least: 1, whole: true },
    skip: { least: 0, whole: true },
  },
  inputs: ({ price }) => ({ price }),
  warmup: ({ lookback, skip }) => lookback + skip,
  compute: ({ price }, { lookback, skip }) => {
    const end = lag(price!, skip);
    const start = lag(price!, skip + lookback);
    return end.map((p, t) => p / start[t]! - 1);
  },
});
