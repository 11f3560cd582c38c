import { defineFeature } from "#features";
import { constantMaturity30, constantMaturity30Clamped } from "#market";

/**
 * Constant-maturity 30-day VX price, linear in days between the contracts that bracket 30 days; spot is a zero-day
 * point where the first contract is beyond 30. `method=clamped` is the formula of seed 1 §2.2, F1 and F2 with the
 * weight clamped to [0, 1].
 */
export default defineFeature({
  name: "cmf30",
  describe: "constant-maturity 30-day VX price",
  unit: "points",
  range: [5, 120],
  params: { method: "bracketed" },
  choices: { method: ["bracketed", "clamped"] },
  inputs: () => ({
    f1: "vx.f1",
    f2: "vx.f2",
    f3: "vx.f3",
    dte1: "vx.dte1",
    dte2: "vx.dte2",
    dte3: "vx.dte3",
    spot: "vix.close",
  }),
  warmup: () => 0,
  compute: ({ f1, f2, f3, dte1, dte2, dte3, spot }, { method }) =>
    f1!.map((_, t) => {
      const curve = {
        f1: f1![t]!,
        f2: f2![t]!,
        f3: f3![t]!,
        dte1: dte1![t]!,
        dte2: dte2![t]!,
        dte3: dte3![t]!,
        spot: spot![t]!,
      };
      return method === "clamped"
        ? constantMaturity30Clamped(curve)
        : constantMaturity30(curve).value;
    }),
});
