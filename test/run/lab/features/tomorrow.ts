import { defineFeature } from "#features";

/** A planted leak: the value of the next session. */
export default defineFeature({
  name: "tomorrow",
  describe: "for tests: a column a session early",
  unit: "ratio",
  range: [-1000, 1000],
  params: { of: "vix.close" },
  inputs: ({ of }) => ({ of }),
  warmup: () => 0,
  compute: ({ of }) => of!.map((_, t) => of![t + 1] ?? NaN),
});
