import {
  DuckDBDateVector,
  DuckDBDoubleVector,
  DuckDBInstance,
  DuckDBVarCharVector,
  type DuckDBConnection,
  type DuckDBDataChunk,
} from "@duckdb/node-api";
import type { SeriesColumn } from "./series.ts";
import type { Cells } from "./source.ts";

let instance: Promise<DuckDBInstance> | undefined;

/** Runs `work` on a connection of its own to the in-memory database of this process; files are shared, never the database. */
export async function withDuck<T>(work: (duck: DuckDBConnection) => Promise<T>): Promise<T> {
  instance ??= DuckDBInstance.create(":memory:", { threads: "2" });
  const duck = await (await instance).connect();
  try {
    return await work(duck);
  } finally {
    duck.closeSync();
  }
}

/** A text as an SQL literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A name as an SQL identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** SQL type of a column of the registry. */
export function sqlType(column: SeriesColumn): string {
  return { number: "DOUBLE", day: "DATE", text: "VARCHAR" }[column.type];
}

// The vectors' `items` are marked private, but are the only way without an object for each value.

/** Rows of a query as columns. The query must leave no NULL, whose bits are garbage: missing numbers are NaN. */
export async function fetchColumns(
  duck: DuckDBConnection,
  sql: string,
  columns: Readonly<Record<string, SeriesColumn>>,
): Promise<{ rows: number; columns: Record<string, Cells> }> {
  const result = await duck.run(sql);
  const chunks = await result.fetchAllChunks();
  const rows = chunks.reduce((sum, chunk) => sum + chunk.rowCount, 0);
  const read = Object.entries(columns).map(
    ([name, column], index) => [name, readColumn(chunks, index, column.type, rows)] as const,
  );
  return { rows, columns: Object.fromEntries(read) };
}

function readColumn(
  chunks: readonly DuckDBDataChunk[],
  index: number,
  type: SeriesColumn["type"],
  rows: number,
): Cells {
  if (type === "text") {
    const out: string[] = [];
    for (const chunk of chunks) {
      const vector = chunk.getColumnVector(index);
      for (let i = 0; i < chunk.rowCount; i++) out.push(String(vector.getItem(i) ?? ""));
    }
    return out;
  }
  const out = type === "day" ? new Int32Array(rows) : new Float64Array(rows);
  let at = 0;
  for (const chunk of chunks) {
    const vector = chunk.getColumnVector(index);
    if (vector instanceof DuckDBDoubleVector) out.set(vector["items"], at);
    else if (vector instanceof DuckDBDateVector) out.set(vector["items"], at);
    else throw new RangeError(`column ${index} is neither DOUBLE nor DATE`);
    at += chunk.rowCount;
  }
  return out;
}

/** Fills rows `from` … of a column into a chunk of an appender. */
export function fillColumn(
  chunk: DuckDBDataChunk,
  index: number,
  cells: Cells,
  from: number,
): void {
  const vector = chunk.getColumnVector(index);
  const to = from + chunk.rowCount;
  if (vector instanceof DuckDBDoubleVector && cells instanceof Float64Array) {
    vector["items"].set(cells.subarray(from, to));
  } else if (vector instanceof DuckDBDateVector && cells instanceof Int32Array) {
    vector["items"].set(cells.subarray(from, to));
  } else if (vector instanceof DuckDBVarCharVector) {
    for (let row = from; row < to; row++) vector.setItem(row - from, String(cells[row]));
  } else {
    throw new RangeError(`column ${index} does not fit its vector`);
  }
  vector.flush();
}
