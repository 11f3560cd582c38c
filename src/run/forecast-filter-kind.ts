import path from "node:path";
import { toDay } from "#core";
import { openTable, storeFeatures } from "#features";
import type { KindRun, RunFiles, StudyKind } from "./execute-kind.ts";
import { toJson } from "./json.ts";
import type { FilterMonitoring, FilterResult } from "./forecast-filter-result.ts";
import { type FilterSpec, resolveFilter } from "./forecast-filter-spec.ts";
import { type FilterEvaluation, runFilterStudy } from "./forecast-filter-study.ts";
import { MODEL } from "./forecast-result.ts";
import type { Workbench } from "./workbench.ts";

/** Studies of `kind: filter`. */
export const FILTER: StudyKind<FilterSpec, FilterResult, FilterMonitoring> = {
  resolve: resolveFilter,
  async run(run) {
    const evaluation = await runFilterStudy(run);
    const folder = await storeRow(run, evaluation.bench);
    const table = folder === "" ? "" : path.basename(folder);
    const result = { ...evaluation.result, run: run.run, code: run.code, table };
    return { result, files: filesOf(evaluation), detail: evaluation.monitoring };
  },
};

/** The folder of stored features. */
export function featuresDir(root: string): string {
  return path.join(root, "features");
}

/** Stores the daily row of a study, its columns as of each session; "" where it names none. */
export async function storeRow(
  { spec, root, code }: Pick<KindRun<FilterSpec>, "spec" | "root" | "code">,
  { market, graph, feature }: Workbench,
): Promise<string> {
  if (Object.keys(spec.row).length === 0) return "";
  for (const ref of Object.values(spec.row)) await feature(ref);
  const { sessions, snapshot, unit } = market;
  return storeFeatures(featuresDir(root), {
    name: spec.study,
    refs: spec.row,
    graph,
    column: openTable(graph, market),
    unit,
    sessions,
    snapshot,
    code,
  });
}

function filesOf({ monitoring, contenders, trainings }: FilterEvaluation): RunFiles {
  const models = contenders.flatMap(({ name, saved }) =>
    Object.entries(saved).map(
      ([seed, bytes]) =>
        [`models/${name === MODEL ? "model" : name}-${seed}.volterra`, bytes] as const,
    ),
  );
  const asOf = toDay(trainings.at(-1)!.asOf);
  return {
    "monitoring.json": toJson({ ...monitoring, days: Array.from(monitoring.days, toDay) }),
    "models/about.json": toJson({ asOf, models: models.map(([file]) => file) }, 1),
    ...Object.fromEntries(models),
  };
}
