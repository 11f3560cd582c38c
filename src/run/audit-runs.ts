import { type DayNumber, type Emit, lastAtOrBefore, toDay, toNumber } from "#core";
import type { Simulation } from "#backtest";
import type { Market } from "#market";
import { type Check, firstDifference, type Leak, spread } from "./audit-check.ts";
import { spoilAfternoon } from "./audit-fill.ts";
import { auditReading, type Rows } from "./audit-market.ts";
import { blindfoldStrategies } from "./audit-strategy.ts";
import type { Catalog } from "./catalog.ts";
import { type Runs, simulateSpec } from "./evaluation.ts";
import type { Spec } from "./spec.ts";
import { type Job, openWorkbench, windowRows } from "./workbench.ts";

/** Days with fills on which the afternoon is spoilt. */
const FILL_DAYS = 5;
/** What the afternoon's values are multiplied by: powers of two. */
const FACTORS = [2, 0.5];
/** At one cut of so many the benchmarks are simulated too. */
const COMPARE = 4;

/** Columns and features to follow beside the simulations, by reference. */
export interface Watched {
  readonly columns: readonly string[];
  readonly features: readonly string[];
}

/** The job of a spec, traced. */
export function jobOf({ strategy, execution, window, account }: Spec): Job {
  return { strategy, execution, window, nav: account.nav, trace: true };
}

/** What a simulation did, by row of the market. */
function traceRows(
  name: string,
  from: number,
  { days, nav, decisions, fills }: Simulation,
): [string, ArrayLike<number | string>][] {
  const value = new Float64Array(from + days.length).fill(NaN);
  value.set(nav, from);
  const decided = Array.from(value, () => "");
  for (const { t, action, reason, orders } of decisions) {
    const wanted = orders.map(({ target, by, stop }) => `${target} ${by} ${stop?.trigger ?? ""}`);
    decided[t] = [action, reason, ...wanted].join("; ");
  }
  const filled = Array.from(value, () => "");
  for (const { day, instrument, quantity, price } of fills) {
    filled[from + lastAtOrBefore(days, day)] += `${quantity} ${instrument} at ${price}; `;
  }
  return [
    [`${name} decisions`, decided],
    [`${name} fills`, filled],
    [`${name} NAV`, value],
  ];
}

/** The strategy of a run, the same at twofold costs, and its benchmarks, by row of the market. */
function runRows({ spec, simulation, twofoldCosts, benchmarks }: Runs, from: number): Rows {
  const all = { strategy: simulation, "twofold costs": twofoldCosts, ...benchmarks };
  return new Map(
    Object.entries(all).flatMap(([name, s]) => traceRows(`${spec.preset} · ${name}`, from, s)),
  );
}

/** A spec that ends at a day; undefined where it has not begun by then. */
function endAt(spec: Spec, day: DayNumber): Spec | undefined {
  if (day <= toNumber(spec.window.start)) return undefined;
  const end = toDay(Math.min(day, toNumber(spec.window.end)));
  return { ...spec, window: { ...spec.window, end } };
}

/**
 * Cuts and spoils the tables at `cuts` rows and follows what comes of it to the end: columns with their ages and
 * features, and of every simulation the decisions, fills and net asset values up to the cut.
 */
export async function auditPath(
  { market, catalog }: { readonly market: Market; readonly catalog: Catalog },
  { columns, features }: Watched,
  specs: readonly Spec[],
  { cuts, emit }: { readonly cuts: readonly number[]; readonly emit: Emit },
): Promise<Check[]> {
  let turn = -1;

  async function read(world: Market, to: DayNumber): Promise<Rows> {
    turn++;
    emit({ kind: "progress", name: "cuts", done: turn, total: 2 * cuts.length });
    const compared = Math.ceil(turn / 2) % COMPARE === 0;
    const bench = openWorkbench(world, catalog);
    const rows = new Map<string, ArrayLike<number | string>>();
    for (const ref of columns) {
      rows.set(`columns · ${ref}`, world.column(ref));
      rows.set(`columns · age of ${ref}`, world.age(ref));
    }
    for (const ref of features) rows.set(`features · ${ref}`, await bench.feature(ref));
    for (const spec of specs) {
      const ended = endAt(compared ? spec : { ...spec, benchmarks: {} }, to);
      if (!ended) continue;
      const { from } = windowRows(world, ended.window);
      for (const [name, x] of runRows(await simulateSpec(ended, bench), from)) rows.set(name, x);
    }
    return rows;
  }

  const leaks = await auditReading(market, read, cuts);
  const check = (kind: Check["kind"], name: string, group: string): Check => ({
    kind,
    name,
    method: `tables cut and spoilt${specs.length > 0 ? ": to the net asset value" : ""}`,
    cuts: cuts.length,
    leak: leaks.find(({ what }) => what.startsWith(`${group} · `)) ?? null,
  });
  return [
    check("column", `${columns.length} columns`, "columns"),
    check("feature", `${features.length} features`, "features"),
    ...specs.map(({ preset }) => check("study", preset, preset)),
  ];
}

/** Runs a preset with its strategies blindfolded: they must decide the same, and touch nothing that is out of reach. */
export async function auditBlindfolded(
  market: Market,
  catalog: Catalog,
  plain: Runs,
): Promise<Check> {
  const { spec, simulation } = plain;
  const faults: Leak[] = [];
  const blind = blindfoldStrategies(catalog, (fault) => faults.push(fault));
  const { from } = windowRows(market, spec.window);
  const again = runRows(await simulateSpec(spec, openWorkbench(market, blind)), from);
  for (const [what, before] of runRows(plain, from)) {
    const after = again.get(what)!;
    const t = firstDifference(before, after, before.length);
    if (t < 0) continue;
    const day = market.sessions[t]!;
    faults.push({ what, day, cut: day, how: "blindfold", before: before[t]!, after: after[t]! });
  }
  return {
    kind: "strategy",
    name: `${spec.strategy.name} (${spec.preset})`,
    method: "every decision, with nothing later in reach",
    cuts: simulation.days.length,
    leak: faults.toSorted((a, b) => (a.day ?? 0) - (b.day ?? 0))[0] ?? null,
  };
}

function filledOn({ fills }: Simulation, on: DayNumber): string {
  return fills
    .filter(({ day }) => day === on)
    .map(({ instrument, quantity, price }) => `${quantity} ${instrument} at ${price}`)
    .join("; ");
}

/** Spoils the afternoon of days with fills: what was filled on the day must not change. */
export async function auditFills(
  { market, catalog }: { readonly market: Market; readonly catalog: Catalog },
  { spec, simulation }: Runs,
): Promise<Check> {
  // A window holds two sessions at least.
  const days = [...new Set(simulation.fills.map(({ day }) => day))].filter(
    (day) => day > simulation.days[0]!,
  );
  const chosen = spread(0, days.length - 1, FILL_DAYS).map((i) => days[i]!);
  let leak: Leak | null = null;
  for (const day of chosen) {
    const before = filledOn(simulation, day);
    for (const factor of FACTORS) {
      const bench = openWorkbench(spoilAfternoon(market, day, factor), catalog);
      const window = { ...spec.window, end: toDay(day) };
      const after = filledOn((await bench.prepare({ ...jobOf(spec), window }))(), day);
      if (before !== after)
        leak ??= { what: "fills", day, cut: day, how: "afternoon", before, after };
    }
  }
  return {
    kind: "fill",
    name: spec.execution.fill,
    method: "days with fills, closing values spoilt",
    cuts: chosen.length,
    leak,
  };
}
