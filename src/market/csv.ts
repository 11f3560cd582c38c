import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { isDay, suggest, toDecimal, VolterraError } from "#core";
import { fetchColumns, identifier, literal, sqlType, withDuck } from "./duck.ts";
import type { SeriesColumn, SeriesSpec } from "./series.ts";
import type { Table } from "./source.ts";
import { checkTable, mapColumns } from "./table.ts";

const NUMBER = /^-?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** The name of a registry column in a tidy CSV: lower case with underscores; rates and the dollar under their own name. */
function headerOf(spec: SeriesSpec, column: string): string {
  if (column === "rate" || column === "level") return spec.name;
  if (column === "surpriseRatio") return "surprise_pct";
  return column.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Columns that a tidy CSV holds in percent. */
const PERCENT: ReadonlySet<string> = new Set(["rate", "surpriseRatio"]);

function readText(path: string): string {
  const bytes = readFileSync(path);
  return (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
}

function linesOf(text: string): string[] {
  return text.replace(/^\uFEFF/, "").split(/\r?\n/);
}

/** Registry names of the columns in the order of the file. Throws where one is unknown, missing or there twice. */
function readHeader(path: string, spec: SeriesSpec, line: string): string[] {
  const expected = new Map(Object.keys(spec.columns).map((name) => [headerOf(spec, name), name]));
  if (line.trim() === "") throw new VolterraError("DATA", `${path}, line 1: no header`);
  const found = line.split(",").map((cell) => cell.trim());
  const fail = (what: string, hint: string): never => {
    throw new VolterraError("DATA", `${path}, line 1: ${what}`, hint);
  };
  const names = found.map((header, index) => {
    if (found.indexOf(header) !== index) fail(`column "${header}" is there twice`, "");
    return (
      expected.get(header) ?? fail(`unknown column "${header}"`, suggest(header, expected.keys()))
    );
  });
  for (const header of expected.keys()) {
    if (!found.includes(header)) {
      fail(`no column "${header}"`, `Expected: ${[...expected.keys()].join(",")}.`);
    }
  }
  return names;
}

/** The cell as SQL without NULL, for a NULL's bits are garbage: a blank number is NaN, another blank key an error. */
function selected(spec: SeriesSpec, name: string): string {
  const cell = identifier(name);
  const { type } = spec.columns[name]!;
  if (type === "number") {
    return `CASE WHEN ${cell} IS NULL THEN 'nan'::DOUBLE WHEN isfinite(${cell}) THEN ${cell} ELSE error('not finite') END`;
  }
  if (type === "text" && !spec.key.includes(name)) return `coalesce(${cell}, '')`;
  return `CASE WHEN ${cell} IS NULL THEN error('blank') ELSE ${cell} END`;
}

/**
 * Reads a tidy CSV (`.csv` or `.csv.gz`): comma, lower-case header in any order, ISO days, a blank number is
 * missing. Converts percent to decimals and sorts by the key of the series.
 *
 * Throws `VolterraError("DATA")` naming file, line and column for unknown or missing columns, cells that are not
 * what the column holds, lines cut short, and rows that share a key.
 */
export async function readCsv(path: string, spec: SeriesSpec): Promise<Table> {
  const text = readText(path);
  const names = readHeader(path, spec, linesOf(text.slice(0, 4096))[0] ?? "");
  const types = names.map((name) => `${literal(name)}: ${literal(sqlType(spec.columns[name]!))}`);
  const wanted = Object.keys(spec.columns).map((name) => selected(spec, name));
  const sql = `SELECT ${wanted.join(", ")}
    FROM read_csv(${literal(path)}, header = true, auto_detect = false, delim = ',', quote = '"',
      escape = '"', dateformat = '%Y-%m-%d', strict_mode = true, columns = {${types.join(", ")}})
    ORDER BY ${spec.key.map(identifier).join(", ")}`;
  try {
    const read = await withDuck((duck) => fetchColumns(duck, sql, spec.columns));
    const table = mapColumns({ ...read, key: spec.key }, read.rows, (cells, name) =>
      cells instanceof Float64Array && PERCENT.has(name) ? cells.map(toDecimal) : cells,
    );
    checkTable(spec, table);
    return table;
  } catch (cause) {
    throw findFault(path, spec, { text, names, cause });
  }
}

function complain(column: SeriesColumn, cell: string, isKey: boolean): string | undefined {
  if (column.type === "day") return isDay(cell) ? undefined : "is not a day (YYYY-MM-DD)";
  if (cell === "") return isKey ? "is blank" : undefined;
  if (column.type === "number") return NUMBER.test(cell) ? undefined : "is not a number";
  return undefined;
}

/** Reads the file again, cell by cell, for the first thing that is wrong with it. */
function findFault(
  path: string,
  spec: SeriesSpec,
  read: { text: string; names: readonly string[]; cause: unknown },
): VolterraError {
  const { text, names, cause } = read;
  const fault = (line: number, what: string) =>
    new VolterraError("DATA", `${path}, line ${line}: ${what}`, "Correct the file.", { cause });
  const seen = new Map<string, number>();
  const lines = linesOf(text);
  for (let index = 1; index < lines.length; index++) {
    const line = lines[index]!;
    if (line === "" && index === lines.length - 1) break;
    const cells = line.split(",");
    if (cells.length !== names.length) {
      return fault(index + 1, `${cells.length} cells, not ${names.length}`);
    }
    for (const [at, name] of names.entries()) {
      const wrong = complain(spec.columns[name]!, cells[at]!, spec.key.includes(name));
      if (wrong)
        return fault(index + 1, `column "${headerOf(spec, name)}": "${cells[at]}" ${wrong}`);
    }
    const key = spec.key.map((name) => cells[names.indexOf(name)]).join(" ");
    const earlier = seen.get(key);
    if (earlier !== undefined) return fault(index + 1, `the same key as line ${earlier}: ${key}`);
    seen.set(key, index + 1);
  }
  const said = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
  return new VolterraError("DATA", `${path}: ${said}`, "", { cause });
}
