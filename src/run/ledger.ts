import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { sweepTemporary, timestamp, VolterraError, writeFirst, writing } from "#core";
import {
  appendRecord,
  EMPTY_LEDGER,
  type LedgerEntry,
  type LedgerHead,
  type LedgerProblem,
  type LedgerRecord,
  readLedger,
  splitLedger,
  verifyLedger,
} from "#evidence";

/**
 * The trial ledger on disk: `<var>/ledgers/<family>/<number>.jsonl`, one file for each append, the lines of all files
 * in order forming one hash chain. A file appears whole or not at all and its number can be taken only once, so two
 * processes and `kill -9` at any moment leave a chain; whoever comes second reads again and follows.
 */
export interface Ledger {
  readonly dir: string;
  /** Every entry so far. Throws `VolterraError("LEDGER")` where the chain was altered. */
  entries(): readonly LedgerEntry[];
  /** Number of lines and hash of the last one. */
  head(): LedgerHead;
  /** The raw lines, for verification and export. */
  lines(): string[];
  /** Appends records that are on the disk when this resolves. Rejects with `VolterraError("LEDGER" | "DISK")`. */
  append(records: readonly LedgerRecord[]): Promise<LedgerHead>;
}

/** Others may append first this many times before this process gives up. */
const ATTEMPTS = 200;

function segments(dir: string): string[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir)
    .filter((name) => /^\d{8}\.jsonl$/.test(name))
    .toSorted();
}

function segmentName(number: number): string {
  return `${String(number).padStart(8, "0")}.jsonl`;
}

function readSegment(file: string): string[] {
  const { lines, torn } = splitLedger(readFileSync(file, "utf8"));
  if (torn === "") return lines;
  throw new VolterraError("LEDGER", `${file} was cut short`, "Restore it from a copy.");
}

/** The names must run 1, 2, 3 …: a missing file is a dropped part of the chain. */
function checkNumbers(dir: string, names: readonly string[]): void {
  const gap = names.findIndex((name, i) => name !== segmentName(i + 1));
  if (gap < 0) return;
  throw new VolterraError(
    "LEDGER",
    `${dir}: ${segmentName(gap + 1)} is missing`,
    "Restore it: nothing is evaluated on a ledger with a hole.",
  );
}

/**
 * Runs something that writes records. What the disk refuses becomes a `VolterraError("DISK")` that says what that means
 * for what was evaluated: nothing is half-written, and an evaluation whose result is not recorded gives the same again.
 */
async function recording<T>(
  dir: string,
  records: readonly LedgerRecord[],
  work: () => T,
): Promise<T> {
  try {
    return await writing(dir, work);
  } catch (error) {
    if (!(error instanceof VolterraError) || error.code !== "DISK") throw error;
    dropOwnTemporary(dir);
    const results = records.filter(({ kind }) => kind === "result").length;
    const isVerdict = records.some(({ kind }) => kind === "verdict");
    const again = "run it again: the same results come again, and what is recorded is not repeated";
    const [fact, what] =
      results > 0
        ? [
            `${results} evaluated ${results === 1 ? "trial is" : "trials are"} counted, without result`,
            again,
          ]
        : isVerdict
          ? ["the verdict is not recorded", again]
          : ["nothing was evaluated", "run it again"];
    const hint = `${error.hint} Then ${what}.`;
    throw new VolterraError("DISK", `${error.message}; ${fact}`, hint, { cause: error });
  }
}

/** A file that was cut short must not go on filling the disk. */
function dropOwnTemporary(dir: string): void {
  const tmp = path.join(dir, "tmp");
  if (!existsSync(tmp)) return;
  for (const name of readdirSync(tmp)) {
    if (!name.startsWith(`${process.pid}-`)) continue;
    try {
      rmSync(path.join(tmp, name), { force: true });
    } catch {
      // On a disk that became read-only it stays; the next process sweeps it.
    }
  }
}

/** Text as a name of a study: small letters, digits and single hyphens. */
export function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
}

/** The name of a family, which is that of a study, as it is. Throws `VolterraError("USAGE")` for what is none. */
export function checkFamily(family: string): string {
  if (/^[a-z0-9-]+$/.test(family)) return family;
  throw new VolterraError(
    "USAGE",
    `"${family}" is no name of a study`,
    `Small letters, digits and hyphens${slug(family) ? `: ${slug(family)}` : ""}.`,
  );
}

/** Opens the ledger of a study family; nothing is written yet. Throws `VolterraError("USAGE")` for what is no name of one. */
export function openLedger(root: string, family: string): Ledger {
  const dir = path.join(root, "ledgers", checkFamily(family));
  let known: { files: number; head: LedgerHead; entries: LedgerEntry[] } = {
    files: 0,
    head: EMPTY_LEDGER,
    entries: [],
  };

  function lines(): string[] {
    const names = segments(dir);
    checkNumbers(dir, names);
    return names.flatMap((name) => readSegment(path.join(dir, name)));
  }

  function refresh(): void {
    const names = segments(dir);
    if (names.length === known.files) return;
    checkNumbers(dir, names);
    known = { files: names.length, ...readLedger(lines()) };
  }

  return {
    dir,
    lines,
    entries() {
      refresh();
      return known.entries;
    },
    head() {
      refresh();
      return known.head;
    },
    async append(records) {
      if (records.length === 0) return this.head();
      return recording(dir, records, () => {
        sweepTemporary(dir);
        for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
          refresh();
          let { head } = known;
          const at = timestamp();
          const text = records.map((record) => {
            const next = appendRecord(head, record, at);
            head = next.head;
            return next.line;
          });
          const name = segmentName(known.files + 1);
          if (!writeFirst(dir, path.join(dir, name), `${text.join("\n")}\n`)) continue;
          const added = text.map((line) => JSON.parse(line) as LedgerEntry);
          known = { files: known.files + 1, head, entries: [...known.entries, ...added] };
          return head;
        }
        throw new VolterraError("LEDGER", `other processes kept writing to ${dir}`);
      });
    },
  };
}

/** Problems of a ledger, against anchors kept elsewhere where there are any. A missing file counts as one. */
export function checkLedger(ledger: Ledger, anchors: readonly LedgerHead[]): LedgerProblem[] {
  try {
    return verifyLedger(ledger.lines(), anchors);
  } catch (error) {
    if (!(error instanceof VolterraError) || error.code !== "LEDGER") throw error;
    return [{ line: 0, kind: "broken", message: error.message }];
  }
}
