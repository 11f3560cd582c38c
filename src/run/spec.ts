import { isDay, toNumber, VolterraError } from "#core";
import { z } from "zod";
import { completeSpec, type Study } from "./study.ts";

const day = z.string().refine(isDay, "not a day (YYYY-MM-DD)");
const params = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
const use = z.strictObject({ name: z.string(), params: params.default({}) });

/** A named stretch of days, both included. */
export const span = z.strictObject({ name: z.string(), start: day, end: day });

/** A stretch of days, both included. */
export const window = z.strictObject({ start: day, end: day });

/** Where a study's data come from. */
export const data = z.strictObject({
  source: z.enum(["lake", "simulated"]).default("lake"),
  /** Snapshot id, or enough of it; the current one where empty. */
  snapshot: z.string().default(""),
  /** Seed of the simulated market. */
  seed: z.int().min(0).default(1),
  /** Codes of quality findings that are let through. */
  allow: z.array(z.string()).default([]),
});

const costs = z.strictObject({
  equityBps: z.number().min(0).default(5),
  equityCommission: z.number().min(0).default(0.005),
  futureTicks: z.number().min(0).default(1),
  futureCommission: z.number().min(0).default(2.5),
  optionShare: z.number().min(0).default(0.05),
  optionCommission: z.number().min(0).default(1.5),
  multiple: z.number().min(0).default(1),
});

const execution = z.strictObject({
  fill: z.enum(["next-open", "same-open"]).default("next-open"),
  delay: z.int().min(0).max(20).default(0),
  sizing: z.enum(["decision", "fill"]).default("decision"),
  prices: z.enum(["raw", "adjusted"]).default("raw"),
  cash: z.enum(["bill", "none"]).default("bill"),
  financingSpread: z.union([z.number().min(0), z.literal("free")]).default(0.015),
  margin: z
    .strictObject({
      points: z.number().min(0).default(5),
      share: z.number().min(0).max(1).default(0.35),
    })
    .prefault({}),
  optionVolatility: z
    .strictObject({ skew: z.number().default(0.3), shift: z.number().default(0) })
    .prefault({}),
  costs: costs.prefault({}),
});

/** Keys of a study of one strategy. */
const schema = z.strictObject({
  study: z.string().regex(/^[a-z0-9-]+$/),
  title: z.string(),
  describe: z.string().default(""),
  data: data.prefault({}),
  window,
  account: z.strictObject({ nav: z.number().positive().default(100_000) }).prefault({}),
  strategy: use,
  execution: execution.prefault({}),
  benchmarks: z.record(z.string(), use).default({}),
  /** The first decides; the others are shown. */
  killTests: z.array(z.string()).default([]),
  /** What the original reported, by metric; shown beside ours. */
  published: z
    .strictObject({ sharpe: z.number(), totalReturn: z.number(), maxDrawdown: z.number() })
    .partial()
    .default({}),
  /** From this day on the data are sealed: reading them costs one of a few recorded peeks. */
  holdout: z.strictObject({ start: day, peeks: z.int().min(0).default(1) }).optional(),
  periods: z.array(span).default([]),
  /** Crises by name; also what the gate is validated against. */
  events: z.array(span).default([]),
  sensitivity: z
    .strictObject({
      costs: z.array(z.number().min(0)).default([0, 1, 2, 3]),
      delays: z.array(z.int().min(0).max(20)).default([0, 1, 2, 5]),
    })
    .prefault({}),
  bootstrap: z
    .strictObject({
      resamples: z.int().min(100).default(2000),
      seed: z.int().min(0).default(0),
    })
    .prefault({}),
});

/** A study of one strategy under one preset, every default filled in. */
export type Spec = z.infer<typeof schema> & { readonly preset: string };

/** The spec of a preset. Throws `VolterraError("SPEC")` naming file and key. */
export function resolveSpec(study: Study, preset = study.preset): Spec {
  const spec = completeSpec(study.file, schema, study.resolve(preset));
  for (const part of [{ name: "window", ...spec.window }, ...spec.periods, ...spec.events]) {
    if (toNumber(part.start) > toNumber(part.end)) {
      throw new VolterraError(
        "SPEC",
        `${study.file}: ${part.name} ends (${part.end}) before it starts (${part.start})`,
      );
    }
  }
  return Object.freeze({ ...spec, preset });
}
