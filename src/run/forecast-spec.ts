import { isDay, VolterraError } from "#core";
import { z } from "zod";
import { checkSpan, data, window } from "./spec.ts";
import { completeSpec, type Study } from "./study.ts";

const day = z.string().refine(isDay, "not a day (YYYY-MM-DD)");
const columns = z.record(z.string(), z.string());

/** A model of the catalog, its parameters, and the columns it reads where they are not the study's features. */
export const modelUse = z.strictObject({
  name: z.string(),
  params: z.record(z.string(), z.unknown()).default({}),
  features: z.array(z.string()).optional(),
});
export type ModelUse = z.infer<typeof modelUse>;

/** What is forecast. */
export const labelKeys = {
  /** A target of the catalog. */
  target: z.string(),
  /** Names of its values 0, 1, … */
  classes: z.array(z.string()).min(2),
  /** Column name → reference; what models learn from. */
  features: columns,
  /** Further columns, for rules that read one value. */
  columns: columns.default({}),
  /** Sessions that a row looks back on, its own included. */
  steps: z.int().min(1).default(1),
};

/** How often what is random is repeated. */
export const seeds = z.array(z.int().min(0)).min(1).default([0, 1, 2, 3, 4]);

export const bootstrap = z
  .strictObject({ resamples: z.int().min(100).default(1000), seed: z.int().min(0).default(0) })
  .prefault({});

const split = z.discriminatedUnion("kind", [
  /** Tests of equal length from a day on, each day once; everything known before is trained on. */
  z.strictObject({ kind: z.literal("disjoint"), from: day, folds: z.int().positive() }),
  /** The original's windows over the last calendar days: overlapping, each cut into training and test. */
  z.strictObject({
    kind: z.literal("overlapping"),
    days: z.int().positive(),
    windows: z.int().min(2),
  }),
]);
export type Split = z.infer<typeof split>;

const schema = z.strictObject({
  study: z.string().regex(/^[a-z0-9-]+$/),
  kind: z.literal("forecast").default("forecast"),
  title: z.string(),
  describe: z.string().default(""),
  /** The original's name of the configuration, in the names of result files. */
  config: z.string().regex(/^[a-z0-9_-]+$/),
  data: data.prefault({}),
  window,
  ...labelKeys,
  split,
  model: modelUse,
  baselines: z.record(z.string(), modelUse),
  /** The baseline that improvement is measured over; "" is equal chances. */
  reference: z.string().default("class-prior"),
  seeds,
  bootstrap,
  /** Accuracies that the original reported, by source. */
  published: z.record(z.string(), z.number()).default({}),
});

/** A study of a forecast under one preset, every default filled in. */
export type ForecastSpec = z.infer<typeof schema> & { readonly preset: string };

/** The spec of a preset. Throws `VolterraError("SPEC")` naming file and key. */
export function resolveForecast(study: Study, preset = study.preset): ForecastSpec {
  const spec = completeSpec(study.file, schema, study.resolve(preset));
  checkColumns(study.file, spec);
  if (spec.reference !== "" && !(spec.reference in spec.baselines)) {
    throw new VolterraError(
      "SPEC",
      `${study.file}: reference "${spec.reference}" is not one of the baselines`,
      `Baselines: ${Object.keys(spec.baselines).join(", ")}.`,
    );
  }
  checkSpan(study.file, { name: "window", ...spec.window });
  return Object.freeze({ ...spec, preset });
}

/** Every column a model names must be there, and no name stand for two columns. */
export function checkColumns(
  file: string,
  spec: {
    readonly features: Readonly<Record<string, string>>;
    readonly columns: Readonly<Record<string, string>>;
    readonly model: ModelUse;
    readonly baselines: Readonly<Record<string, ModelUse>>;
  },
): void {
  for (const name of Object.keys(spec.columns)) {
    if (name in spec.features) {
      throw new VolterraError(
        "SPEC",
        `${file}: "${name}" is a feature and a column`,
        "Rename one.",
      );
    }
  }
  const known = { ...spec.features, ...spec.columns };
  for (const [key, use] of Object.entries({ model: spec.model, ...spec.baselines })) {
    for (const name of use.features ?? []) {
      if (name in known) continue;
      throw new VolterraError(
        "SPEC",
        `${file}: ${key} reads "${name}", which is neither a feature nor a column`,
        `Known: ${Object.keys(known).join(", ")}.`,
      );
    }
  }
}
