import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import {
  contentHash,
  type Day,
  lastAtOrBefore,
  publish,
  temporary,
  toNumber,
  type Unit,
  VolterraError,
  writeWhole,
  writing,
} from "#core";
import { readParquet, type SeriesColumn, type Table, tableHash, writeParquet } from "#market";
import type { Graph, Node } from "./graph.ts";
import { isColumn } from "./reference.ts";

/** One column of a stored table. */
export interface StoredColumn {
  readonly name: string;
  /** The market column or the feature behind it, in canonical form. */
  readonly ref: string;
  readonly unit: Unit;
  readonly describe: string;
  /** Sessions after its row on which the value is known: 0 for a feature, the horizon for a label. */
  readonly knownAfter: number;
}

/** What `schema.json` beside the Parquet file says. */
export interface StoredSchema {
  readonly name: string;
  /** Hash of the features down to the columns of the market, the snapshot and the code. */
  readonly version: string;
  readonly snapshot: string;
  readonly code: string;
  /** Hash of the values. */
  readonly content: string;
  readonly rows: number;
  readonly columns: readonly StoredColumn[];
}

/** A table to be stored. */
export interface StoreRequest {
  readonly name: string;
  /** Column name → reference, in order. */
  readonly refs: Readonly<Record<string, string>>;
  /** Holds the references already. */
  readonly graph: Graph;
  readonly column: (ref: string) => Float64Array;
  /** Unit of a column of the market. */
  readonly unit: (ref: string) => Unit;
  readonly sessions: Int32Array;
  readonly snapshot: string;
  /** Version of the code that computes. */
  readonly code: string;
}

/** A table as it is read back: values that were not known on the day asked for are NaN, later rows are absent. */
export interface StoredFeatures {
  readonly schema: StoredSchema;
  readonly days: Int32Array;
  readonly columns: Readonly<Record<string, Float64Array>>;
}

const DAY = "date";

/** Everything below a reference, so that another parameter three features down is another version. */
function lineage(graph: Graph, ref: string): unknown {
  if (isColumn(ref)) return ref;
  const { entry, params, inputs } = nodeOf(graph, ref);
  const below = Object.entries(inputs).map(([alias, input]) => [alias, lineage(graph, input)]);
  return { name: entry.name, params, inputs: Object.fromEntries(below) };
}

function nodeOf(graph: Graph, ref: string): Node {
  return graph.nodes.get(graph.canonical(ref))!;
}

function describeColumn(request: StoreRequest, name: string): StoredColumn {
  const ref = request.refs[name]!;
  if (isColumn(ref)) {
    return { name, ref, unit: request.unit(ref), describe: `market column ${ref}`, knownAfter: 0 };
  }
  const { entry, params, ref: canonical } = nodeOf(request.graph, ref);
  const knownAfter = entry.kind === "target" ? entry.horizon(params) : 0;
  return { name, ref: canonical, unit: entry.unit, describe: entry.describe, knownAfter };
}

/** Hash by which a stored table is found: equal features, snapshot and code give an equal one. */
export function storeVersion({ refs, graph, snapshot, code }: StoreRequest): string {
  const columns = Object.entries(refs).map(([name, ref]) => [name, lineage(graph, ref)]);
  return contentHash({ columns, snapshot, code }).slice(0, 16);
}

function shape(schema: Pick<StoredSchema, "columns">) {
  const numbers = schema.columns.map(({ name, unit }): [string, SeriesColumn] => [
    name,
    { type: "number", unit },
  ]);
  return {
    key: [DAY],
    columns: { [DAY]: { type: "day" as const }, ...Object.fromEntries(numbers) },
  };
}

/**
 * Stores columns as `<dir>/<name>-<version>/table.parquet` with `schema.json` beside it, one row a session; does nothing
 * where that version is there. Returns the folder. Rejects with `VolterraError("DISK")` where the disk refuses.
 */
export async function storeFeatures(dir: string, request: StoreRequest): Promise<string> {
  const version = storeVersion(request);
  const folder = path.join(dir, `${request.name}-${version}`);
  if (existsSync(path.join(folder, "schema.json"))) return folder;
  const names = Object.keys(request.refs);
  const columns = names.map((name) => describeColumn(request, name));
  const values = names.map((name) => [name, request.column(request.refs[name]!)] as const);
  const table: Table = {
    rows: request.sessions.length,
    key: [DAY],
    columns: { [DAY]: request.sessions, ...Object.fromEntries(values) },
  };
  const { name, snapshot, code } = request;
  const content = tableHash(table);
  const schema = { name, version, snapshot, code, content, rows: table.rows, columns };
  await writing(folder, async () => {
    const passing = temporary(dir, "table.parquet");
    await writeParquet(passing, shape(schema), table);
    publish(passing, path.join(folder, "table.parquet"));
    // The schema is last: a folder without one is not finished.
    writeWhole(dir, path.join(folder, "schema.json"), `${JSON.stringify(schema, null, 1)}\n`);
  });
  return folder;
}

/**
 * Reads a stored table as it stood at the decision of a day: rows up to it, and of a label only what its horizon had
 * settled by then. All of it where no day is given. Rejects with `VolterraError`: NOT_FOUND without a finished table, DATA
 * where the values are not those that were stored, EMPTY_WINDOW for a day before the first row.
 */
export async function readFeatures(folder: string, asOf?: Day): Promise<StoredFeatures> {
  const schema = readSchema(folder);
  const table = await readParquet(path.join(folder, "table.parquet"), shape(schema));
  if (tableHash(table) !== schema.content) {
    throw new VolterraError(
      "DATA",
      `${folder}: the values are not those that were stored`,
      "Remove the folder and store the features again.",
    );
  }
  const all = table.columns[DAY] as Int32Array;
  const rows = asOf === undefined ? all.length : lastAtOrBefore(all, toNumber(asOf)) + 1;
  if (rows === 0) {
    throw new VolterraError("EMPTY_WINDOW", `${folder} holds nothing as of ${asOf}`);
  }
  const columns = schema.columns.map(({ name, knownAfter }) => {
    const values = (table.columns[name] as Float64Array).slice(0, rows);
    values.fill(NaN, Math.max(rows - knownAfter, 0));
    return [name, values] as const;
  });
  return { schema, days: all.slice(0, rows), columns: Object.fromEntries(columns) };
}

function readSchema(folder: string): StoredSchema {
  try {
    return JSON.parse(readFileSync(path.join(folder, "schema.json"), "utf8")) as StoredSchema;
  } catch (cause) {
    throw new VolterraError(
      "NOT_FOUND",
      `${folder} holds no stored features`,
      "Store them first: volterra features STUDY.",
      { cause },
    );
  }
}
