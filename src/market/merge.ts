import type { Cells, Table } from "./source.ts";
import { cellText, compareKeys, keyText } from "./table.ts";

/** One value of history that a later delivery changed; days as ISO text, a missing number as NaN. */
export interface Revision {
  readonly series: string;
  readonly key: string;
  readonly column: string;
  readonly before: number | string;
  readonly after: number | string;
}

/** What joining newly delivered rows to those held did. */
export interface Merge {
  readonly table: Table;
  /** Rows that were not held. */
  readonly added: number;
  /** Rows delivered as they were held. */
  readonly unchanged: number;
  /** Rows held and not delivered; they stay. */
  readonly retained: number;
  /** Values that differ from those held. */
  readonly revisions: readonly Revision[];
}

function same(a: number | string, b: number | string): boolean {
  return a === b || (a !== a && b !== b);
}

function shown(cells: Cells, row: number): number | string {
  return cells instanceof Int32Array ? cellText(cells, row) : cells[row]!;
}

/**
 * Joins delivered rows to the rows held: delivered values win and are reported one by one where they differ, and
 * no held row is lost. Both tables are sorted by the same unique key.
 */
export function mergeTables(series: string, held: Table, delivered: Table): Merge {
  const values = Object.keys(held.columns).filter((name) => !held.key.includes(name));
  const revisions: Revision[] = [];
  /** Row numbers: delivered rows as they are, held rows as −1 − row. */
  const order: number[] = [];
  let added = 0;
  let unchanged = 0;
  let retained = 0;
  let i = 0;
  let j = 0;
  while (i < held.rows || j < delivered.rows) {
    const side = i >= held.rows ? 1 : j >= delivered.rows ? -1 : compareKeys(held, i, delivered, j);
    if (side < 0) {
      order.push(-1 - i++);
      retained++;
    } else if (side > 0) {
      order.push(j++);
      added++;
    } else {
      const count = revisions.length;
      for (const column of values) {
        const before = held.columns[column]!;
        const after = delivered.columns[column]!;
        if (same(before[i]!, after[j]!)) continue;
        const key = keyText(held, i);
        revisions.push({ series, key, column, before: shown(before, i), after: shown(after, j) });
      }
      if (revisions.length === count) unchanged++;
      order.push(j++);
      i++;
    }
  }
  const columns = Object.keys(held.columns).map(
    (name) => [name, weave(held.columns[name]!, delivered.columns[name]!, order)] as const,
  );
  const table = { rows: order.length, key: held.key, columns: Object.fromEntries(columns) };
  return { table, added, unchanged, retained, revisions };
}

function weave(held: Cells, delivered: Cells, order: readonly number[]): Cells {
  const at = (row: number) => (row < 0 ? held[-1 - row]! : delivered[row]!);
  if (held instanceof Float64Array) return Float64Array.from(order, (row) => Number(at(row)));
  if (held instanceof Int32Array) return Int32Array.from(order, (row) => Number(at(row)));
  return order.map((row) => String(at(row)));
}
