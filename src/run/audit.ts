import { type Day, type DayNumber, type Emit, toDay, VolterraError } from "#core";
import { makeSchedule, type Simulation } from "#backtest";
import { isColumn, openTable } from "#features";
import type { Market } from "#market";
import { type Check, firstDifference, type Leak, spread } from "./audit-check.ts";
import { spoilAfternoon } from "./audit-fill.ts";
import {
  auditColumn,
  auditReading,
  auditSchedule,
  narrowMarket,
  noteReads,
  type Rows,
} from "./audit-market.ts";
import { auditNode } from "./audit-node.ts";
import { blindfoldStrategies } from "./audit-strategy.ts";
import type { Catalog } from "./catalog.ts";
import { measure, type Runs, simulateSpec } from "./evaluation.ts";
import { resolveSpec, type Spec } from "./spec.ts";
import type { Study } from "./study.ts";
import { openWorkbench, windowRows, type Workbench } from "./workbench.ts";

/** Cut points of the whole path from tables to net asset value, unless said. */
const CUTS = 12;
/** Days with fills on which the afternoon is spoilt. */
const FILL_DAYS = 5;
/** Further sessions between decision and fill. */
const DELAYS = [0, 1, 2, 5];

/** What delay costs: an edge that is gone after one session was hardly there. */
export interface LagDecay {
  readonly preset: string;
  /** `same-open`: as declared, filled before it was decided. */
  readonly delay: number | "same-open";
  readonly sharpe: number;
  readonly cagr: number;
}

/** What an audit found. */
export interface Audit {
  readonly study: string;
  readonly presets: readonly string[];
  readonly snapshot: string;
  readonly simulated: boolean;
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
  readonly cuts?: number;
}

/** Everything that the parts of an audit share. */
interface Ground {
  readonly catalog: Catalog;
  /** The market as it is given, and its tables that are read. */
  readonly market: Market;
  readonly tables: Market;
  readonly bench: Workbench;
  /** Columns of the market that were read, by reference. */
  readonly columns: readonly string[];
  readonly features: readonly string[];
  readonly runs: readonly Runs[];
}

/**
 * Audits a study: its calendar, every column, feature and target it reads, its strategies, its fills and its results.
 * A leak is a value that changes when nothing but its future does. Throws `VolterraError("LOOK_AHEAD")` where a feature
 * reads a target, which nothing can be computed from.
 */
export async function auditStudy(request: AuditRequest): Promise<Audit> {
  const { study, market, emit } = request;
  if (study.kind !== "strategy") {
    throw new VolterraError(
      "USAGE",
      `${study.file} is a study of kind "${study.kind}"`,
      "audit takes studies of a strategy; give it those of the parts.",
    );
  }
  const ground = await prepareGround(request);
  const { bench, runs, columns } = ground;
  const { specs, from, to } = windowOf(ground);
  const column = openTable(bench.graph, market);
  const nodes = [...bench.graph.nodes.values()];

  emit({ kind: "stage", name: "audit", detail: `${nodes.length} features, ${columns.length} columns` });
  const checks: Check[] = [auditSchedule(market.sessions, makeSchedule(market.sessions))];
  checks.push(...columns.map((ref) => auditColumn(market, ref)));
  for (const [done, node] of nodes.entries()) {
    emit({ kind: "progress", name: "features", done, total: nodes.length });
    checks.push(auditNode(node, column, market.sessions));
    if (node.entry.kind === "target") checks.push(labelRead(node.ref, market.sessions[0]!));
  }
  for (const run of runs) {
    checks.push(await auditBlindfolded(ground, run), await auditFills(ground, run));
  }
  const rows = spread(from + 1, to, request.cuts ?? CUTS);
  checks.push(...(await auditPath(ground, rows, emit)));

  const { sessions } = market;
  return {
    study: specs[0]!.study,
    presets: request.presets,
    snapshot: market.snapshot,
    simulated: market.simulated,
    period: { start: toDay(sessions[from]!), end: toDay(sessions[to]!) },
    checks,
    lagDecay: (await Promise.all(runs.map((run) => lagDecay(bench, run)))).flat(),
  };
}

async function prepareGround({ study, presets, market, catalog }: AuditRequest): Promise<Ground> {
  const noted = noteReads(market);
  const bench = openWorkbench(noted.market, catalog);
  const runs: Runs[] = [];
  for (const preset of presets) runs.push(await simulateSpec(resolveSpec(study, preset), bench));
  const features = [...bench.graph.nodes.values()].filter(({ entry }) => entry.kind === "feature");
  return {
    catalog,
    market,
    tables: narrowMarket(market, noted.series),
    bench,
    columns: [...noted.columns].toSorted(),
    features: features.map(({ ref }) => ref),
    runs,
  };
}

function windowOf({ market, runs }: Ground): { specs: Spec[]; from: number; to: number } {
  const specs = runs.map(({ spec }) => spec);
  const windows = specs.map(({ window }) => windowRows(market, window));
  return {
    specs,
    from: Math.min(...windows.map((w) => w.from)),
    to: Math.max(...windows.map((w) => w.to)),
  };
}

/** A strategy reads a label: whatever it says of its horizon, it is not known at the decision. */
function labelRead(ref: string, day: DayNumber): Check {
  const leak: Leak = {
    what: "label read as a feature",
    day,
    cut: day,
    how: "rule",
    before: ref,
    after: "refused",
  };
  return { kind: "strategy", name: ref, method: "labels are for models", cuts: 1, leak };
}

/** What a simulation did, by row of the market, for comparison. */
function simulationRows(name: string, from: number, simulation: Simulation): [string, Rows0][] {
  const rows = from + simulation.days.length;
  const nav = new Float64Array(rows).fill(NaN);
  nav.set(simulation.nav, from);
  const decisions = Array.from({ length: rows }, () => "");
  for (const { t, action, reason, orders } of simulation.decisions) {
    const wanted = orders.map(({ target, by, stop }) => `${target} ${by} ${stop?.trigger ?? ""}`);
    decisions[t] = [action, reason, ...wanted].join("; ");
  }
  const fills = Array.from({ length: rows }, () => "");
  const rowOf = new Map(Array.from(simulation.days, (day, i) => [day, from + i]));
  for (const { day, instrument, quantity, price } of simulation.fills) {
    fills[rowOf.get(day)!] += `${quantity} ${instrument} at ${price}; `;
  }
  return [
    [`${name}: decisions`, decisions],
    [`${name}: fills`, fills],
    [`${name}: NAV`, nav],
  ];
}

type Rows0 = ArrayLike<number | string>;
