import type { Frame, Unit } from "#core";
import type { Table } from "./source.ts";

/**
 * The data of one snapshot as they were known: every column is as-of joined on knowledge time at the decision
 * instant of each NYSE session (see `knowledge.ts`), so row t holds nothing that was not known at the close of t.
 */
export interface Market {
  /** Content hash of the snapshot. */
  readonly snapshot: string;
  readonly simulated: boolean;
  /** NYSE sessions, increasing. */
  readonly sessions: Int32Array;
  /** The joined column `series.column`, one value a session; NaN where nothing was known or it was too old. */
  column(ref: string): Float64Array;
  /** Age of the joined value in sessions since the session it is dated; NaN where there is none. */
  age(ref: string): Float64Array;
  unit(ref: string): Unit;
  /** Series names the snapshot holds, derived ones (`vx`) included. */
  readonly series: readonly string[];
  /** A daily series on its own dates. */
  frame(series: string): Frame;
  /** The rows of a series as stored, daily ones too; not of derived ones. */
  table(series: string): Table;
}
