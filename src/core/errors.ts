/** What went wrong for a user, by code: the exit code of the command and the status of the server. */
const TABLE = {
  USAGE: { exit: 1, status: 400 },
  NOT_FOUND: { exit: 1, status: 404 },
  SPEC: { exit: 1, status: 422 },
  DATA: { exit: 1, status: 422 },
  QUALITY: { exit: 1, status: 422 },
  EMPTY_WINDOW: { exit: 1, status: 422 },
  SOURCE: { exit: 1, status: 502 },
  LEDGER: { exit: 1, status: 500 },
  LOOK_AHEAD: { exit: 1, status: 422 },
  MODEL: { exit: 1, status: 422 },
  DISK: { exit: 1, status: 507 },
  HALTED: { exit: 2, status: 409 },
  INTERRUPTED: { exit: 130, status: 499 },
} as const;

export type ErrorCode = keyof typeof TABLE;

/**
 * A mistake of the user or of the data. The message names the file, row, key or date; the hint says
 * what to do. A mistake of the programmer is a `RangeError` instead.
 */
export class VolterraError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;

  constructor(code: ErrorCode, message: string, hint = "", options?: ErrorOptions) {
    super(message, options);
    this.name = "VolterraError";
    this.code = code;
    this.hint = hint;
  }

  get exitCode(): number {
    return TABLE[this.code].exit;
  }

  get status(): number {
    return TABLE[this.code].status;
  }
}

/** Edit distance with transpositions of neighbours (optimal string alignment). */
function distance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) => [i, ...Array(b.length).fill(0)]);
  for (let j = 0; j <= b.length; j++) rows[0]![j] = j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min(rows[i - 1]![j] + 1, rows[i]![j - 1] + 1, rows[i - 1]![j - 1] + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, rows[i - 2]![j - 2] + 1);
      }
      rows[i]![j] = best;
    }
  }
  return rows[a.length]![b.length];
}

/** "Did you mean …?" for a misspelt name, or the list of what there is; for the hint of an error. */
export function suggest(name: string, known: Iterable<string>): string {
  const names = [...known];
  const near = names
    .map((candidate) => ({ candidate, far: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, far }) => far <= Math.max(2, Math.floor(candidate.length / 3)))
    .toSorted((a, b) => a.far - b.far)[0];
  if (near) return `Did you mean "${near.candidate}"?`;
  if (names.length === 0) return "There are none yet.";
  const shown = names.slice(0, 20).join(", ");
  return `Known: ${shown}${names.length > 20 ? `, … (${names.length} in all)` : ""}.`;
}
