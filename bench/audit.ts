/**
 * Audit of the whole catalog: `tsx --conditions=source bench/audit.ts [--all]`. Every feature and target, every model, and
 * every study in its own preset (with `--all` in every preset). Target on two cores: below 60 s.
 */
import { readdirSync } from "node:fs";
import { silent } from "#core";
import { openTable } from "#features";
import type { Model } from "#learn";
import { auditNode, auditStudy, type Check, leakText, readStudy } from "#run";
import { absentSeries, graph } from "../test/contracts/entries.ts";
import { auditCatalogModel } from "../test/contracts/model-rows.ts";
import { catalog, worlds } from "../test/contracts/worlds.ts";

const all = process.argv.includes("--all");
const { name, market } = worlds.at(-1)!;
const start = performance.now();
const found: Check[] = [];

async function timed(what: string, work: () => Promise<readonly Check[]>): Promise<void> {
  const before = performance.now();
  const checks = await work();
  found.push(...checks);
  const seconds = (performance.now() - before) / 1000;
  console.log(
    `${what.padEnd(44)} ${checks.length.toString().padStart(5)} checks ${seconds.toFixed(1).padStart(6)} s`,
  );
}

console.log(name);
const column = openTable(graph, market);
await timed("features and targets", async () =>
  [...graph.nodes.values()]
    .filter(({ ref }) => absentSeries(market, ref).length === 0)
    .map((node) => auditNode(node, column, market.sessions)),
);
await timed("models", async () => {
  const checks: Check[] = [];
  for (const model of catalog.names("models")) {
    checks.push(...(await auditCatalogModel(await catalog.load<Model>("models", model))));
  }
  return checks;
});
for (const file of readdirSync("studies").filter((f) => f.endsWith(".yaml"))) {
  const study = readStudy(`studies/${file}`);
  // It only names others.
  if (study.kind === "sleeves") continue;
  const presets = all ? study.presets : [study.preset];
  const request = { study, presets, market, catalog, emit: silent };
  await timed(
    `${file}: ${presets.length} of ${study.presets.length} presets`,
    async () => (await auditStudy(request)).audit.checks,
  );
}
console.log(`in all ${((performance.now() - start) / 1000).toFixed(1)} s`);
for (const { kind, name, leak } of found)
  if (leak) console.log(`${kind} ${name}: ${leakText(leak)}`);
