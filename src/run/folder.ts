import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { suggest, sweepTemporary, VolterraError, writeWhole, writing } from "#core";

/** Runs of a working folder: `<var>/runs/<study>-<preset>-<hash>/`, complete once it holds `done`. */
export interface RunFolder {
  readonly name: string;
  readonly path: string;
}

function runsOf(root: string): string {
  return path.join(root, "runs");
}

/** The folder of a run by name; it need not exist. */
export function runFolder(root: string, name: string): RunFolder {
  return { name, path: path.join(runsOf(root), name) };
}

/** True once every file of the run is in place. */
export function isDone(folder: RunFolder): boolean {
  return existsSync(path.join(folder.path, "done"));
}

/** Names of complete runs, sorted. */
export function listRuns(root: string): string[] {
  const runs = runsOf(root);
  if (!existsSync(runs)) return [];
  return readdirSync(runs)
    .filter((name) => isDone(runFolder(root, name)))
    .toSorted();
}

/** The run that a name, or the beginning of one, means. Throws `VolterraError("NOT_FOUND")`. */
export function findRun(root: string, name: string): RunFolder {
  const names = listRuns(root);
  const wanted = path.basename(name);
  const matches = names.includes(wanted) ? [wanted] : names.filter((n) => n.startsWith(wanted));
  if (matches.length === 1) return runFolder(root, matches[0]!);
  if (matches.length > 1) {
    const which = matches.slice(0, 5).join(", ");
    throw new VolterraError("NOT_FOUND", `"${name}" begins ${matches.length} runs`, which);
  }
  throw new VolterraError(
    "NOT_FOUND",
    `no run "${name}" in ${runsOf(root)}`,
    suggest(wanted, names),
  );
}

/** Writes the files of a run, the mark `done` last. Rejects with `VolterraError("DISK")` where the disk refuses. */
export async function writeRun(
  folder: RunFolder,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<void> {
  const root = path.dirname(path.dirname(folder.path));
  await writing(folder.path, () => {
    sweepTemporary(root);
    for (const [name, content] of Object.entries(files)) {
      writeWhole(root, path.join(folder.path, name), content);
    }
    writeWhole(root, path.join(folder.path, "done"), "");
  });
}

/** Text of a file of a run. Throws `VolterraError("NOT_FOUND")` where it is absent. */
export function readRunFile(folder: RunFolder, name: string): string {
  try {
    return readFileSync(path.join(folder.path, name), "utf8");
  } catch (cause) {
    throw new VolterraError("NOT_FOUND", `the run ${folder.name} has no ${name}`, "", { cause });
  }
}
