import { scheduledSessions } from "#backtest";
import { defineFeature } from "#features";

/**
 * Return over the session of a short position in the VX contract that was held at its start: the first monthly one with
 * more than `rollSessions` sessions to its expiry, as scheduled at the close before, −(settle(t) / settle(t − 1) − 1). The contract is
 * the same on both days, so that a roll adds nothing.
 */
export default defineFeature({
  name: "short-vx-return",
  describe: "return of a short position in the VX contract held",
  unit: "return",
  range: [-3, 1],
  params: { rollSessions: 5 },
  limits: {
    rollSessions: { least: 0, whole: true },
  },
  inputs: () => ({
    f1: "vx.f1",
    f2: "vx.f2",
    expiry1: "vx.expiry1",
    expiry2: "vx.expiry2",
  }),
  warmup: () => 1,
  compute(inputs, { rollSessions }, days) {
    const f1 = inputs.f1!;
    const f2 = inputs.f2!;
    const expiry1 = inputs.expiry1!;
    const expiry2 = inputs.expiry2!;
    const settle = (t: number, expiry: number): number => {
      if (expiry1[t] === expiry) return f1[t]!;
      return expiry2[t] === expiry ? f2[t]! : NaN;
    };
    return f1.map((_, t) => {
      if (t === 0) return NaN;
      const start = days[t - 1]!;
      const first = scheduledSessions(start, expiry1[t - 1]!, start) > rollSessions;
      const expiry = (first ? expiry1 : expiry2)[t - 1]!;
      return 1 - settle(t, expiry) / settle(t - 1, expiry);
    });
  },
});
