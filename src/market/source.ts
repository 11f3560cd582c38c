import type { DayNumber, Emit } from "#core";

/** Cells of one column: numbers (NaN is missing), days, or text (empty is missing). */
export type Cells = Float64Array | Int32Array | readonly string[];

/** Rows as columns of equal length; days are Int32Array, text string[]. Sorted by `key`, which is unique. */
export interface Table {
  readonly rows: number;
  /** Names of the key columns, e.g. `["date"]` or `["trade_date", "expiry"]`. */
  readonly key: readonly string[];
  readonly columns: Readonly<Record<string, Cells>>;
}

/** What a source is given to work with. */
export interface SourceContext {
  /** Options of the command, e.g. `{ path: "/data" }` or `{ baseUrl: "http://127.0.0.1:9000" }`. */
  readonly options: Readonly<Record<string, string>>;
  /** Only rows from this day on are wanted (a resumed fetch); the source may deliver more. */
  readonly from?: DayNumber;
  readonly signal: AbortSignal;
  readonly emit: Emit;
}

/**
 * Where market data come from. A source converts units once (rates to decimals; VX prices to today's scale) and
 * names columns as the registry of series does; it never fills, smooths or drops silently.
 */
export interface Source {
  readonly name: string;
  readonly describe: string;
  /** True where the rows are made up. */
  readonly simulated?: boolean;
  /** Names of the options it knows; the command refuses others. */
  readonly options?: readonly string[];
  /** Names of the series it can deliver with these options. */
  list(context: SourceContext): Promise<readonly string[]>;
  /** The rows of one series. Throws `VolterraError("SOURCE" | "DATA")` naming file or address, row and column. */
  deliver(series: string, context: SourceContext): Promise<Table>;
}

/** A source as a catalog entry. */
export function defineSource(source: Source): Source {
  return Object.freeze(source);
}
