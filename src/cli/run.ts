import { print, remark, showEvents } from "./terminal.ts";
import { suggest, VolterraError } from "#core";
import { renderRun, renderSleeves, runTables, sleevesText } from "#report";
import { execute, openCatalog, readStudy, runSleeves, type StoredRun, toJson } from "#run";
import type { Globals } from "./globals.ts";
import type { ProbeAnswers } from "./probe-option.ts";

/** `run STUDY`: runs or finds the run, then prints its tables. */
export async function run(
  globals: Globals,
  file: string,
  overrides: readonly string[],
  options: ProbeAnswers & {
    json?: boolean;
    preset?: string;
    allow?: readonly string[];
    peek?: string;
  },
): Promise<void> {
  const all = [...overrides];
  if (options.preset !== undefined) all.push(`preset=${options.preset}`);
  if (options.allow) all.push(`data.allow=[${options.allow.join(",")}]`);
  const study = readStudy(file, all);
  // The environment speaks to hedging studies alone: it is set for all that is run.
  const probe =
    options.probe || (study.kind === "hedging" && (options.hedgeProbe || options.hirmProbe));
  await runStudy(globals, probe ? study.with(["probe=true"]) : study, options);
}

type Study = ReturnType<typeof readStudy>;
type Runner = (
  globals: Globals,
  study: Study,
  options: { json?: boolean; peek?: string },
) => Promise<void>;

/** Who runs which kind of study. */
const RUNNERS: Readonly<Record<string, Runner>> = {
  strategy: runStrategy,
  sleeves: runAllSleeves,
  forecast: async (...given) => (await import("./forecast.ts")).runForecast(...given),
  filter: async (...given) => (await import("./forecast.ts")).runFilter(...given),
  hedging: async (...given) => (await import("./hedging.ts")).runHedging(...given),
};

/** Runs a study and prints what was found. */
export async function runStudy(...[globals, study, options]: Parameters<Runner>): Promise<void> {
  const runner = RUNNERS[study.kind];
  if (!runner) {
    const hint = suggest(study.kind, Object.keys(RUNNERS));
    throw new VolterraError("SPEC", `${study.file}: no kind of study "${study.kind}"`, hint);
  }
  await runner(globals, study, options);
}

async function runAllSleeves(...[globals, study, { json }]: Parameters<Runner>): Promise<void> {
  const { emit, clear } = showEvents();
  const { folder, result } = await runSleeves({
    study,
    root: globals.var,
    catalog: openCatalog(globals.catalog),
    emit,
    render: renderRun,
    renderAll: renderSleeves,
  });
  clear();
  print(json ? toJson({ ...result, run: folder.path }, 1) : sleevesText(result));
  if (!json) print(`report: ${folder.path}/report.html`);
}

async function runStrategy(
  ...[globals, study, { json = false, peek }]: Parameters<Runner>
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
