/** Options that every command has. */
export interface Globals {
  /** Working folder: lake, runs, ledgers. */
  readonly var: string;
  /** Further catalog folders. */
  readonly catalog?: readonly string[];
}
