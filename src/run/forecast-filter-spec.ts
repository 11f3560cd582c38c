import { isDay, toNumber, VolterraError } from "#core";
import { stringify } from "yaml";
import { z } from "zod";
import { bootstrap, checkColumns, labelKeys, modelUse, seeds } from "./forecast-spec.ts";
import { data, resolveSpec, span, type Spec, window } from "./spec.ts";
import { completeSpec, parseStudy, type Study } from "./study.ts";

const day = z.string().refine(isDay, "not a day (YYYY-MM-DD)");

/** When models are trained again. */
const retraining = z
  .strictObject({
    /** Sessions, and calendar days, after which they are at the latest. */
    sessions: z.int().positive().default(63),
    days: z.int().positive().default(90),
    /** Also once a loss of the label's kind is in the labels. */
    afterLoss: z.boolean().default(true),
    loss: z.number().positive().default(0.1),
    /** Parameters of the model that differ in a fit that begins from the one before; {} begins from nothing. */
    again: z
      .record(z.string(), z.unknown())
      .default({ epochs: 4, patience: 2, learning_rate: 3e-4 }),
  })
  .prefault({});

/** What a model that cannot be trusted leaves of an entry. */
const policy = z.enum(["allow", "halve", "block"]);
export type FailurePolicy = z.infer<typeof policy>;

const failure = z
  .strictObject({
    policy: policy.default("block"),
    /** Calendar days between the last close trained on and the decision. */
    maxAge: z.int().positive().default(90),
    /** Deviations from the mean of the training rows. */
    drift: z.number().positive().default(3),
    /** Sessions before a crisis from which its model is taken away, to price the policies. */
    outage: z.int().min(0).default(60),
  })
  .prefault({});

const schema = z.strictObject({
  study: z.string().regex(/^[a-z0-9-]+$/),
  kind: z.literal("filter").default("filter"),
  title: z.string(),
  describe: z.string().default(""),
  data: data.prefault({}),
  window,
  /** First day that is forecast. */
  from: day,
  ...labelKeys,
  /** The returns behind the label. */
  returns: z.string(),
  model: modelUse,
  baselines: z.record(z.string(), modelUse),
  seeds,
  retraining,
  /** Share of the training rows, the last ones, for early stopping, calibration and the threshold. */
  held: z.number().gt(0).max(0.5).default(0.2),
  balanced: z.boolean().default(true),
  /** `equal-priors`: calibrated and then as if both classes were as frequent; `plain`: the model's own. */
  probability: z.enum(["equal-priors", "plain"]).default("equal-priors"),
  thresholds: z.array(z.number().gt(0).lt(1)).min(1).default([0.5, 0.6, 0.7, 0.8]),
  /** Most false alarms that a threshold may give on the held-out rows. */
  mostFalse: z.number().gt(0).max(1).default(0.3),
  failure,
  /** The feature flag: without it the models forecast and are monitored, and filter nothing. */
  enabled: z.boolean().default(true),
  /** Columns of the stored daily table. */
  row: z.record(z.string(), z.string()).default({}),
  /** Keys of a study of one strategy. */
  sleeve: z.record(z.string(), z.unknown()),
  crises: z.array(span).default([]),
  /** Share of decisions that the filters for the power calculation block at random, and how many there are. */
  power: z
    .strictObject({
      share: z.number().gt(0).lt(1).default(0.3),
      filters: z.int().min(2).default(20),
    })
    .prefault({}),
  killTests: z.array(z.string()).default([]),
  bootstrap,
});

/** What makes a model untrustworthy, and what then happens. */
export type FailureTerms = z.infer<typeof failure>;

/** A study of a forecast as a filter, under one preset. */
export type FilterSpec = z.infer<typeof schema> & {
  readonly preset: string;
  /** The sleeve, every default filled in. */
  readonly strategy: Spec;
};

/** The spec of a preset. Throws `VolterraError("SPEC")` naming file and key. */
export function resolveFilter(study: Study, preset = study.preset): FilterSpec {
  const spec = completeSpec(study.file, schema, study.resolve(preset));
  checkColumns(study.file, spec);
  if (toNumber(spec.from) <= toNumber(spec.window.start)) {
    throw new VolterraError(
      "SPEC",
      `${study.file}: from (${spec.from}) leaves nothing to train on after ${spec.window.start}`,
    );
  }
  const { study: name, title } = spec;
  const sleeve = parseStudy(study.file, stringify({ study: name, title, ...spec.sleeve }));
  const strategy = resolveSpec(sleeve);
  if (strategy.holdout) {
    throw new VolterraError(
      "SPEC",
      `${study.file}: sleeve.holdout: a filter's models learn from all of its window`,
      "Only a study of strategies has a hold-out: end the window before days that nobody may see.",
    );
  }
  if (toNumber(strategy.window.start) < toNumber(spec.from)) {
    throw new VolterraError(
      "SPEC",
      `${study.file}: the sleeve begins ${strategy.window.start}, before the first forecast (${spec.from})`,
    );
  }
  if (toNumber(strategy.window.end) > toNumber(spec.window.end)) {
    throw new VolterraError(
      "SPEC",
      `${study.file}: the sleeve ends ${strategy.window.end}, after the last forecast (${spec.window.end})`,
      "Set window.end and sleeve.window.end together.",
    );
  }
  return Object.freeze({ ...spec, preset, strategy });
}
