import { lastAtOrBefore } from "#core";
import { defineFeature } from "#features";
import { sortedQuantile } from "#num";

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
  limits: {
    window: { least: 1, whole: true },
    q: { least: 0, most: 1 },
    minimum: { least: 1, whole: true },
  },
  inputs: ({ of }) => ({ of }),
  warmup: () => 0,
  compute({ of }, { window, q, minimum, fallback, floor }) {
    const limits = new Float64Array(of!.length).fill(NaN);
    const sorted: number[] = [];
    let begun = false;
    of!.forEach((x, t) => {
      begun ||= !Number.isNaN(x);
      if (!begun) return;
      if (!Number.isNaN(x)) sorted.splice(lastAtOrBefore(sorted, x) + 1, 0, x);
      const gone = of![t - window] ?? NaN;
      if (!Number.isNaN(gone)) sorted.splice(lastAtOrBefore(sorted, gone), 1);
      limits[t] = Math.max(sorted.length < minimum ? fallback : sortedQuantile(sorted, q), floor);
    });
    return limits;
  },
});
