export type { Figure } from "./figure.ts";
export type { Table, TableColumn, Cell, CellKind } from "./table.ts";
export type { TearSheetData } from "./tear-sheet-data.ts";
