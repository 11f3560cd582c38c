import { fillParams, VolterraError } from "#core";
import type { Market } from "#market";
import type { Columns, Feature, Params, Target } from "./feature.ts";
import { formatReference, isColumn, parseReference } from "./reference.ts";

/** Finds an entry of the catalog by name; rejects with a suggestion where there is none. */
export type Lookup = (name: string) => Promise<Feature | Target>;

/** A feature or target with its parameters, and its inputs as canonical references or market columns. */
export interface Node {
  readonly ref: string;
  readonly entry: Feature | Target;
  readonly params: Params;
  readonly inputs: Readonly<Record<string, string>>;
}

/** Features resolved to the bottom. */
export interface Graph {
  /** By canonical reference; every node follows its inputs. */
  readonly nodes: ReadonlyMap<string, Node>;
  /**
   * Resolves references and what they need; returns them in canonical form. Rejects with `VolterraError` for an
   * unknown name or parameter, a circle, or a target among the inputs of a feature.
   */
  add(...refs: readonly string[]): Promise<string[]>;
  /** The canonical form of a reference added before. */
  canonical(ref: string): string;
}

/** An empty graph over a catalog. */
export function openGraph(lookup: Lookup): Graph {
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
        `${path.at(-1)} reads the target ${name}, which looks ahead`,
        "Only the label of a model may be a target.",
      );
    }
    const params = fillParams(`${entry.kind} ${entry.name}`, entry, given);
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
      nodes.set(canonical, { ref: canonical, entry, params, inputs });
    }
    names.set(ref, canonical);
    return canonical;
  }

  return {
    nodes,
    async add(...refs) {
      const canonical: string[] = [];
      for (const ref of refs) canonical.push(await visit(ref, []));
      return canonical;
    },
    canonical(ref) {
      const known = isColumn(ref) ? ref : (names.get(ref) ?? (nodes.has(ref) ? ref : undefined));
      if (known === undefined) throw new RangeError(`${ref} was not added to the graph`);
      return known;
    },
  };
}

/** Columns of a graph on a market, each computed once, when it is first read. */
export function openTable(graph: Graph, market: Market): (ref: string) => Float64Array {
  const done = new Map<string, Float64Array>();

  function column(ref: string): Float64Array {
    if (isColumn(ref)) return market.column(ref);
    const canonical = graph.canonical(ref);
    const known = done.get(canonical);
    if (known) return known;
    const values = computeNode(graph.nodes.get(canonical)!, column, market.sessions);
    done.set(canonical, values);
    return values;
  }
  return column;
}

/** One node from its inputs' columns. */
export function computeNode(
  { ref, entry, params, inputs }: Node,
  column: (ref: string) => Float64Array,
  days: Int32Array,
): Float64Array {
  const columns: Record<string, Float64Array> = {};
  for (const [alias, input] of Object.entries(inputs)) columns[alias] = column(input);
  const values = entry.compute(columns as Columns, params, days);
  if (values.length !== days.length) {
    throw new RangeError(`${ref} returned ${values.length} rows, not ${days.length}`);
  }
  return values;
}
