import { defineFeature, rowwise } from "#features";

/** a / b − 1: how far one level lies above another. */
export default defineFeature({
  name: "relative-gap",
  describe: "one level over another, less one",
  unit: "ratio",
  range: [-1, 20],
  params: { a: "vix.close", b: "rolling-mean(of=vix.close, window=20)" },
  inputs: ({ a, b }) => ({ a, b }),
  warmup: () => 0,
  compute: ({ a, b }) => rowwise([a!, b!], (x, y) => x / y - 1),
});
