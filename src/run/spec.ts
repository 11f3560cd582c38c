import { readFileSync } from "node:fs";
import { contentHash, isDay, suggest, toNumber, VolterraError } from "#core";
import { parseDocument } from "yaml";
import { z } from "zod";

const day = z.string().refine(isDay, "not a day (YYYY-MM-DD)");
const span = z.strictObject({ name: z.string(), start: day, end: day });
const params = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
const use = z.strictObject({ name: z.string(), params: params.default({}) });

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
  costs: costs.prefault({}),
});

/** A study of a strategy, complete: what it is run with and judged by. */
const schema = z.strictObject({
  study: z.string().regex(/^[a-z0-9-]+$/),
  title: z.string(),
  describe: z.string().default(""),
  data: z
    .strictObject({
      source: z.enum(["lake", "simulated"]).default("lake"),
      /** Snapshot id; the current one where absent. */
      snapshot: z.string().default(""),
      /** Seed of the simulated market. */
      seed: z.int().min(0).default(1),
      /** Quality codes let through. */
      allow: z.array(z.string()).default([]),
    })
    .prefault({}),
  window: z.strictObject({ start: day, end: day }),
  account: z.strictObject({ nav: z.number().positive().default(100_000) }).prefault({}),
  strategy: use,
  execution: execution.prefault({}),
  benchmarks: z.record(z.string(), use).default({}),
  /** The first decides; the others are shown. */
  killTests: z.array(z.string()).default([]),
  periods: z.array(span).default([]),
  events: z.array(span).default([]),
  sensitivity: z
    .strictObject({
      costs: z.array(z.number().min(0)).default([0, 1, 2, 3]),
      delays: z.array(z.int().min(0)).default([0, 1, 2, 5]),
    })
    .prefault({}),
  bootstrap: z
    .strictObject({
      resamples: z.int().min(100).default(2000),
      seed: z.int().min(0).default(0),
    })
    .prefault({}),
});

/** A study as it is run: every default filled in, presets applied. */
export type Spec = z.infer<typeof schema> & { readonly preset: string };

/** A study file: the base, its presets, and the preset run unless another is named. */
export interface Study {
  readonly file: string;
  readonly presets: readonly string[];
  readonly preset: string;
  /** The resolved spec of a preset, with overrides on top. */
  resolve(preset?: string): Spec;
}

type Tree = { [key: string]: unknown };

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `patch` over `base`: trees merge, anything else replaces. A strategy of another name brings its own parameters. */
function merge(base: Tree, patch: Tree): Tree {
  const out: Tree = { ...base };
  const replaced = typeof patch.name === "string" && patch.name !== base.name;
  if (replaced) delete out.params;
  for (const [key, value] of Object.entries(patch)) {
    const before = out[key];
    out[key] = isTree(before) && isTree(value) ? merge(before, value) : value;
  }
  return out;
}

/** `a.b.c=value` → a tree; the value is read as YAML, so numbers, lists and texts work. */
function parseOverride(text: string): Tree {
  const equals = text.indexOf("=");
  if (equals < 1) {
    throw new VolterraError(
      "USAGE",
      `"${text}" is not key=value`,
      "For example window.start=2018-01-02.",
    );
  }
  const value: unknown = parseDocument(text.slice(equals + 1)).toJS();
  return text
    .slice(0, equals)
    .split(".")
    .reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Tree;
}

function describeIssue(
  issue: z.core.$ZodIssue,
  known: (path: PropertyKey[]) => string[],
): [string, string] {
  const where = issue.path.join(".");
  if (issue.code === "unrecognized_keys") {
    const key = issue.keys[0]!;
    const full = where === "" ? key : `${where}.${key}`;
    return [`unknown key "${full}"`, suggest(key, known(issue.path))];
  }
  return [`${where}: ${issue.message}`, ""];
}

/** Keys that the schema knows at a path, for suggestions. */
function keysAt(path: PropertyKey[]): string[] {
  let node: z.core.$ZodType = schema;
  for (const part of path) {
    while ("innerType" in node._zod.def) node = node._zod.def.innerType as z.core.$ZodType;
    const shape = (node as { shape?: Record<string, z.core.$ZodType> }).shape;
    if (!shape || !(String(part) in shape)) return [];
    node = shape[String(part)]!;
  }
  while ("innerType" in node._zod.def) node = node._zod.def.innerType as z.core.$ZodType;
  return Object.keys((node as { shape?: object }).shape ?? {});
}

function complete(file: string, preset: string, tree: Tree): Spec {
  const parsed = schema.safeParse(tree);
  if (!parsed.success) {
    const [message, hint] = describeIssue(parsed.error.issues[0]!, keysAt);
    throw new VolterraError("SPEC", `${file}: ${message}`, hint);
  }
  const spec = parsed.data;
  for (const { name, start, end } of [
    { name: "window", ...spec.window },
    ...spec.periods,
    ...spec.events,
  ]) {
    if (toNumber(start) > toNumber(end)) {
      throw new VolterraError("SPEC", `${file}: ${name} ends (${end}) before it starts (${start})`);
    }
  }
  return Object.freeze({ ...spec, preset });
}

/** Reads a study. Throws `VolterraError` naming the file, key and line for anything that is not as it should be. */
export function readStudy(file: string, overrides: readonly string[] = []): Study {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new VolterraError(
      "NOT_FOUND",
      `cannot read the study ${file}`,
      "Studies lie in studies/.",
      {
        cause,
      },
    );
  }
  return parseStudy(file, text, overrides);
}

/** A study from its text; `file` is for messages. */
export function parseStudy(file: string, text: string, overrides: readonly string[] = []): Study {
  const document = parseDocument(text);
  const problem = document.errors[0];
  if (problem) throw new VolterraError("SPEC", `${file}: ${problem.message.split("\n")[0]}`);
  const tree: unknown = document.toJS();
  if (!isTree(tree)) throw new VolterraError("SPEC", `${file} holds no keys`);
  const patch = overrides.map(parseOverride).reduce(merge, {});
  const { presets: given = {}, preset: usual, ...base } = tree;
  const { preset: wanted, ...rest } = patch;
  if (!isTree(given)) throw new VolterraError("SPEC", `${file}: presets is not a tree of keys`);
  const presets = Object.keys(given);
  const fallback = String(wanted ?? usual ?? presets[0] ?? "default");

  function resolve(preset = fallback): Spec {
    if (presets.length > 0 && !presets.includes(preset)) {
      throw new VolterraError("SPEC", `${file}: no preset "${preset}"`, suggest(preset, presets));
    }
    const own = given[preset];
    return complete(file, preset, merge(merge(base, isTree(own) ? own : {}), rest));
  }

  return { file, presets: presets.length > 0 ? presets : ["default"], preset: fallback, resolve };
}

/** Hash of what a spec says; equal specs are equal trials. */
export function specHash(spec: Spec): string {
  return contentHash(spec);
}
