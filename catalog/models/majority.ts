import { classCounts, constantShares, defineModel, restoreShares } from "#learn";
import { z } from "zod";

/**
 * The most frequent class of the training rows, the first of equals, at its share (n + 1) / (N + K); the other
 * classes share the rest equally.
 */
export default defineModel({
  name: "majority",
  describe: "always the most frequent class of the training rows",
  tasks: ["classes"],
  input: "any",
  params: z.strictObject({}),
  absentClass: () => true,
  constantFeature: true,
  train(rows) {
    const counts = classCounts(rows);
    const leader = counts.indexOf(Math.max(...counts));
    const share = (counts[leader]! + 1) / (rows.target.length + counts.length);
    const rest = (1 - share) / (counts.length - 1);
    return constantShares(Array.from(counts, (_, c) => (c === leader ? share : rest)));
  },
  restore: restoreShares,
});
