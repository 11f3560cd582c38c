import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { VolterraError } from "./errors.ts";

const REASONS: Readonly<Record<string, readonly [what: string, hint: string]>> = {
  ENOSPC: ["the disk is full", "Free some space; what was stored before is whole."],
  EDQUOT: ["the disk quota is used up", "Free some space; what was stored before is whole."],
  EFBIG: ["the file would be too large", "Raise the limit on file sizes (ulimit -f)."],
  EROFS: ["the disk is read-only", "Choose another place with --var DIR."],
  EACCES: ["writing is not permitted", "Choose another place with --var DIR."],
  EPERM: ["writing is not permitted", "Choose another place with --var DIR."],
  ENOTDIR: ["a file stands where a folder should be", "Choose another place with --var DIR."],
  EEXIST: ["a file stands where a folder should be", "Choose another place with --var DIR."],
  ENOENT: ["the folder cannot be made", "Choose another place with --var DIR."],
};

/** What DuckDB says instead of an error number. */
const SAID: readonly (readonly [RegExp, string])[] = [
  [/No space left|disk is full/i, "ENOSPC"],
  [/quota/i, "EDQUOT"],
  [/File too large/i, "EFBIG"],
  [/Read-only/i, "EROFS"],
  [/Permission denied|not permitted/i, "EACCES"],
];

function codeOf(cause: unknown): string | undefined {
  if (!(cause instanceof Error)) return undefined;
  if ("code" in cause && typeof cause.code === "string" && cause.code in REASONS) return cause.code;
  return SAID.find(([pattern]) => pattern.test(cause.message))?.[1];
}

/** Runs something that writes; what the disk refuses becomes `VolterraError("DISK")` naming the place. */
export async function writing<T>(place: string, work: () => Promise<T> | T): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const code = codeOf(cause);
    if (code === undefined) throw cause;
    const [what, hint] = REASONS[code]!;
    throw new VolterraError("DISK", `cannot write ${place}: ${what}`, hint, { cause });
  }
}

/** Waits until a file or the entries of a folder are on the disk. */
export function flush(path: string): void {
  const handle = openSync(path, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/**
 * Makes a folder and those above it. Not Node's own recursion, which never ends where a folder that is there refuses a
 * new one as if it were not (/proc).
 */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process was first.
    if (!existsSync(path)) throw error;
  }
}

let serial = 0;

/** A name for a temporary file beside the final ones, marked with the process that writes it. */
export function temporary(dir: string, name: string): string {
  makeFolder(join(dir, "tmp"));
  return join(dir, "tmp", `${process.pid}-${serial++}-${name}`);
}

/** Removes the temporary files of processes that no longer run. */
export function sweepTemporary(dir: string): void {
  const tmp = join(dir, "tmp");
  makeFolder(tmp);
  for (const name of readdirSync(tmp)) {
    if (!isRunning(Number.parseInt(name, 10))) rmSync(join(tmp, name), { force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** Moves a finished temporary file to its final name, so that it is there whole or not at all. */
export function publish(temporaryPath: string, path: string): void {
  flush(temporaryPath);
  makeFolder(dirname(path));
  renameSync(temporaryPath, path);
  flush(dirname(path));
}

/** Writes a file that is there whole or not at all. */
export function writeWhole(dir: string, path: string, text: string | Uint8Array): void {
  publish(writeTemporary(dir, path, text), path);
}

/** Writes a text to a file that must not exist yet; false, and nothing done, where it does. Atomic between processes. */
export function writeFirst(dir: string, path: string, text: string): boolean {
  const written = writeTemporary(dir, path, text);
  flush(written);
  makeFolder(dirname(path));
  try {
    linkSync(written, path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(written, { force: true });
  }
  flush(dirname(path));
  return true;
}

function writeTemporary(dir: string, path: string, text: string | Uint8Array): string {
  const written = temporary(dir, basename(path));
  const handle = openSync(written, "wx");
  try {
    const bytes = typeof text === "string" ? Buffer.from(text) : text;
    for (let done = 0; done < bytes.length;) done += writeSync(handle, bytes, done);
  } finally {
    closeSync(handle);
  }
  return written;
}
