import { defineFeature, lag } from "#features";

/** x(t) − x(t − by). */
export default defineFeature({
  name: "change",
  describe: "change of a column over some sessions",
  unit: "ratio",
  range: [-1000, 1000],
  params: { of: "dgs10.rate", by: 5 },
  limits: {
    by: { least: 1, whole: true },
  },
  inputs: ({ of }) => ({ of }),
  warmup: ({ by }) => by,
  compute: ({ of }, { by }) => {
    const before = lag(of!, by);
    return of!.map((x, t) => x - before[t]!);
  },
});
