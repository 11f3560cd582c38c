import path from "node:path";
import { type Emit, VolterraError } from "#core";
import { openTable, storeFeatures } from "#features";
import type { Catalog } from "./catalog.ts";
import { codeVersion } from "./code-version.ts";
import { openData } from "./data.ts";
import { resolveFilter } from "./forecast-filter-spec.ts";
import { resolveForecast } from "./forecast-spec.ts";
import type { Study } from "./study.ts";
import { openWorkbench, type Workbench } from "./workbench.ts";

/** Stores columns of a workbench, one row a session, and returns the folder. */
export async function storeColumns(
  about: {
    readonly name: string;
    readonly refs: Readonly<Record<string, string>>;
    /** Working folder. */
    readonly root: string;
    readonly code: string;
  },
  { market, graph, feature }: Workbench,
): Promise<string> {
  const { name, refs, root, code } = about;
  for (const ref of Object.values(refs)) await feature(ref);
  const { sessions, snapshot, unit } = market;
  const column = openTable(graph, market);
  const request = { name, refs, graph, column, unit, sessions, snapshot, code };
  return storeFeatures(path.join(root, "features"), request);
}

/** The columns that a study stores: its daily row where it names one, else features, further columns and label. */
function columnsOf(study: Study) {
  if (study.kind === "filter") {
    const spec = resolveFilter(study);
    return Object.keys(spec.row).length > 0 ? { spec, refs: spec.row } : { spec, refs: all(spec) };
  }
  if (study.kind === "forecast") {
    const spec = resolveForecast(study);
    return { spec, refs: all(spec) };
  }
  throw new VolterraError(
    "SPEC",
    `${study.file} is a study of kind ${study.kind}, which learns from no table`,
    "Studies of kind forecast and filter do.",
  );
}

function all(spec: {
  readonly features: Readonly<Record<string, string>>;
  readonly columns: Readonly<Record<string, string>>;
  readonly target: string;
}): Record<string, string> {
  return { ...spec.features, ...spec.columns, target: spec.target };
}

/** Stores what a study learns from, without running it, and returns the folder. */
export async function storeStudy(request: {
  readonly study: Study;
  readonly root: string;
  readonly catalog: Catalog;
  readonly emit: Emit;
}): Promise<string> {
  const { study, root, catalog, emit } = request;
  const { spec, refs } = columnsOf(study);
  const market = await openData(spec.data, root, catalog, { emit });
  const about = { name: spec.study, refs, root, code: codeVersion() };
  return storeColumns(about, openWorkbench(market, catalog));
}
