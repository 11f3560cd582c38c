import { type Day, type DayNumber, type Emit, toDay, VolterraError } from "#core";
import { makeSchedule } from "#backtest";
import { openTable } from "#features";
import type { Market } from "#market";
import { type Check, spread } from "./audit-check.ts";
import { auditHedging } from "./audit-hedging.ts";
import { auditForecasts, auditRisk } from "./audit-learning.ts";
import { type LagDecay, lagDecay } from "./audit-lag.ts";
import { auditColumn, auditSchedule, narrowMarket, noteReads } from "./audit-market.ts";
import { auditNode } from "./audit-node.ts";
import { auditBlindfolded, auditFills, auditPath } from "./audit-runs.ts";
import type { Catalog } from "./catalog.ts";
import { type Runs, simulateSpec } from "./evaluation.ts";
import { buildRows, type RowSpec } from "./forecast-data.ts";
import { type FilterSpec, resolveFilter } from "./forecast-filter-spec.ts";
import { lossSessions } from "./forecast-retraining.ts";
import { type ForecastSpec, resolveForecast } from "./forecast-spec.ts";
import { resolveHedging } from "./hedging-spec.ts";
import { resolveSpec, type Spec } from "./spec.ts";
import type { Study } from "./study.ts";
import { openWorkbench, windowRows, type Workbench } from "./workbench.ts";

/** Cuts of the whole path from tables to net asset value. */
const CUTS = 24;

/** What an audit found. */
export interface Audit {
  readonly study: string;
  readonly presets: readonly string[];
  /** Empty where no market was read. */
  readonly snapshot: string;
  readonly simulated: boolean;
  /** What the cuts are spread over: the windows of the presets; null where they have none. */
  readonly period: { readonly start: Day; readonly end: Day } | null;
  readonly checks: readonly Check[];
  readonly lagDecay: readonly LagDecay[];
}

/** What an audit of a study needs. */
export interface AuditRequest {
  readonly study: Study;
  readonly presets: readonly string[];
  /** Null for a study that reads none: hedging in synthetic environments alone. */
  readonly market: Market | null;
  readonly catalog: Catalog;
  readonly emit: Emit;
}

/** What an audit of specs needs. */
interface AuditGround {
  readonly market: Market;
  readonly catalog: Catalog;
  readonly emit: Emit;
}

/** What was checked, and what was simulated on the way. */
interface Found {
  readonly checks: readonly Check[];
  readonly lagDecay: readonly LagDecay[];
  readonly runs: readonly Runs[];
  readonly days: readonly [DayNumber, DayNumber] | null;
}

/**
 * Audits presets of a study of any kind. A leak is a value that changes when nothing but its future does. Throws
 * `VolterraError("LOOK_AHEAD")` where a feature or a strategy reads a label, because then there is nothing to compute,
 * and USAGE for a study that only names others.
 */
export async function auditStudy(
  request: AuditRequest,
): Promise<{ audit: Audit; runs: readonly Runs[] }> {
  const { study, presets, market } = request;
  const found = await findLeaks(request);
  const name = study.resolve(presets[0]).study;
  const period = found.days && { start: toDay(found.days[0]), end: toDay(found.days[1]) };
  const audit = {
    study: String(name),
    presets,
    snapshot: market?.snapshot ?? "",
    simulated: market?.simulated ?? false,
    period,
    checks: found.checks,
    lagDecay: found.lagDecay,
  };
  return { audit, runs: found.runs };
}

function findLeaks({ study, presets, market, catalog, emit }: AuditRequest): Promise<Found> {
  const { kind, file } = study;
  if (kind === "hedging") {
    return inTurn(presets, async (preset) => {
      const checks = await auditHedging(resolveHedging(study, preset), { catalog, market, emit });
      return { checks, lagDecay: [], runs: [], days: null };
    });
  }
  const ground = { market: market!, catalog, emit };
  if (kind === "strategy") {
    return auditStrategies(
      presets.map((preset) => resolveSpec(study, preset)),
      ground,
    );
  }
  if (kind === "forecast") {
    return inTurn(presets, (preset) => auditForecastStudy(resolveForecast(study, preset), ground));
  }
  if (kind === "filter") {
    return inTurn(presets, (preset) => auditFilterStudy(resolveFilter(study, preset), ground));
  }
  throw new VolterraError(
    "USAGE",
    `${file} is a study of kind "${kind}"`,
    "audit takes the studies that it names, one by one.",
  );
}

/** Presets one after another; what two of them read or are is told of once. */
async function inTurn(
  presets: readonly string[],
  find: (preset: string) => Promise<Found>,
): Promise<Found> {
  const checks = new Map<string, Check>();
  const lags = new Map<string, LagDecay>();
  const runs: Runs[] = [];
  let days: Found["days"] = null;
  for (const preset of presets) {
    const found = await find(preset);
    for (const check of found.checks) {
      const name =
        isShared(check) || presets.length === 1 ? check.name : `${preset}: ${check.name}`;
      const before = checks.get(`${check.kind} ${name}`);
      if (!before?.leak) checks.set(`${check.kind} ${name}`, { ...check, name });
    }
    for (const lag of found.lagDecay) lags.set(`${lag.preset} ${lag.delay}`, lag);
    runs.push(...found.runs);
    days = found.days && [
      Math.min(days?.[0] ?? Infinity, found.days[0]),
      Math.max(days?.[1] ?? -Infinity, found.days[1]),
    ];
  }
  return { checks: [...checks.values()], lagDecay: [...lags.values()], runs, days };
}

