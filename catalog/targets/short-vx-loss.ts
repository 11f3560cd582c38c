import { defineTarget } from "#features";

/**
 * 1 where a short position in the VX contract then held loses `loss` or more on one of the next `days` sessions, else 0.
 * Seed 1 §5, on the contract of `short-vx-return`. NaN where one of the sessions is not known yet.
 */
export default defineTarget({
  name: "short-vx-loss",
  describe: "a short VX contract loses a tenth in a session of the next five: 1, else 0",
  unit: "state",
  params: { days: 5, loss: 0.1, rollSessions: 5 },
  limits: {
    days: { least: 1, whole: true },
    loss: { above: 0, most: 1 },
    rollSessions: { least: 0, whole: true },
  },
  inputs: ({ rollSessions }) => ({ held: `short-vx-return(rollSessions=${rollSessions})` }),
  horizon: ({ days }) => days,
  compute: ({ held }, { days, loss }) =>
    held!.map((_, t) => {
      const next = held!.subarray(t + 1, t + 1 + days);
      if (next.length < days || next.some(Number.isNaN)) return NaN;
      return Math.min(...next) <= -loss ? 1 : 0;
    }),
});
