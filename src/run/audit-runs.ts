import { type Emit, toDay, toNumber } from "#core";
import type { Simulation } from "#backtest";
import type { Market } from "#market";
import { type Check, firstDifference, type Leak, spread } from "./audit-check.ts";
import { spoilAfternoon } from "./audit-fill.ts";
import { auditReading, type Rows } from "./audit-market.ts";
import { blindfoldStrategies } from "./audit-strategy.ts";
import type { Catalog } from "./catalog.ts";
import { measure, type Runs, simulateSpec } from "./evaluation.ts";
import type { Spec } from "./spec.ts";
import { type Job, openWorkbench, windowRows, type Workbench } from "./workbench.ts";

/** Days with fills on which the afternoon is spoilt. */
const FILL_DAYS = 5;
/** What the afternoon's values are multiplied by: powers of two. */
const FACTORS = [2, 0.5];
/** Further sessions between decision and fill. */
const DELAYS = [0, 1, 2, 5];

/** What the audits of a study's simulations share. */
export interface Ground {
  readonly catalog: Catalog;
  /** The market as it was given, and its tables as far as they are read. */
  readonly market: Market;
  readonly tables: Market;
  readonly bench: Workbench;
  /** References of the features in use, and of the columns of the market. */
  readonly features: readonly string[];
  readonly columns: readonly string[];
  readonly runs: readonly Runs[];
}

/** What delay costs: an edge that is gone a session later was hardly there. */
export interface LagDecay {
  readonly preset: string;
  /** Sessions beyond the next one; `same-open`: as declared, filled before it was decided. */
  readonly delay: number | "same-open";
  readonly sharpe: number;
  readonly cagr: number;
}

function jobOf({ strategy, execution, window, account }: Spec): Job {
  return { strategy, execution, window, nav: account.nav, trace: true };
}

/** What a simulation did, by row of the market. */
function traceRows(name: string, from: number, simulation: Simulation): Rows {
  const { days, nav } = simulation;
  const value = new Float64Array(from + days.length).fill(NaN);
  value.set(nav, from);
  const decisions = Array.from(value, () => "");
  for (const { t, action, reason, orders } of simulation.decisions) {
    const wanted = orders.map(({ target, by, stop }) => `${target} ${by} ${stop?.trigger ?? ""}`);
    decisions[t] = [action, reason, ...wanted].join("; ");
  }
  const fills = Array.from(value, () => "");
  const rowOf = new Map(Array.from(days, (day, i) => [day, from + i]));
  for (const { day, instrument, quantity, price } of simulation.fills) {
    fills[rowOf.get(day)!] += `${quantity} ${instrument} at ${price}; `;
  }
  return new Map<string, ArrayLike<number | string>>([
    [`${name}: decisions`, decisions],
    [`${name}: fills`, fills],
    [`${name}: NAV`, value],
  ]);
}

/** Everything a run holds, by row of the market: the strategy, at twofold costs, and its benchmarks. */
function runRows({ spec, simulation, twofoldCosts, benchmarks }: Runs, from: number): Rows {
  const all = { "": simulation, " at twofold costs": twofoldCosts };
  const named = [
    ...Object.entries(all).map(([suffix, s]) => [`${spec.preset}${suffix}`, s] as const),
    ...Object.entries(benchmarks).map(([name, s]) => [`${spec.preset} ${name}`, s] as const),
  ];
  return new Map(named.flatMap(([name, s]) => [...traceRows(name, from, s)]));
}

/**
 * Cuts and spoils the tables at the given sessions and follows what comes of it to the end: columns with their ages,
 * features, and of every simulation the decisions, fills and net asset values up to the cut.
 */
export async function auditPath(
  ground: Ground,
  cuts: readonly number[],
  emit: Emit,
): Promise<Check[]> {
  const { catalog, market, tables, bench, features, columns, runs } = ground;
  const { sessions } = market;
  let done = 0;

  function known(world: Market, column: (ref: string) => Float64Array): [string, Float64Array][] {
    const ages = columns.map((ref) => [`age of ${ref}`, world.age(ref)] as const);
    const values = [...columns, ...features].map((ref) => [ref, column(ref)] as const);
    return [...ages, ...values].map(([name, x]) => [name, x]);
  }
  const table = await columnsOf(bench, [...columns, ...features]);
  const whole: Rows = new Map([
    ...known(market, table),
    ...runs.flatMap((run) => [...runRows(run, windowRows(market, run.spec.window).from)]),
  ]);

  async function read(world: Market, to: number): Promise<Rows> {
    emit({ kind: "progress", name: "cuts", done: done++, total: 2 * cuts.length });
    const own = openWorkbench(world, catalog);
    const rows = new Map<string, ArrayLike<number | string>>(
      known(world, await columnsOf(own, [...columns, ...features])),
    );
    for (const { spec } of runs) {
      const end = toDay(Math.min(to, toNumber(spec.window.end)));
      if (toNumber(spec.window.start) >= toNumber(end)) continue;
      const window = { ...spec.window, end };
      const { from } = windowRows(world, window);
      for (const [name, values] of runRows(await simulateSpec({ ...spec, window }, own), from)) {
        rows.set(name, values);
      }
    }
    return rows;
  }

  const leaks = await auditReading({ market: tables, whole, read }, cuts);
  const method = "tables: prefix, garbage; " + `${cuts.length} cuts to the net asset value`;
  return [];
}
