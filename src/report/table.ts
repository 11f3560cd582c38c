import { type Cell, type CellKind, formatCell } from "./format.ts";

export interface TableColumn {
  readonly name: string;
  /** Text, to the left, unless said; every other kind is to the right. */
  readonly kind?: CellKind;
}

/** Rows and columns for a report or a terminal. */
export interface Table {
  readonly title: string;
  /** Convention, n, how to read it. Plain text, may be empty. */
  readonly note: string;
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly Cell[])[];
  /** For tables with one metric a row: the kind of each row, for the columns of kind "row". */
  readonly rowKinds?: readonly CellKind[];
}

/** What a row of a table shows. */
export function rowTexts(table: Omit<Table, "title" | "note">, row: number): string[] {
  return table.columns.map((_, j) =>
    formatCell(table.rows[row]![j] ?? null, cellKind(table, row, j)),
  );
}

/** How a cell is written. */
export function cellKind(
  { columns, rowKinds }: Pick<Table, "columns" | "rowKinds">,
  row: number,
  column: number,
): CellKind {
  const kind = columns[column]!.kind ?? "text";
  return kind === "row" ? (rowKinds?.[row] ?? "number") : kind;
}

/** True for a column that is aligned to the right. */
export function isNumeric(column: TableColumn): boolean {
  return column.kind !== undefined && column.kind !== "text";
}

/**
 * A table for a terminal or a pipe: columns padded with spaces, two between them, a rule under the names, no
 * escape codes and no trailing spaces.
 */
export function textTable(
  columns: readonly TableColumn[],
  rows: Table["rows"],
  rowKinds: readonly CellKind[] = [],
): string {
  const body = rows.map((_, i) => rowTexts({ columns, rows, rowKinds }, i));
  const widths = columns.map((column, j) =>
    Math.max(length(column.name), ...body.map((texts) => length(texts[j]!))),
  );
  const line = (texts: readonly string[]) =>
    texts
      .map((text, j) => {
        const pad = " ".repeat(widths[j]! - length(text));
        return isNumeric(columns[j]!) ? pad + text : text + pad;
      })
      .join("  ")
      .trimEnd();
  const rule = widths.map((width) => "─".repeat(width)).join("  ");
  return [line(columns.map((column) => column.name)), rule, ...body.map(line)].join("\n");
}

function length(text: string): number {
  return [...text].length;
}
