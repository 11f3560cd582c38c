import { sha256, suggest, toDay, VolterraError, type DayNumber, type Minute } from "#core";
import type { SeriesSpec } from "./series.ts";
import type { Cells, Table } from "./source.ts";

/** The first key column: the day each row is dated. */
export function dates(table: Table): Int32Array {
  const column = table.columns[table.key[0]!];
  if (!(column instanceof Int32Array)) {
    throw new RangeError(`the first key column, ${table.key[0]}, does not hold days`);
  }
  return column;
}

/** A numeric column. Throws `RangeError` where it is absent or holds something else. */
export function numbersOf(table: Table, name: string): Float64Array {
  const column = table.columns[name];
  if (!(column instanceof Float64Array)) throw new RangeError(`no numeric column ${name}`);
  return column;
}

/** A column of days. Throws `RangeError` where it is absent or holds something else. */
export function daysOf(table: Table, name: string): Int32Array {
  const column = table.columns[name];
  if (!(column instanceof Int32Array)) throw new RangeError(`no column of days ${name}`);
  return column;
}

/** Row `i` of `a` before (−1), equal to (0) or after (1) row `j` of `b`, by their key; text by code units. */
export function compareKeys(a: Table, i: number, b: Table, j: number): number {
  for (const name of a.key) {
    const x = a.columns[name]![i]!;
    const y = b.columns[name]![j]!;
    if (x < y) return -1;
    if (x > y) return 1;
  }
  return 0;
}

/** The key of a row as text, days as ISO: `2018-02-05 2018-02-14`. */
export function keyText(table: Table, row: number): string {
  return table.key.map((name) => cellText(table.columns[name]!, row)).join(" ");
}

/** One cell as text; days as ISO. */
export function cellText(cells: Cells, row: number): string {
  return cells instanceof Int32Array ? toDay(cells[row]!) : String(cells[row]);
}

function typeOf(cells: Cells): "number" | "day" | "text" {
  if (cells instanceof Float64Array) return "number";
  return cells instanceof Int32Array ? "day" : "text";
}

/** First cell that no table may hold: an infinite number or a text of more than one line; −1 where there is none. */
function badCell(cells: Cells): number {
  if (cells instanceof Int32Array) return -1;
  if (cells instanceof Float64Array) {
    for (let i = 0; i < cells.length; i++) if (Math.abs(cells[i]!) === Infinity) return i;
    return -1;
  }
  return cells.findIndex((text) => text.includes("\n"));
}

/**
 * Checks that a table is what the registry says of its series: the same columns and types, equal lengths, keys
 * that increase, no infinite number, no line break in text. Throws `VolterraError("DATA")` naming series, row and column.
 */
export function checkTable(spec: SeriesSpec, table: Table): void {
  const fail = (what: string, hint = ""): never => {
    throw new VolterraError("DATA", `${spec.name}: ${what}`, hint);
  };
  for (const [name, { type }] of Object.entries(spec.columns)) {
    const cells = table.columns[name];
    if (!cells) return fail(`no column "${name}"`, suggest(name, Object.keys(table.columns)));
    if (typeOf(cells) !== type) fail(`column "${name}" holds ${typeOf(cells)}s, not ${type}s`);
    if (cells.length !== table.rows)
      fail(`column "${name}" has ${cells.length} rows of ${table.rows}`);
    const row = badCell(cells);
    if (row >= 0) fail(`row ${keyText(table, row)}, column "${name}" holds "${cells[row]}"`);
  }
  for (const name of Object.keys(table.columns)) {
    if (!(name in spec.columns)) {
      fail(`unknown column "${name}"`, suggest(name, Object.keys(spec.columns)));
    }
  }
  if (table.key.join() !== spec.key.join()) fail(`key ${table.key.join()}, not ${spec.key.join()}`);
  for (let i = 1; i < table.rows; i++) {
    const order = compareKeys(table, i - 1, table, i);
    if (order === 0) fail(`two rows ${keyText(table, i)}`);
    if (order > 0) fail(`row ${keyText(table, i)} comes after ${keyText(table, i - 1)}`);
  }
}

/** The first `rows` rows, without copying numbers. */
export function prefix(table: Table, rows: number): Table {
  return mapColumns(table, rows, (cells) =>
    cells instanceof Float64Array || cells instanceof Int32Array
      ? cells.subarray(0, rows)
      : cells.slice(0, rows),
  );
}

/** The same table with other columns of `rows` rows. */
export function mapColumns(
  table: Table,
  rows: number,
  map: (cells: Cells, name: string) => Cells,
): Table {
  const columns = Object.entries(table.columns).map(
    ([name, cells]) => [name, map(cells, name)] as const,
  );
  return { rows, key: table.key, columns: Object.fromEntries(columns) };
}

/** How many rows, from the first, were known at an instant by the rule of the series. */
export function knownRows(spec: SeriesSpec, table: Table, instant: Minute): number {
  const days: ArrayLike<DayNumber> = dates(table);
  let low = 0;
  let high = table.rows;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (spec.knowledge.at(days[middle]!) <= instant) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The bytes to hash: one NaN and one zero among the numbers, whatever bits they came with. */
function canonicalBytes(cells: Cells): ArrayBufferView | string {
  if (cells instanceof Int32Array) return cells;
  if (!(cells instanceof Float64Array)) return JSON.stringify(cells);
  const copy = new Float64Array(cells.length);
  for (let i = 0; i < cells.length; i++) {
    const value = cells[i]!;
    copy[i] = value === value ? value + 0 : NaN;
  }
  return copy;
}

/**
 * SHA-256 of the values of a table: columns in the order of their names, numbers as little-endian doubles with
 * one NaN and one zero, text as JSON. Equal values give equal hashes, whatever file they came from.
 */
export function tableHash(table: Table): string {
  const names = Object.keys(table.columns).toSorted();
  const pieces = names.flatMap((name) => {
    const cells = table.columns[name]!;
    return [`\n${name}:${typeOf(cells)}:`, canonicalBytes(cells)];
  });
  return sha256(`${table.key.join()}:${table.rows}`, ...pieces);
}
