import { type DayNumber, VolterraError, fromParts, isDay, parts, toDay, toNumber } from "#core";
import type { Emit } from "#core";
import type { Cells, Table } from "./source.ts";

/** A downloaded CSV: cells by row and column name, and errors that say where they stand. */
export interface Sheet {
  readonly rows: number;
  /** A cell as a number; NaN where it is empty or ".". */
  number(row: number, column: string): number;
  /** A cell as a day, written 2024-06-28 or 6/28/2024. */
  day(row: number, column: string): DayNumber;
  /** Address and line of a row. */
  where(row: number): string;
  /** The error that a cell cannot be. */
  fault(row: number, column: string, what: string): VolterraError;
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const AMERICAN = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/;
const PREAMBLE = 10;

/**
 * Reads a CSV by column name, in any order and case, with or without a byte-order mark, CRLF, blank lines, empty
 * trailing cells and up to ten lines before the header. Throws `VolterraError("DATA")` naming address, row and column
 * for missing columns and for rows cut short.
 */
export function readSheet(text: string, address: string, columns: readonly string[]): Sheet {
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  const lower = columns.map((column) => column.toLowerCase());
  const top = lines.slice(0, PREAMBLE).map((line) => cellsOf(line.toLowerCase()));
  const header = top.findIndex((line) => lower.every((column) => line.includes(column)));
  if (header < 0) throw noHeader(address, columns, top);
  const place = new Map(lower.map((column) => [column, top[header]!.indexOf(column)]));
  const width = top[header]!.length;
  const rows: { line: number; cells: string[] }[] = [];
  for (let i = header + 1; i < lines.length; i++) {
    if (lines[i]!.trim() !== "") rows.push({ line: i + 1, cells: cellsOf(lines[i]!) });
  }
  const where = (row: number) => `${address}, row ${rows[row]!.line}`;
  const fault = (row: number, column: string, what: string) =>
    new VolterraError("DATA", `${where(row)}, column ${column}: ${what}`);
  rows.forEach((row, i) => {
    if (row.cells.length < width) {
      throw fault(i, columns[0]!, `${row.cells.length} cells where the header has ${width}`);
    }
  });
  const cellText = (row: number, column: string) =>
    rows[row]!.cells[place.get(column.toLowerCase())!]!;
  return {
    rows: rows.length,
    where,
    fault,
    number(row, column) {
      const cell = cellText(row, column);
      if (cell === "" || cell === ".") return NaN;
      if (!NUMBER.test(cell)) throw fault(row, column, `not a number: "${cell}"`);
      return +cell;
    },
    day(row, column) {
      const day = readDay(cellText(row, column));
      if (day === undefined) throw fault(row, column, `not a day: "${cellText(row, column)}"`);
      return day;
    },
  };
}

function cellsOf(line: string): string[] {
  return line.split(",").map((cell) => cell.trim());
}

function readDay(cell: string): DayNumber | undefined {
  if (isDay(cell)) return toNumber(cell);
  const match = AMERICAN.exec(cell);
  if (!match) return undefined;
  const day = fromParts(+match[3]!, +match[1]!, +match[2]!);
  return parts(day).month === +match[1]! ? day : undefined;
}

function noHeader(address: string, columns: readonly string[], top: string[][]): VolterraError {
  const missing = (line: string[]) => columns.filter((name) => !line.includes(name.toLowerCase()));
  const best = top.toSorted((a, b) => missing(a).length - missing(b).length)[0]!;
  return new VolterraError(
    "DATA",
    `${address}, row 1: no column ${missing(best).join(", ")}`,
    `The columns wanted are ${columns.join(", ")}; the address may have changed its format.`,
  );
}

/** A row on its way into a table: where it stands, and its values in the order of the columns. */
export interface Row {
  readonly where: string;
  readonly values: readonly number[];
}

/**
 * Rows in any order → a table sorted by its key, the first `keyLength` columns, which are days. Rows that repeat
 * another are merged with a warning; two different rows of one key are a `VolterraError("DATA")` naming both.
 */
export function gather(
  names: readonly string[],
  keyLength: number,
  rows: readonly Row[],
  emit: Emit,
): Table {
  const compare = (a: Row, b: Row) => {
    for (let k = 0; k < keyLength; k++) {
      if (a.values[k] !== b.values[k]) return a.values[k]! - b.values[k]!;
    }
    return 0;
  };
  const kept: Row[] = [];
  let repeated = 0;
  for (const row of rows.toSorted(compare)) {
    const last = kept.at(-1);
    if (!last || compare(last, row) !== 0) {
      kept.push(row);
      continue;
    }
    const column = row.values.findIndex((value, i) => !Object.is(value, last.values[i]));
    if (column >= 0) throw conflict(names, keyLength, [last, row], column);
    repeated++;
  }
  if (repeated > 0) {
    const at = rows[0]!.where.replace(/, row \d+$/, "");
    emit({ kind: "warning", code: "REPEATED", message: `${at}: ${repeated} repeated rows merged` });
  }
  const columns: Record<string, Cells> = {};
  names.forEach((name, i) => {
    const values = kept.map((row) => row.values[i]!);
    columns[name] = i < keyLength ? Int32Array.from(values) : Float64Array.from(values);
  });
  return { rows: kept.length, key: names.slice(0, keyLength), columns };
}

function conflict(
  names: readonly string[],
  keyLength: number,
  [first, second]: readonly [Row, Row],
  column: number,
): VolterraError {
  const key = second.values.slice(0, keyLength).map(toDay).join(", ");
  return new VolterraError(
    "DATA",
    `${second.where}, column ${names[column]}: ${second.values[column]} for ${key}, ` +
      `but ${first.values[column]} at ${first.where}`,
  );
}

/**
 * The error of a bar that cannot be: a price that is not positive or above `limit`, or a high below the low;
 * `undefined` for a bar that can. An open or close outside the range is left to the quality rules.
 */
export function impossible(
  bar: Readonly<Record<string, number>>,
  limit: number,
): { column: string; what: string } | undefined {
  for (const [column, price] of Object.entries(bar)) {
    if (price <= 0) return { column, what: `a price of ${price}` };
    if (price > limit) return { column, what: `a price of ${price}, above ${limit}` };
  }
  if (bar["high"]! < bar["low"]!) {
    return { column: "high", what: `${bar["high"]} is below the low, ${bar["low"]}` };
  }
  return undefined;
}