/** What is the same thing in every preset that reads it. */
function isShared({ kind }: Check): boolean {
  return ["calendar", "column", "feature", "target"].includes(kind);
}

/** The calendar, every column, feature and target that a workbench has read. */
function auditInputs(
  { graph }: Workbench,
  noted: ReturnType<typeof noteReads>,
  market: Market,
  emit: Emit,
): { readonly checks: Check[]; readonly columns: string[]; readonly features: string[] } {
  const { sessions } = market;
  const column = openTable(graph, market);
  const nodes = [...graph.nodes.values()];
  const features = nodes.filter(({ entry }) => entry.kind === "feature").map(({ ref }) => ref);
  const columns = [...noted.columns].toSorted();
  const checks: Check[] = [auditSchedule(sessions, makeSchedule(sessions))];
  checks.push(...columns.map((ref) => auditColumn(market, ref)));
  for (const [done, node] of nodes.entries()) {
    emit({ kind: "progress", name: "features", done: done + 1, total: nodes.length });
    checks.push(auditNode(node, column, sessions));
  }
  return { checks, columns, features };
}

/**
 * Audits strategies: the calendar, every column, feature and target they read, their decisions, fills and results. A leak
 * is a value that changes when nothing but its future does. Throws `VolterraError("LOOK_AHEAD")` where a feature or a
 * strategy reads a target, because then there is nothing to compute.
 */
async function auditStrategies(
  specs: readonly Spec[],
  { market, catalog, emit }: AuditGround,
): Promise<Found> {
  const noted = noteReads(market);
  const bench = openWorkbench(noted.market, catalog);
  emit({ kind: "stage", name: "audit", detail: specs.map(({ preset }) => preset).join(", ") });
  const runs: Runs[] = [];
  for (const spec of specs) runs.push(await simulateSpec(spec, bench));

  const { checks, columns, features } = auditInputs(bench, noted, market, emit);
  const ground = { market: narrowMarket(market, noted.series), catalog };
  for (const run of runs) {
    checks.push(await auditBlindfolded(market, catalog, run), await auditFills(ground, run));
  }
  const { sessions } = market;
  const windows = specs.map(({ window }) => windowRows(market, window));
  const from = Math.min(...windows.map((w) => w.from));
  const to = Math.max(...windows.map((w) => w.to));
  const cuts = spread(from + 1, to, CUTS);
  checks.push(
    ...(await auditPath({ market, catalog }, { columns, features }, specs, { cuts, emit })),
  );

  const decay: LagDecay[] = [];
  for (const run of runs) decay.push(...(await lagDecay(bench, run)));
  return { checks, lagDecay: decay, runs, days: [sessions[from]!, sessions[to]!] };
}

/** Audits what a learning study learns from: as for strategies, the label among the rest, and cuts of the tables. */
async function auditRows(spec: RowSpec & Pick<ForecastSpec, "preset">, ground: AuditGround) {
  const { market, catalog, emit } = ground;
  const noted = noteReads(market);
  const bench = openWorkbench(noted.market, catalog);
  emit({ kind: "stage", name: "features", detail: spec.target });
  const rows = await buildRows(bench, spec);
  const { checks, columns, features } = auditInputs(bench, noted, market, emit);
  const { from, to } = windowRows(market, spec.window);
  const cuts = spread(from + 1, to, CUTS);
  checks.push(...(await auditPath({ market, catalog }, { columns, features }, [], { cuts, emit })));
  const days = [market.sessions[from]!, market.sessions[to]!] as const;
  return { rows, bench, checks, days };
}

/** Audits a study of a forecast: its rows, and its models on a few of them. */
async function auditForecastStudy(spec: ForecastSpec, ground: AuditGround): Promise<Found> {
  const { rows, checks, days } = await auditRows(spec, ground);
  const models = await auditForecasts(spec, { ...ground, rows });
  return { checks: [...checks, ...models], lagDecay: [], runs: [], days };
}

/** Audits a study of a filter: its rows, its models on a few of them, and the sleeve it filters. */
async function auditFilterStudy(spec: FilterSpec, ground: AuditGround): Promise<Found> {
  const { rows, bench, checks, days } = await auditRows(spec, ground);
  const returns = await bench.feature(spec.returns);
  const losses = lossSessions(returns, spec.retraining.loss, rows.horizon);
  const models = await auditRisk(spec, { ...ground, rows }, losses);
  const sleeve = await auditStrategies([spec.strategy], ground);
  const known = new Set(checks.map(({ kind, name }) => `${kind} ${name}`));
  const more = sleeve.checks.filter(({ kind, name }) => !known.has(`${kind} ${name}`));
  return { ...sleeve, checks: [...checks, ...models, ...more], days };
}
