/** How the cells of a column are written; see `formatCell`. */
export type CellKind =
  | "text"
  | "percent"
  | "signedPercent"
  | "ratio"
  | "signedRatio"
  | "count"
  | "money"
  | "bps"
  | "probability"
  | "day"
  | "number";

/** A value of a table. A number is written as its column says; `null` and NaN are missing and written "–". */
export type Cell = string | number | null;

export interface TableColumn {
  readonly name: string;
  /** Text unless said. */
  readonly kind?: CellKind;
}

/** Rows and columns for a report or a terminal. */
export interface Table {
  readonly title: string;
  /** Convention, n, how to read it. Plain text, may be empty. */
  readonly note: string;
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly Cell[])[];
  /** Kinds row by row, for tables with one metric a row; they win over the kind of a column of numbers. */
  readonly rowKinds?: readonly CellKind[];
}
