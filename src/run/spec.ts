import { isDay, suggest, toNumber, VolterraError } from "#core";
import { QUALITY_CODES } from "#market";
import { z } from "zod";
import { type Portfolio, portfolioKeys, type Traded, use } from "./portfolio.ts";
import { completeSpec, type Study } from "./study.ts";

const day = z.string().refine(isDay, "not a day (YYYY-MM-DD)");

/** What an original reported. */
const published = z
  .strictObject({
    sharpe: z.number(),
    totalReturn: z.number(),
    cagr: z.number(),
    maxDrawdown: z.number(),
    correlation: z.number(),
  })
  .partial();

/** A named stretch of days, both included, and what an original reported of it. */
export const span = z.strictObject({
  name: z.string(),
  start: day,
  end: day,
  published: published.optional(),
});

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

/** Keys of every study of strategies. */
const base = z.strictObject({
  study: z.string().regex(/^[a-z0-9-]+$/),
  title: z.string(),
  describe: z.string().default(""),
  /** What a reader of the report must know. */
  notes: z.array(z.string()).default([]),
  data: data.prefault({}),
  window,
  account: z.strictObject({ nav: z.number().positive().default(100_000) }).prefault({}),
  execution: execution.prefault({}),
  benchmarks: z.record(z.string(), use).default({}),
  /** The first decides; the others are shown. */
  killTests: z.array(z.string()).default([]),
  /** What the original reported, by metric; shown beside ours. */
  published: published.default({}),
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

const single = base.extend({ strategy: use });
const combined = base.extend(portfolioKeys);

/** A study under one preset, every default filled in. */
export type Spec = z.infer<typeof base> & { readonly strategy: Traded; readonly preset: string };

/** The spec of a preset. Throws `VolterraError("SPEC")` naming file and key. */
export function resolveSpec(study: Study, preset = study.preset): Spec {
  const tree = study.resolve(preset);
  const spec =
    "sleeves" in tree ? foldSleeves(study, tree) : completeSpec(study.file, single, tree);
  for (const part of [{ name: "window", ...spec.window }, ...spec.periods, ...spec.events]) {
    checkSpan(study.file, part);
  }
  const strange = spec.data.allow.find((code) => !QUALITY_CODES.includes(code));
  if (strange !== undefined) {
    const hint = suggest(strange, QUALITY_CODES);
    throw new VolterraError(
      "SPEC",
      `${study.file}: data.allow: no quality rule "${strange}"`,
      hint,
    );
  }
  if (spec.execution.fill === "same-open" && !preset.startsWith("as-coded")) {
    throw new VolterraError(
      "LOOK_AHEAD",
      `${study.file}: preset ${preset}: execution.fill same-open fills before it decides`,
      "Only a preset named as-coded may, to reproduce an original that did.",
    );
  }
  return Object.freeze({ ...spec, preset });
}

/** Throws `VolterraError("SPEC")` for days that end before they start. */
export function checkSpan(
  file: string,
  { name, start, end }: { readonly name: string; readonly start: string; readonly end: string },
): void {
  if (toNumber(start) <= toNumber(end)) return;
  throw new VolterraError(
    "SPEC",
    `${file}: ${name} ends (${end}) before it starts (${start})`,
    "Swap start and end, or look for a slip in one of the years.",
  );
}

/** Sleeves with what the account decides for them are one strategy to everything that comes after. */
function foldSleeves({ file }: Study, tree: ReturnType<Study["resolve"]>): Omit<Spec, "preset"> {
  if ("strategy" in tree) {
    throw new VolterraError("SPEC", `${file} has both sleeves and a strategy`, "Keep one of them.");
  }
  // A preset leaves a sleeve of the study out by naming it null.
  const kept = Object.entries(tree.sleeves ?? {}).filter(([, sleeve]) => sleeve !== null);
  const { sleeves, allocation, risk, ...rest } = completeSpec(file, combined, {
    ...tree,
    sleeves: Object.fromEntries(kept),
  });
  const portfolio: Portfolio = { sleeves, allocation, risk };
  return { ...rest, strategy: { name: "portfolio", params: {}, portfolio } };
}

/** The spec as a study that can be run by itself. */
export function specFile({ preset, strategy, ...rest }: Spec): object {
  const { portfolio, ...entry } = strategy;
  return { ...rest, ...(portfolio ?? { strategy: entry }), preset, presets: { [preset]: {} } };
}
