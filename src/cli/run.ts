import { print, remark, showEvents } from "./terminal.ts";
import { renderRun, runTables } from "#report";
import { execute, openCatalog, readStudy, type StoredRun, toJson } from "#run";
import type { Globals } from "./globals.ts";

/** `run STUDY`: runs or finds the run, then prints its tables. */
export async function run(
  globals: Globals,
  file: string,
  overrides: readonly string[],
  options: { json?: boolean; preset?: string; allow?: readonly string[]; peek?: string },
): Promise<void> {
  const all = [...overrides];
  if (options.preset !== undefined) all.push(`preset=${options.preset}`);
  if (options.allow) all.push(`data.allow=[${options.allow.join(",")}]`);
  await runStudy(globals, readStudy(file, all), options);
}

/** Runs a study and prints what was found. */
export async function runStudy(
  globals: Globals,
  study: ReturnType<typeof readStudy>,
  { json = false, peek }: { json?: boolean; peek?: string },
): Promise<void> {
  const { emit, clear } = showEvents();
  const stored = await execute({
    study,
    root: globals.var,
    catalog: openCatalog(globals.catalog),
    emit,
    ...(peek !== undefined && { peek }),
    render: renderRun,
  });
  clear();
  if (!stored.fresh) remark(`this run exists already: ${stored.folder.path}`);
  printRun(stored, json);
}

/** The answer of `run` and `runs show`. */
export function printRun({ folder, result, series }: StoredRun, json: boolean): void {
  if (json) {
    print(toJson({ ...result, run: folder.path }, 1));
    return;
  }
  print(runTables(result, series));
  print(`report: ${folder.path}/report.html`);
}
