import { key, toNumber, uniforms } from "#core";
import { type Model, type Samples, samples } from "#learn";
import { auditModel, type Check } from "#run";

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

/** Audits a model of the catalog for each task it has. */
export async function auditCatalogModel(model: Model): Promise<Check[]> {
  const known = Object.keys(model.defaults as object);
  const params = Object.fromEntries(Object.entries(SHORT).filter(([k]) => known.includes(k)));
  const checks: Check[] = [];
  for (const kind of model.tasks) {
    const task = kind === "classes" ? { kind, classes: ["down", "up"] } : { kind };
    const rows = fixture(model.input === "sequence" ? 30 : 1, task);
    checks.push(await auditModel(model, rows, { params, key: key(1), trained: TRAINED }));
  }
  return checks;
}
