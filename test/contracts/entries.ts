import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Graph, isColumn, openGraph } from "#features";
import type { Market } from "#market";
import { type CatalogFolder, readStudy, resolveSpec, type Spec, type Study } from "#run";
import { loadStrategy } from "../../src/run/portfolio.ts";
import { catalog } from "./worlds.ts";

const STUDIES = fileURLToPath(new URL("../../studies", import.meta.url));

/** The studies of strategies in the package. */
export const studies: readonly Study[] = readdirSync(STUDIES)
  .filter((file) => file.endsWith(".yaml"))
  .map((file) => readStudy(join(STUDIES, file)))
  .filter(({ kind }) => kind === "strategy");

const specs = studies.flatMap((study) => study.presets.map((preset) => resolveSpec(study, preset)));

/** Every strategy of the catalog with its own parameters, and as each preset trades it. */
export const traded: readonly Pick<Spec, "study" | "preset" | "strategy">[] = [
  ...catalog
    .names("strategies")
    .map((name) => ({ study: name, preset: "defaults", strategy: { name, params: {} } })),
  ...specs,
];

/** Every feature and target: with its own parameters, and as strategies use it. */
export const graph: Graph = openGraph((name) =>
  catalog.load(catalog.names("targets").includes(name) ? "targets" : "features", name),
);
await graph.add(...catalog.names("features"), ...catalog.names("targets"));
for (const { strategy } of traded) {
  const loaded = await loadStrategy(catalog, strategy);
  const refs = Object.values(loaded.strategy.features(loaded.params));
  await graph.add(...refs.filter((ref) => !isColumn(ref)));
}

/** A feature, target or strategy that asks the calendar knows closures before they were announced. */
export function asksCalendar(folder: CatalogFolder, name: string): boolean {
  return /\bcalendar\(/.test(readFileSync(catalog.file(folder, name), "utf8"));
}

/** Series that a reference needs and a market does not hold. */
export function absentSeries(market: Market, ref: string): string[] {
  if (isColumn(ref)) {
    const series = ref.split(".")[0]!;
    return market.series.includes(series) ? [] : [series];
  }
  const inputs = Object.values(graph.nodes.get(ref)!.inputs);
  return [...new Set(inputs.flatMap((input) => absentSeries(market, input)))];
}
