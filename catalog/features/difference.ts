import { defineFeature, rowwise } from "#features";

/** a − b. */
export default defineFeature({
  name: "difference",
  describe: "one column less another",
  unit: "ratio",
  range: [-1000, 1000],
  params: { a: "vx.f6", b: "vx.f1" },
  inputs: ({ a, b }) => ({ a, b }),
  warmup: () => 0,
  compute: ({ a, b }) => rowwise([a!, b!], (x, y) => x - y),
});
