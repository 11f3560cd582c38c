import { defineTarget } from "#features";

/**
 * Class of the change over the next session: 0 (down) where x(t + 1) / x(t) − 1 ≤ low, 2 (up) where it is > high, else 1
 * (neutral). `late` sessions later still where above 0: the class of x(t + late + 1) / x(t + late) − 1.
 */
export default defineTarget({
  name: "direction",
  describe: "class of the next change: 0 down, 1 neutral, 2 up",
  unit: "state",
  params: { of: "vix.close", low: -0.01, high: 0.01, late: 0 },
  limits: {
    late: { least: 0, whole: true },
  },
  inputs: ({ of }) => ({ of }),
  horizon: ({ late }) => late + 1,
  compute: ({ of }, { low, high, late }) =>
    of!.map((_, t) => {
      const change = of![t + late + 1]! / of![t + late]! - 1;
      if (!Number.isFinite(change)) return NaN;
      return change <= low ? 0 : change <= high ? 1 : 2;
    }),
});
