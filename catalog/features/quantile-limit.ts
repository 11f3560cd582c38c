import { defineFeature } from "#features";
import { quantile } from "#num";

/**
 * A limit learnt from the past: the quantile (Hyndman–Fan type 7) of what is known of the last `window` sessions, today
 * included, or `fallback` while fewer than `minimum` values are known. At least `floor`.
 */
export default defineFeature({
  name: "quantile-limit",
  describe: "rolling quantile with a fallback for a short history",
  unit: "points",
  range: [0, 1000],
  params: { of: "vvix.close", window: 126, q: 0.9, minimum: 20, fallback: 110, floor: 0 },
  inputs: ({ of }) => ({ of }),
  warmup: () => 0,
  compute({ of }, { window, q, minimum, fallback, floor }) {
    let begun = false;
    return of!.map((x, t) => {
      begun ||= !Number.isNaN(x);
      if (!begun) return NaN;
      const known = of!
        .subarray(Math.max(t - window + 1, 0), t + 1)
        .filter((v) => !Number.isNaN(v));
      return Math.max(known.length < minimum ? fallback : quantile(known, q), floor);
    });
  },
});
