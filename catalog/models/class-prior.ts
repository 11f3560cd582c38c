import { classCounts, constantShares, defineModel, restoreShares } from "#learn";
import { z } from "zod";

/** The share of each class among the training rows, (n + 1) / (N + K): no row is told from another. */
export default defineModel({
  name: "class-prior",
  describe: "the shares of the classes in the training rows",
  tasks: ["classes"],
  input: "any",
  params: z.strictObject({}),
  absentClass: () => true,
  constantFeature: true,
  train(rows) {
    const counts = classCounts(rows);
    const total = rows.target.length + counts.length;
    return constantShares(Array.from(counts, (count) => (count + 1) / total));
  },
  restore: restoreShares,
});
