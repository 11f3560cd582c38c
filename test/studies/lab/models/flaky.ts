import { VolterraError } from "#core";
import { constantShares, defineModel } from "#learn";
import { z } from "zod";

/** A model for tests: equal chances, and a loss that diverges in a share of the fits that its key decides. */
export default defineModel({
  name: "flaky",
  describe: "equal chances that sometimes diverge",
  tasks: ["classes"],
  input: "any",
  params: z.strictObject({ share: z.number().default(0.3) }),
  absentClass: () => true,
  train(rows, { share }, key) {
    if ((key.words[0] >>> 0) / 2 ** 32 < share) {
      throw new VolterraError("MODEL", "the loss is NaN in epoch 1", "Lower the rate.");
    }
    const count = rows.task.kind === "classes" ? rows.task.classes.length : 1;
    return constantShares(Array.from({ length: count }, () => 1 / count));
  },
  restore: () => constantShares([0.5, 0.5]),
});
