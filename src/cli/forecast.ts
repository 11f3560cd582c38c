import { filterText, forecastText, renderFilter, renderForecast } from "#report";
import {
  executeKind,
  FILTER,
  FORECAST,
  type KindResult,
  type KindSpec,
  openCatalog,
  type readStudy,
  type RunFiles,
  type StudyKind,
  toJson,
} from "#run";
import type { Globals } from "./globals.ts";
import { print, remark, showEvents } from "./terminal.ts";

type Study = ReturnType<typeof readStudy>;

/** Runs a study of a kind, or finds the run, and prints what was found. */
async function runKind<S extends KindSpec, R extends KindResult, D>(
  globals: Globals,
  study: Study,
  { json = false }: { json?: boolean },
  about: {
    readonly kind: StudyKind<S, R, D>;
    readonly render: (result: R, detail: D) => RunFiles;
    readonly text: (result: R) => string;
  },
): Promise<void> {
  const { emit, clear } = showEvents();
  const catalog = openCatalog(globals.catalog);
  const { kind, render } = about;
  const stored = await executeKind({ kind, render, study, root: globals.var, catalog, emit });
  clear();
  const { folder, result, fresh } = stored;
  if (!fresh) remark(`this run exists already: ${folder.path}`);
  if (json) print(toJson({ ...result, run: folder.path }, 1));
  else print(`${about.text(result)}\nreport: ${folder.path}/report.html`);
}

type Given = [globals: Globals, study: Study, options: { json?: boolean }];

/** `run STUDY` of `kind: forecast`. */
export function runForecast(...given: Given): Promise<void> {
  return runKind(...given, { kind: FORECAST, render: renderForecast, text: forecastText });
}

/** `run STUDY` of `kind: filter`. */
export function runFilter(...given: Given): Promise<void> {
  return runKind(...given, { kind: FILTER, render: renderFilter, text: filterText });
}
