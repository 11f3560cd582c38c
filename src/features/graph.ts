import { fillParams, VolterraError } from "#core";
import type { Market } from "#market";
import type { Columns, Feature, Params, Target } from "./feature.ts";
import { formatReference, isColumn, parseReference } from "./reference.ts";

/** Finds an entry of the catalog by name; rejects with a suggestion where there is none. */
export type Lookup = (name: string) => Promise<Feature | Target>;

interface Node {
  readonly entry: Feature | Target;
  readonly params: Params;
  /** Alias → canonical reference or market column. */
  readonly inputs: Readonly<Record<string, string>>;
}

/** Features resolved to the bottom, in an order in which every node follows its inputs. */
export interface Graph {
  readonly nodes: ReadonlyMap<string, Node>;
  /** Canonical reference for each reference asked for. */
  readonly canonical: (ref: string) => string;
}

/** Resolves references through the catalog. Throws `VolterraError("SPEC")` for a circle or a label among features. */
export async function resolveFeatures(refs: readonly string[], lookup: Lookup): Promise<Graph> {
  const nodes = new Map<string, Node>();
  const names = new Map<string, string>();

  async function visit(ref: string, path: readonly string[]): Promise<string> {
    if (isColumn(ref)) return ref;
    const known = names.get(ref);
    if (known !== undefined) return known;
    const { name, params: given } = parseReference(ref);
    const entry = await lookup(name);
    if (entry.kind === "target" && path.length > 0) {
      throw new VolterraError(
        "LOOK_AHEAD",
        `feature ${path.at(-1)} reads the target ${name}, which looks ahead`,
        "Only a model's label may be a target.",
      );
    }
    const params = fillParams(`${entry.kind} ${entry.name}`, entry.params, given);
    const canonical = formatReference(name, params);
    if (path.includes(canonical)) {
      throw new VolterraError(
        "SPEC",
        `features form a circle: ${[...path, canonical].join(" → ")}`,
      );
    }
    if (!nodes.has(canonical)) {
      const inputs: Record<string, string> = {};
      for (const [alias, input] of Object.entries(entry.inputs(params))) {
        inputs[alias] = await visit(input, [...path, canonical]);
      }
      nodes.set(canonical, { entry, params, inputs });
    }
    names.set(ref, canonical);
    return canonical;
  }

  for (const ref of refs) await visit(ref, []);
  return { nodes, canonical: (ref) => (isColumn(ref) ? ref : (names.get(ref) ?? ref)) };
}

/** Computes every node of a graph on a market once; returns a reader of columns by reference. */
export function evaluateFeatures(graph: Graph, market: Market): (ref: string) => Float64Array {
  const done = new Map<string, Float64Array>();
  const read = (ref: string) => done.get(graph.canonical(ref)) ?? market.column(ref);
  for (const [ref, { entry, params, inputs }] of graph.nodes) {
    const columns: Record<string, Float64Array> = {};
    for (const [alias, input] of Object.entries(inputs)) columns[alias] = read(input);
    const values = entry.compute(columns as Columns, params, market.sessions);
    if (values.length !== market.sessions.length) {
      throw new RangeError(`${ref} returned ${values.length} rows, not ${market.sessions.length}`);
    }
    done.set(ref, values);
  }
  return read;
}
