import { type Day, type Emit, toDay, VolterraError } from "#core";
import { makeSchedule } from "#backtest";
import { openTable } from "#features";
import type { Market } from "#market";
import { type Check, spread } from "./audit-check.ts";
import { auditColumn, auditSchedule, narrowMarket, noteReads } from "./audit-market.ts";
import { auditNode } from "./audit-node.ts";
import { type LagDecay, lagDecay } from "./audit-lag.ts";
import { auditBlindfolded, auditFills, auditPath } from "./audit-runs.ts";
import type { Catalog } from "./catalog.ts";
import { type Runs, simulateSpec } from "./evaluation.ts";
import { resolveSpec } from "./spec.ts";
import type { Study } from "./study.ts";
import { openWorkbench, windowRows } from "./workbench.ts";

/** Cuts of the whole path from tables to net asset value. */
const CUTS = 24;

/** What an audit found. */
export interface Audit {
  readonly study: string;
  readonly presets: readonly string[];
  readonly snapshot: string;
  readonly simulated: boolean;
  /** What the cuts are spread over: the windows of the presets. */
  readonly period: { readonly start: Day; readonly end: Day };
  readonly checks: readonly Check[];
  readonly lagDecay: readonly LagDecay[];
}

/** What an audit needs. */
export interface AuditRequest {
  readonly study: Study;
  readonly presets: readonly string[];
  readonly market: Market;
  readonly catalog: Catalog;
  readonly emit: Emit;
}

/**
 * Audits presets of a study: the calendar, every column, feature and target they read, their strategies, fills and
 * results. A leak is a value that changes when nothing but its future does. Throws `VolterraError("LOOK_AHEAD")` where a
 * feature reads a target, because then there is nothing to compute.
 */
export async function auditStudy(request: AuditRequest): Promise<{ audit: Audit; runs: Runs[] }> {
  const { study, presets, market, catalog, emit } = request;
  if (study.kind !== "strategy") {
    throw new VolterraError(
      "USAGE",
      `${study.file} is a study of kind "${study.kind}"`,
      "audit takes studies of one strategy: audit the parts.",
    );
  }
  const noted = noteReads(market);
  const bench = openWorkbench(noted.market, catalog);
  const specs = presets.map((preset) => resolveSpec(study, preset));
  emit({ kind: "stage", name: "audit", detail: `${study.file}: ${presets.join(", ")}` });
  const runs: Runs[] = [];
  for (const spec of specs) runs.push(await simulateSpec(spec, bench));

  const { sessions } = market;
  const column = openTable(bench.graph, market);
  const nodes = [...bench.graph.nodes.values()];
  const features = nodes.filter(({ entry }) => entry.kind === "feature").map(({ ref }) => ref);
  const columns = [...noted.columns].toSorted();
  const checks: Check[] = [auditSchedule(sessions, makeSchedule(sessions))];
  checks.push(...columns.map((ref) => auditColumn(market, ref)));
  for (const [done, node] of nodes.entries()) {
    emit({ kind: "progress", name: "features", done: done + 1, total: nodes.length });
    checks.push(auditNode(node, column, sessions));
  }
  const ground = { market: narrowMarket(market, noted.series), catalog };
  for (const run of runs) {
    checks.push(await auditBlindfolded(market, catalog, run), await auditFills(ground, run));
  }
  const windows = specs.map(({ window }) => windowRows(market, window));
  const from = Math.min(...windows.map((w) => w.from));
  const to = Math.max(...windows.map((w) => w.to));
  const cuts = spread(from + 1, to, CUTS);
  checks.push(
    ...(await auditPath({ market, catalog }, { columns, features }, specs, { cuts, emit })),
  );

  const decay: LagDecay[] = [];
  for (const run of runs) decay.push(...(await lagDecay(bench, run)));
  const audit = {
    study: specs[0]!.study,
    presets,
    snapshot: market.snapshot,
    simulated: market.simulated,
    period: { start: toDay(sessions[from]!), end: toDay(sessions[to]!) },
    checks,
    lagDecay: decay,
  };
  return { audit, runs };
}
