import { describe, expect, it } from "vitest";
import { key, toNumber, uniforms } from "#core";
import { type Model, type Samples, samples } from "#learn";
import { auditModel, leakText } from "#run";
import { catalog } from "./worlds.ts";

const N = 160;
const TRAINED = 110;

/** One epoch, few trees: what is audited does not depend on how long a model is trained. */
const SHORT = { epochs: 1, n_estimators: 5 };

/** Rows over windows of one daily return, the label whether or how far it goes on. */
function fixture(steps: number, task: Samples["task"]): Samples {
  const daily = uniforms(key(7).fold("returns"), N + steps).map((u) => 0.02 * (u - 0.5));
  const features = Float64Array.from(
    { length: N * steps },
    (_, i) => daily[Math.floor(i / steps) + (i % steps)]!,
  );
  const target = Float64Array.from({ length: N }, (_, row) => daily[row + steps]!);
  return samples({
    features,
    steps,
    names: ["gate-score"],
    target: task.kind === "classes" ? target.map((x) => (x > 0 ? 1 : 0)) : target,
    task,
    times: Int32Array.from({ length: N }, (_, row) => toNumber("2020-01-02") + row),
    horizon: 1,
  });
}

const models = await Promise.all(
  catalog.names("models").map((name) => catalog.load<Model>("models", name)),
);

describe.each(models)("the model $name", (model) => {
  const kinds = model.tasks.map((kind) =>
    kind === "classes" ? { kind, classes: ["down", "up"] } : { kind },
  );

  it.each(kinds)(
    "forecasts each $kind from its own row and the training rows alone",
    async (task) => {
      const known = Object.keys(model.defaults as object);
      const params = Object.fromEntries(Object.entries(SHORT).filter(([k]) => known.includes(k)));
      const rows = fixture(model.input === "sequence" ? 30 : 1, task);
      const { leak, cuts } = await auditModel(model, rows, {
        params,
        key: key(1),
        trained: TRAINED,
      });
      expect(leak && leakText(leak)).toBeNull();
      expect(cuts).toBeGreaterThan(2);
    },
  );
});
