import { defineFeature, simpleReturns } from "#features";

/** x(t) / x(t − by) − 1. */
export default defineFeature({
  name: "simple-return",
  describe: "simple return of a column over some sessions",
  unit: "return",
  range: [-1, 10],
  params: { of: "spy.adjClose", by: 1 },
  limits: {
    by: { least: 1, whole: true },
  },
  inputs: ({ of }) => ({ of }),
  warmup: ({ by }) => by,
  compute: ({ of }, { by }) => simpleReturns(of!, by),
});
