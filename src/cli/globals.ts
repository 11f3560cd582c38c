import { type Day, isDay, VolterraError } from "#core";

/** Options that every command has. */
export interface Globals {
  /** Working folder: lake, runs, ledgers. */
  readonly var: string;
  /** Further catalog folders. */
  readonly catalog?: readonly string[];
}

/** A day given to an option. Throws `VolterraError("USAGE")` for what is none. */
export function readDay(option: string, text: string | undefined): Day | undefined {
  if (text === undefined || isDay(text)) return text;
  throw new VolterraError(
    "USAGE",
    `${option} ${text} is not a day`,
    "Days are written YYYY-MM-DD.",
  );
}
