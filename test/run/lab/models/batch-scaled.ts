import { defineModel, fitScaler } from "#learn";
import { z } from "zod";

/** A planted leak: it scales by the rows that it is asked about, later ones included. */
export default defineModel({
  name: "batch-scaled",
  describe: "for tests: the sign of the first feature, as the rows asked about scale it",
  tasks: ["classes"],
  input: "table",
  params: z.strictObject({}),
  train: ({ task }) => {
    const classes = task.kind === "classes" ? task.classes.length : 1;
    return {
      predict: (asked) => {
        const [center] = fitScaler(asked).mean;
        const width = asked.names.length;
        return Float64Array.from({ length: classes * asked.times.length }, (_, i) => {
          const high = asked.features[Math.floor(i / classes) * width]! > center!;
          return (i % classes === 0) === high ? 0.6 : 0.4 / (classes - 1);
        });
      },
      state: () => new Uint8Array(),
    };
  },
  restore: () => {
    throw new RangeError("never stored");
  },
});
