import path from "node:path";
import { type Day, toDay, toNumber } from "#core";
import type { RunFiles, StudyKind } from "./execute-kind.ts";
import { findRun, readRunFile } from "./folder.ts";
import { toFloats, toJson } from "./json.ts";
import type { FilterMonitoring, FilterResult } from "./forecast-filter-result.ts";
import { type FilterSpec, resolveFilter } from "./forecast-filter-spec.ts";
import { type FilterEvaluation, runFilterStudy } from "./forecast-filter-study.ts";
import { keepFits } from "./forecast-kept.ts";
import { modelFiles } from "./forecast-models.ts";
import { trialsOf } from "./forecast-filter-trials.ts";
import { storeColumns } from "./forecast-store.ts";

/** Studies of `kind: filter`. */
export const FILTER: StudyKind<FilterSpec, FilterResult, FilterMonitoring> = {
  resolve: resolveFilter,
  trials: (spec) => trialsOf(spec).map(({ id }) => id),
  async run(run) {
    const evaluation = await runFilterStudy({ ...run, kept: keepFits(run.unfinished) });
    const { spec, root, code } = run;
    const named = Object.keys(spec.row).length > 0;
    const about = { name: spec.study, refs: spec.row, root, code };
    const table = named ? path.basename(await storeColumns(about, evaluation.bench)) : "";
    const result = { ...evaluation.result, run: run.run, code: run.code, table };
    return { result, files: filesOf(evaluation), detail: evaluation.monitoring };
  },
};

function filesOf({ monitoring, contenders, trainings }: FilterEvaluation): RunFiles {
  return {
    "monitoring.json": toJson({ ...monitoring, days: Array.from(monitoring.days, toDay) }),
    ...modelFiles(contenders, toDay(trainings.at(-1)!.asOf)),
  };
}

/** The monitoring figures of a stored run. */
export function readMonitoring(root: string, name: string): FilterMonitoring {
  const raw = JSON.parse(readRunFile(findRun(root, name), "monitoring.json")) as {
    readonly [K in keyof FilterMonitoring]: K extends "fault" | "zFeature"
      ? FilterMonitoring[K]
      : readonly (number | null)[];
  } & { readonly days: readonly Day[] };
  return {
    ...raw,
    days: Int32Array.from(raw.days, toNumber),
    age: Int32Array.from(raw.age, (age) => age ?? -1),
    probability: toFloats(raw.probability),
    risk: toFloats(raw.risk),
    limit: toFloats(raw.limit),
    label: toFloats(raw.label),
    z: toFloats(raw.z),
    psi: toFloats(raw.psi),
    precision: toFloats(raw.precision),
    recall: toFloats(raw.recall),
    brier: toFloats(raw.brier),
  };
}
