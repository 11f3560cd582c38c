import { availableParallelism } from "node:os";
import { VolterraError } from "#core";
import { renderSweep, sweepText } from "#report";
import { type Grid, readStudy, runFolder, sweep, sweepName, toJson, writeRun } from "#run";
import { parse } from "yaml";
import type { Globals } from "./globals.ts";
import { print, showEvents } from "./terminal.ts";

/** `key=a,b,c` → values of a grid. */
function parseGrid(texts: readonly string[]): Grid {
  const grid: Record<string, (string | number | boolean)[]> = {};
  for (const text of texts) {
    const equals = text.indexOf("=");
    if (equals < 1) {
      throw new VolterraError(
        "USAGE",
        `"${text}" is not key=a,b,c`,
        "For example strategy.params.volTarget=0.08,0.1,0.12.",
      );
    }
    const values: unknown = parse(`[${text.slice(equals + 1)}]`);
    grid[text.slice(0, equals)] = values as string[];
  }
  return grid;
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
