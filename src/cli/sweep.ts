import { availableParallelism } from "node:os";
import { VolterraError } from "#core";
import { renderSweep, sweepText } from "#report";
import { type Grid, readStudy, runFolder, sweep, sweepName, toJson, writeRun } from "#run";
import { parseDocument } from "yaml";
import type { Globals } from "./globals.ts";
import { print, showEvents } from "./terminal.ts";

/** `key=a,b,c` → values of a grid. Throws `VolterraError("USAGE")` for what is not a list of plain values. */
export function parseGrid(texts: readonly string[]): Grid {
  const grid: Record<string, readonly (string | number | boolean)[]> = {};
  for (const text of texts) {
    const equals = text.indexOf("=");
    const key = text.slice(0, equals);
    const document = parseDocument(`[${text.slice(equals + 1)}]`);
    const values: unknown = document.errors.length > 0 ? null : document.toJS();
    if (equals < 1 || !Array.isArray(values) || values.length === 0 || !values.every(isPlain)) {
      throw new VolterraError(
        "USAGE",
        `"${text}" is not key=a,b,c`,
        "For example strategy.params.volTarget=0.08,0.1,0.12.",
      );
    }
    if (key in grid) {
      throw new VolterraError("USAGE", `${key} is given twice`, "Give all its values at once.");
    }
    grid[key] = [...new Set(values)];
  }
  return grid;
}

function isPlain(value: unknown): value is string | number | boolean {
  return ["string", "number", "boolean"].includes(typeof value);
}

/** `sweep STUDY key=a,b,c …`. */
export async function runSweep(
  globals: Globals,
  file: string,
  keys: readonly string[],
  options: { json?: boolean; preset?: string; threads?: string },
): Promise<void> {
  const study = readStudy(file, options.preset === undefined ? [] : [`preset=${options.preset}`]);
  const grid = keys.length > 0 ? parseGrid(keys) : study.matrix;
  if (Object.keys(grid).length === 0) {
    throw new VolterraError(
      "USAGE",
      `${file} has no matrix and no key=a,b,c was given`,
      "For example strategy.params.volTarget=0.08,0.1,0.12.",
    );
  }
  const threads = Number(options.threads ?? availableParallelism());
  if (!Number.isInteger(threads) || threads < 1) {
    throw new VolterraError("USAGE", `--threads is ${options.threads}, not a number from 1`);
  }
  const { emit, clear } = showEvents();
  const catalog = globals.catalog ?? [];
  const outcome = await sweep({ study, grid, root: globals.var, catalog, threads, emit });
  clear();
  const folder = runFolder(globals.var, sweepName(outcome));
  await writeRun(folder, { "sweep.json": toJson(outcome, 1), ...renderSweep(outcome) });
  print(options.json ? toJson({ ...outcome, run: folder.path }, 1) : sweepText(outcome));
  if (!options.json) print(`\nreport: ${folder.path}/report.html`);
}
