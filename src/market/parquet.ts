import { DATE, DOUBLE, DuckDBDataChunk, VARCHAR } from "@duckdb/node-api";
import { fetchColumns, fillColumn, identifier, literal, sqlType, withDuck } from "./duck.ts";
import type { SeriesSpec } from "./series.ts";
import type { Table } from "./source.ts";

const CHUNK = 2048;
const TYPES = { number: DOUBLE, day: DATE, text: VARCHAR } as const;

/** Writes a table as a Parquet file, columns as in the registry; missing numbers as NaN. */
export function writeParquet(path: string, spec: SeriesSpec, table: Table): Promise<void> {
  const columns = Object.entries(spec.columns);
  const definition = columns.map(([name, column]) => `${identifier(name)} ${sqlType(column)}`);
  return withDuck(async (duck) => {
    await duck.run(`CREATE TEMP TABLE outgoing (${definition.join(", ")})`);
    const appender = await duck.createAppender("outgoing");
    const types = columns.map(([, column]) => TYPES[column.type]);
    for (let from = 0; from < table.rows; from += CHUNK) {
      const chunk = DuckDBDataChunk.create(types, Math.min(CHUNK, table.rows - from));
      columns.forEach(([name], index) => fillColumn(chunk, index, table.columns[name]!, from));
      appender.appendDataChunk(chunk);
    }
    appender.closeSync();
    await duck.run(`COPY outgoing TO ${literal(path)} (FORMAT parquet)`);
    await duck.run("DROP TABLE outgoing");
  });
}

/** Reads a Parquet file that `writeParquet` wrote. */
export async function readParquet(path: string, spec: SeriesSpec): Promise<Table> {
  const names = Object.keys(spec.columns).map(identifier).join(", ");
  const sql = `SELECT ${names} FROM read_parquet(${literal(path)})`;
  const read = await withDuck((duck) => fetchColumns(duck, sql, spec.columns));
  return { ...read, key: spec.key };
}
