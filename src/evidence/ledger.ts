import { canonical, contentHash, type Day, sha256, VolterraError } from "#core";
import type { Outcome } from "./kill-test.ts";
import type { Window } from "./series.ts";

/** What a result was made by; another of either may give another result for the same trial. */
export interface Origin {
  /** Content hash of the data. */
  readonly snapshot: string;
  /** Version of the code. */
  readonly code: string;
}

/**
 * The format of the trial ledger: one JSON object a line, each carrying the hash of the one before. Pure functions
 * over lines; the file, its lock and its flushing belong to who writes it.
 */
export type LedgerRecord =
  /** Written before a trial is evaluated. */
  | {
      readonly kind: "intent";
      readonly study: string;
      /** `trialIdentity`. */
      readonly trial: string;
      /** Parameters for people; identity does not depend on it. */
      readonly label?: string;
    }
  /** Written after; the last one of a trial stands. Ledgers that did not keep its origin hold results without. */
  | ({
      readonly kind: "result";
      readonly study: string;
      readonly trial: string;
      readonly metrics: Readonly<Record<string, number | null>>;
      readonly monthly?: {
        /** 12 · year + month − 1, increasing. */
        readonly months: readonly number[];
        /** Compound returns of those months, decimal. */
        readonly returns: readonly number[];
      };
    } & Partial<Origin>)
  /** A kill-test fixed before the data may be read. */
  | { readonly kind: "contract"; readonly study: string; readonly contract: string }
  /** How a contract ended on a trial. */
  | {
      readonly kind: "verdict";
      readonly study: string;
      readonly trial: string;
      readonly contract: string;
      readonly outcome: Outcome;
    }
  /** Told of: trials that no ledger saw. */
  | {
      readonly kind: "declaration";
      readonly study: string;
      readonly count: number;
      readonly source: string;
    }
  /** A hold-out as a study stated it: nothing from `start` on is read, but for so many looks. */
  | {
      readonly kind: "seal";
      readonly study: string;
      readonly start: Day;
      readonly peeks: number;
    }
  /** A sealed window opened. */
  | {
      readonly kind: "peek";
      readonly study: string;
      readonly window: Window;
      readonly reason: string;
    }
  /** A trial made elsewhere and imported. */
  | {
      readonly kind: "import";
      readonly study: string;
      readonly trial: string;
      readonly source: string;
      readonly label?: string;
      readonly metrics: Readonly<Record<string, number | null>>;
    };

export type LedgerEntry = LedgerRecord & {
  /** 0 for the first line. */
  readonly seq: number;
  /** When it was written, as the writer says; nothing depends on it. */
  readonly at: string;
  /** Hash of the line before; 64 zeros for the first. */
  readonly previous: string;
  /** SHA-256 of the canonical JSON of everything above. */
  readonly hash: string;
};

/** The state of a chain: what a writer appends to and what an anchor states. */
export interface LedgerHead {
  /** Number of lines. */
  readonly length: number;
  readonly hash: string;
}

export const EMPTY_LEDGER: LedgerHead = Object.freeze({ length: 0, hash: "0".repeat(64) });

/** A trial is its resolved spec, data window and seed: repeated or resumed it counts once, whatever the commit. */
export function trialIdentity(trial: {
  readonly spec: unknown;
  readonly window: Window;
  readonly seed: number;
}): string {
  return contentHash({ spec: trial.spec, window: trial.window, seed: trial.seed });
}

/** The next line of a chain (without its line break) and the head after it. */
export function appendRecord(
  head: LedgerHead,
  record: LedgerRecord,
  at: string,
): { readonly line: string; readonly head: LedgerHead } {
  const body = { ...record, seq: head.length, at, previous: head.hash };
  const hash = sha256(canonical(body));
  return { line: canonical({ ...body, hash }), head: { length: head.length + 1, hash } };
}

/** What is wrong with a ledger, and where (lines from 1). */
export interface LedgerProblem {
  readonly line: number;
  readonly kind: "unreadable" | "changed" | "broken" | "short" | "other-history";
  readonly message: string;
}

const KINDS = new Set([
  "intent",
  "result",
  "contract",
  "verdict",
  "declaration",
  "seal",
  "peek",
  "import",
]);

