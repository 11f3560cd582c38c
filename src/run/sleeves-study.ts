import path from "node:path";
import { contentHash, type Day, type Emit } from "#core";
import { type Metrics, performance, type ReturnSeries, type Verdict, within } from "#evidence";
import { z } from "zod";
import type { Catalog } from "./catalog.ts";
import { execute, type ExecuteRequest, type StoredRun } from "./execute.ts";
import { isDone, type RunFolder, runFolder, writeRun } from "./folder.ts";
import { toJson } from "./json.ts";
import type { PresetSummary, Published } from "./result.ts";
import { window } from "./spec.ts";
import { completeSpec, readStudy, type Study } from "./study.ts";

const schema = z.strictObject({
  study: z.string().regex(/^[a-z0-9-]+$/),
  title: z.string(),
  describe: z.string().default(""),
  /** Study files beside this one. */
  studies: z.array(z.string()).min(1),
  /** The stretch on which all are compared, beside each one's own window. */
  common: window,
  /** `key=value` for every study. */
  overrides: z.array(z.string()).default([]),
});

/** A preset of a study, judged. */
export interface SleeveRow {
  readonly study: string;
  readonly preset: string;
  /** The study's usual preset. */
  readonly usual: boolean;
  readonly run: string;
  readonly period: { readonly start: Day; readonly end: Day };
  readonly lookAhead: boolean;
  readonly verdict: Verdict | null;
  readonly metrics: Metrics;
  /** On the stretch that all studies share; null where its history does not cover it. */
  readonly common: Metrics | null;
  readonly published: Published;
}

/** Every preset of several studies side by side. */
export interface SleevesResult {
  readonly study: string;
  readonly title: string;
  readonly simulated: boolean;
  readonly common: { readonly start: Day; readonly end: Day };
  readonly rows: readonly SleeveRow[];
  /** Presets of each study with what an original reported of them and of periods. */
  readonly published: readonly {
    readonly study: string;
    readonly presets: readonly PresetSummary[];
  }[];
  /** Correlation of the usual presets with one another and with the benchmark, on the common stretch. */
  readonly correlations: {
    readonly names: readonly string[];
    readonly values: readonly (readonly number[])[];
  };
  readonly notes: readonly string[];
}

/** What the benchmark of the correlations is called in the studies. */
const BENCHMARK = "buy-hold";

/** What judging several studies needs. */
export interface SleevesRequest {
  readonly study: Study;
  readonly root: string;
  readonly catalog: Catalog;
  readonly emit: Emit;
  readonly render: ExecuteRequest["render"];
  /** The page over all of them. */
  readonly renderAll: (result: SleevesResult) => Readonly<Record<string, string | Uint8Array>>;
}

/** Runs every study of a `sleeves` study, or reads the runs that exist, and sets their presets side by side. */
export async function runSleeves(
  request: SleevesRequest,
): Promise<{ folder: RunFolder; result: SleevesResult; fresh: boolean }> {
  const { study, root, catalog, emit, render } = request;
  const spec = completeSpec(study.file, schema, study.resolve());
  const runs: { stored: StoredRun; usual: string }[] = [];
  for (const file of spec.studies) {
    const each = readStudy(path.join(path.dirname(study.file), file), spec.overrides);
    emit({ kind: "stage", name: "study", detail: file });
    runs.push({
      stored: await execute({ study: each, root, catalog, emit, render }),
      usual: each.preset,
    });
  }
  const stored = runs.map((run) => run.stored);
  const identity = { spec, runs: stored.map(({ folder }) => folder.name) };
  const folder = runFolder(root, `${spec.study}-${contentHash(identity).slice(0, 10)}`);
  const result: SleevesResult = {
    study: spec.study,
    title: spec.title,
    simulated: stored.some((run) => run.result.simulated),
    common: spec.common,
    rows: runs.flatMap((run) => rowsOf(run.stored, run.usual, spec.common, benchmarkOf(stored))),
    published: stored.map((run) => ({ study: run.result.study, presets: run.result.presets })),
    correlations: correlationsOf(stored, spec.common),
    notes: stored.flatMap((run) => run.result.notes),
  };
  const fresh = !isDone(folder);
  if (fresh) {
    await writeRun(folder, { "sleeves.json": toJson(result, 1), ...request.renderAll(result) });
  }
  return { folder, result, fresh };
}

/** Daily returns of a preset of a run on a stretch; null where the run does not cover it. */
function returnsOf(
  { result, series }: StoredRun,
  name: string,
  stretch: SleevesResult["common"],
): ReturnSeries | null {
  const curve = series.curves.find((c) => c.name === name || c.name === `${result.study} ${name}`);
  const { start, end } = result.period;
  if (!curve || start > stretch.start || end < stretch.end) return null;
  return within({ days: series.days, returns: curve.returns }, stretch);
}

function rowsOf(
  run: StoredRun,
  usual: string,
  common: SleevesResult["common"],
  benchmark: StoredRun | undefined,
): SleeveRow[] {
  const { result } = run;
  const market = benchmark && returnsOf(benchmark, BENCHMARK, common);
  return result.presets.map(({ preset, lookAhead, verdict, metrics, published }) => {
    const returns = returnsOf(run, preset, common);
    const options = market && { benchmark: market.returns };
    return {
      study: result.study,
      preset,
      usual: preset === usual,
      run: result.run,
      period: result.period,
      lookAhead,
      verdict,
      metrics,
      common: returns && performance(returns, options ?? {}),
      published,
    };
  });
}

/** The first run that has the benchmark among its curves. */
function benchmarkOf(runs: readonly StoredRun[]): StoredRun | undefined {
  return runs.find(({ series }) => series.curves.some(({ name }) => name === BENCHMARK));
}

function correlationsOf(
  runs: readonly StoredRun[],
  common: SleevesResult["common"],
): SleevesResult["correlations"] {
  const benchmark = benchmarkOf(runs);
  const columns = runs.map((run) => ({
    name: run.result.study,
    returns: returnsOf(run, run.result.preset, common),
  }));
  if (benchmark) columns.push({ name: "SPY", returns: returnsOf(benchmark, BENCHMARK, common) });
  const known = columns.flatMap(({ name, returns }) => (returns ? [{ name, returns }] : []));
  return {
    names: known.map(({ name }) => name),
    values: known.map(({ returns: a }) =>
      known.map(({ returns: b }) => performance(a, { benchmark: b.returns }).correlation),
    ),
  };
}
