import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { suggest, VolterraError } from "#core";
import { parseDocument } from "yaml";
import type { z } from "zod";
import { packageFile } from "./code-version.ts";

type Tree = { [key: string]: unknown };

/** A study file: what every kind of study has in common. */
export interface Study {
  readonly file: string;
  /** Which runner it is for. */
  readonly kind: string;
  readonly presets: readonly string[];
  /** The preset run unless another is named. */
  readonly preset: string;
  /** Values by dotted key, for a sweep. */
  readonly matrix: Readonly<Record<string, readonly (string | number | boolean)[]>>;
  /** The keys of a preset: base, then preset, then overrides. */
  resolve(preset?: string): Tree;
  /** The same study with further `key=value` overrides on top. */
  with(overrides: readonly string[]): Study;
}

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function treeAt(tree: Tree, key: string): Tree {
  const value = tree[key];
  return isTree(value) ? value : {};
}

/** `patch` over `base`: trees merge, the rest is replaced. An entry of another name brings its own parameters. */
function merge(base: Tree, patch: Tree): Tree {
  const out: Tree = { ...base };
  if (typeof patch.name === "string" && patch.name !== base.name) delete out.params;
  for (const [key, value] of Object.entries(patch)) {
    const before = out[key];
    out[key] = isTree(before) && isTree(value) ? merge(before, value) : value;
  }
  return out;
}

/** `a.b.c=value` → a tree; the value is read as YAML, so that numbers, lists and texts work. */
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
  const keys = text.slice(0, equals).split(".");
  return keys.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Tree;
}

/** Studies of a folder, or those of the package where it holds none. */
function studyFiles(folder: string): string[] {
  const isFolder = statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const found = isFolder ? readdirSync(folder).filter((name) => /\.ya?ml$/.test(name)) : [];
  if (found.length > 0) return found.map((name) => path.join(folder, name));
  const own = packageFile("studies");
  return folder === own ? [] : studyFiles(own);
}

/** Reads a study. Throws `VolterraError` naming the file, key and line of what is not as it should be. */
export function readStudy(file: string, overrides: readonly string[] = []): Study {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new VolterraError(
      "NOT_FOUND",
      `cannot read the study ${file}`,
      suggest(file, studyFiles(path.dirname(file))),
      { cause },
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
  return makeStudy(file, tree, overrides.map(parseOverride).reduce(merge, {}));
}

function makeStudy(file: string, tree: Tree, overrides: Tree): Study {
  const { preset: wanted, ...patch } = overrides;
  const { presets: given = {}, preset: usual, kind = "strategy", matrix = {}, ...base } = tree;
  if (!isTree(given)) throw new VolterraError("SPEC", `${file}: presets is not a tree of keys`);
  if (!isTree(matrix) || !Object.values(matrix).every(Array.isArray)) {
    throw new VolterraError("SPEC", `${file}: matrix is not a tree of lists`);
  }
  const changes = given;
  const names = Object.keys(changes).length > 0 ? Object.keys(changes) : ["default"];
  const preset = String(wanted ?? usual ?? names[0]);

  function resolve(name = preset): Tree {
    if (!names.includes(name)) {
      throw new VolterraError("SPEC", `${file}: no preset "${name}"`, suggest(name, names));
    }
    const tree = merge(base, treeAt(changes, name));
    const chosen = merge(base, treeAt(changes, preset));
    const own = { ...patch };
    // Parameters given for the chosen preset's strategy are none of another strategy's business.
    const isForAll = treeAt(patch, "strategy").name !== undefined;
    const isSame = treeAt(tree, "strategy").name === treeAt(chosen, "strategy").name;
    if (!isForAll && !isSame) delete own.strategy;
    return merge(tree, own);
  }

  resolve();
  return {
    file,
    kind: String(kind),
    presets: names,
    preset,
    matrix: matrix as Study["matrix"],
    resolve,
    with: (more) => makeStudy(file, tree, more.map(parseOverride).reduce(merge, overrides)),
  };
}

/** Unwraps defaults and prefaults down to the schema that has a shape. */
function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  let node = schema;
  while ("innerType" in node._zod.def) node = node._zod.def.innerType as z.core.$ZodType;
  return node;
}

/** Keys that a schema knows at a path, for suggestions. */
function keysAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  let node = unwrap(schema);
  for (const part of path) {
    const shape = (node as { shape?: Record<string, z.core.$ZodType> }).shape;
    const { valueType } = node._zod.def as { valueType?: z.core.$ZodType };
    const next = shape?.[String(part)] ?? valueType;
    if (!next) return [];
    node = unwrap(next);
  }
  return Object.keys((node as { shape?: object }).shape ?? {});
}

/**
 * Checks a tree against a strict schema and fills its defaults. Throws `VolterraError("SPEC")` for the first fault; an
 * unknown key first, for it may be a misspelling of one that is missing.
 */
export function completeSpec<S extends z.ZodType>(file: string, schema: S, tree: Tree): z.infer<S> {
  const parsed = schema.safeParse(tree);
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  const issue = issues.find(({ code }) => code === "unrecognized_keys") ?? issues[0]!;
  if (issue.code === "unrecognized_keys") {
    const key = issue.keys[0]!;
    const full = [...issue.path, key].join(".");
    const hint = suggest(key, keysAt(schema, issue.path));
    throw new VolterraError("SPEC", `${file}: unknown key "${full}"`, hint);
  }
  throw new VolterraError("SPEC", `${file}: ${issue.path.join(".")}: ${issue.message}`);
}