/** One line as an entry, or undefined where it is not one. */
function parseEntry(line: string): LedgerEntry | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const entry = value as Partial<LedgerEntry>;
  const valid =
    KINDS.has(entry.kind ?? "") &&
    Number.isInteger(entry.seq) &&
    [entry.at, entry.previous, entry.hash, entry.study].every((text) => typeof text === "string");
  // A line is exactly the canonical text of its entry: no second spelling has the same meaning.
  return valid && canonical(value) === line ? (entry as LedgerEntry) : undefined;
}

/**
 * Everything wrong with the lines: `changed` (a line does not match its own hash), `broken` (a line does not follow
 * the one before: something was dropped, inserted or moved), `unreadable`; against an anchor also `short` (lines were
 * cut off the end) and `other-history` (the chain is whole but not the one that was anchored). Empty means intact; only
 * an anchor kept elsewhere can show that the whole file was not rewritten.
 */
export function verifyLedger(
  lines: readonly string[],
  anchors: readonly LedgerHead[] = [],
): LedgerProblem[] {
  const problems: LedgerProblem[] = [];
  const report = (line: number, kind: LedgerProblem["kind"], message: string) =>
    problems.push({ line, kind, message });
  const hashes = [EMPTY_LEDGER.hash];
  lines.forEach((text, i) => {
    const entry = parseEntry(text);
    if (!entry) {
      report(i + 1, "unreadable", "this line is not an entry");
      hashes.push("");
      return;
    }
    const { hash, ...body } = entry;
    if (sha256(canonical(body)) !== hash) {
      report(i + 1, "changed", "its content does not match its hash");
    }
    if (entry.previous !== hashes[i] || entry.seq !== i) {
      report(i + 1, "broken", `it says it follows line ${entry.seq}, but not the line before it`);
    }
    hashes.push(hash);
  });
  for (const anchor of anchors) {
    if (anchor.length > lines.length) {
      report(
        lines.length,
        "short",
        `${anchor.length} lines were anchored, ${lines.length} are left`,
      );
    } else if (hashes[anchor.length] !== anchor.hash) {
      report(
        anchor.length,
        "other-history",
        `the first ${anchor.length} lines are not those anchored`,
      );
    }
  }
  return problems;
}

/** The text of a ledger as whole lines, and what follows the last line break: a write that did not finish. */
export function splitLedger(text: string): { readonly lines: string[]; readonly torn: string } {
  const lines = text.split("\n");
  const torn = lines.pop() ?? "";
  return { lines, torn };
}

/** The entries and head of an intact ledger. Throws `VolterraError` LEDGER naming the first line that is not. */
export function readLedger(lines: readonly string[]): {
  readonly entries: LedgerEntry[];
  readonly head: LedgerHead;
} {
  const [problem] = verifyLedger(lines);
  if (problem) {
    throw new VolterraError(
      "LEDGER",
      `ledger line ${problem.line}: ${problem.message} (${problem.kind})`,
      "Nothing is evaluated on a ledger that was altered: restore it, or verify it against an anchor.",
    );
  }
  const entries = lines.map((line) => parseEntry(line)!);
  return {
    entries,
    head: { length: lines.length, hash: entries.at(-1)?.hash ?? EMPTY_LEDGER.hash },
  };
}

/** An entry of a trial itself, which a verdict on it is not. */
export type TrialEntry = Extract<LedgerEntry, { readonly kind: "intent" | "result" | "import" }>;

/** True for what makes or finishes a trial. */
export function isTrialEntry(entry: LedgerEntry): entry is TrialEntry {
  return entry.kind === "intent" || entry.kind === "result" || entry.kind === "import";
}

export interface TrialCount {
  /** Distinct trials: intended or imported, whether or not they finished. */
  readonly recorded: number;
  /** Those with a result. */
  readonly finished: number;
  /** Identities of those without. */
  readonly unfinished: readonly string[];
  /** Identities in the order in which they first appear. */
  readonly trials: readonly string[];
}

/** Distinct trials of the entries, of one study if named. */
export function countTrials(entries: readonly LedgerEntry[], study?: string): TrialCount {
  const finished = new Map<string, boolean>();
  for (const entry of entries) {
    if ((study !== undefined && entry.study !== study) || !isTrialEntry(entry)) continue;
    const done = entry.kind !== "intent" || (finished.get(entry.trial) ?? false);
    finished.set(entry.trial, done);
  }
  const trials = [...finished.keys()];
  const unfinished = trials.filter((trial) => !finished.get(trial));
  return {
    recorded: trials.length,
    finished: trials.length - unfinished.length,
    unfinished,
    trials,
  };
}
