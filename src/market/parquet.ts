import { DATE, DOUBLE, DuckDBDataChunk, VARCHAR } from "@duckdb/node-api";
import { fetchColumns, fillColumn, identifier, literal, sqlType, withDuck } from "./duck.ts";
import type { SeriesSpec } from "./series.ts";
import type { Cells, Table } from "./source.ts";

/** What of a series a file holds. */
type Shape = Pick<SeriesSpec, "key" | "columns">;

const CHUNK = 2048;
const TYPES = { number: DOUBLE, day: DATE, text: VARCHAR } as const;

/** Writes a table as a Parquet file, columns as in the registry; missing numbers as NaN. */
export function writeParquet(path: string, spec: Shape, table: Table): Promise<void> {
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

/**
 * Reads a Parquet file that `writeParquet` wrote. Text comes as one string a column, which is several times as fast
 * as cell by cell.
 */
export function readParquet(path: string, spec: Shape): Promise<Table> {
  const from = `FROM read_parquet(${literal(path)}, file_row_number = true)`;
  const columns = Object.entries(spec.columns);
  const binary = columns.filter(([, { type }]) => type !== "text");
  const text = columns.filter(([, { type }]) => type === "text").map(([name]) => name);
  return withDuck(async (duck) => {
    const names = binary.map(([name]) => identifier(name)).join(", ");
    const read = await fetchColumns(duck, `SELECT ${names} ${from}`, Object.fromEntries(binary));
    const all: Record<string, Cells> = { ...read.columns };
    if (text.length > 0) {
      const joined = text.map(
        (name) => `string_agg(${identifier(name)}, chr(10) ORDER BY file_row_number)`,
      );
      const [row = []] = (
        await duck.runAndReadAll(`SELECT ${joined.join(", ")} ${from}`)
      ).getRows();
      text.forEach((name, index) => {
        all[name] = read.rows === 0 ? [] : String(row[index]).split("\n");
      });
    }
    return { rows: read.rows, key: spec.key, columns: all };
  });
}
