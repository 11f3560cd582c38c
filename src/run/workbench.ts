import { lastAtOrBefore, toNumber, VolterraError, toDay } from "#core";
import type { Market } from "#market";
import { type Feature, type Graph, isColumn, openGraph, openTable, type Target } from "#features";
import {
  equitySeries,
  type Execution,
  futureSeries,
  isFutureRoot,
  listContracts,
  makeSchedule,
  simulate,
  type Simulation,
  tableUniverse,
  withOptions,
} from "#backtest";
import type { Listing, Strategy, Universe } from "#trade";
import type { Catalog } from "./catalog.ts";
import { loadStrategy, type Traded } from "./portfolio.ts";

/** One simulation to run on a workbench. */
export interface Job {
  readonly strategy: Traded;
  readonly execution: Execution;
  readonly window: { readonly start: string; readonly end: string };
  readonly nav: number;
  readonly trace: boolean;
  /** Stands between the simulation and its strategy. */
  readonly around?: (strategy: Strategy<object>) => Strategy<object>;
  /** Columns that are not of the market: `strategy.meanExposure`. */
  readonly extra?: Readonly<Record<string, Float64Array>>;
}

/** A market with everything that many simulations share: features, schedule, prices, computed once. */
export interface Workbench {
  readonly market: Market;
  readonly graph: Graph;
  /** Adds a feature and returns its column. */
  feature(ref: string): Promise<Float64Array>;
  /** Loads what a job needs; simulating afterwards is pure computation. */
  prepare(job: Job): Promise<() => Simulation>;
}

/** Rows of the market inside a window. Throws `VolterraError("EMPTY_WINDOW")` where there are not two. */
export function windowRows(market: Market, window: Job["window"]): { from: number; to: number } {
  const { sessions } = market;
  const from = lastAtOrBefore(sessions, toNumber(window.start) - 1) + 1;
  const to = lastAtOrBefore(sessions, toNumber(window.end));
  if (to <= from) {
    const span =
      sessions.length === 0 ? "no sessions" : `${toDay(sessions[0]!)} … ${toDay(sessions.at(-1)!)}`;
    throw new VolterraError(
      "EMPTY_WINDOW",
      `fewer than two sessions of data in the window ${window.start} … ${window.end}`,
      `The data hold ${span}.`,
    );
  }
  return { from, to };
}

/** Opens a workbench on a market. */
export function openWorkbench(market: Market, catalog: Catalog): Workbench {
  const graph = openGraph(async (name) =>
    catalog.names("targets").includes(name)
      ? catalog.load<Target>("targets", name)
      : catalog.load<Feature>("features", name),
  );
  const table = openTable(graph, market);
  const schedule = once(() => makeSchedule(market.sessions));
  const prices = new Map<string, Prices>();

  /** Prices of equities and futures, shared by all simulations. */
  function pricesOf(ids: readonly string[], kind: Execution["prices"]): Prices {
    const name = `${kind}:${ids.join(",")}`;
    const known = prices.get(name);
    if (known) return known;
    const universe = tableUniverse(
      ids.flatMap((id) =>
        isFutureRoot(id) ? futureSeries(market, id) : equitySeries(market, id, kind),
      ),
    );
    const contracts = ids.some(isFutureRoot)
      ? listContracts(universe, market.sessions, schedule())
      : undefined;
    const made = { universe, contracts };
    prices.set(name, made);
    return made;
  }

  async function feature(ref: string): Promise<Float64Array> {
    await graph.add(ref);
    return table(ref);
  }

  /** A column for a strategy: a label, which knows the future, is refused. */
  async function visible(ref: string, strategy: string): Promise<Float64Array> {
    const [canonical] = await graph.add(ref);
    if (graph.nodes.get(canonical!)?.entry.kind === "target") {
      throw new VolterraError(
        "LOOK_AHEAD",
        `the strategy ${strategy} reads the target ${ref}, which looks ahead`,
        "Only the label of a model may be a target.",
      );
    }
    return table(ref);
  }

  return {
    market,
    graph,
    feature,
    async prepare(job) {
      const { strategy: loaded, params } = await loadStrategy(catalog, job.strategy);
      const strategy = job.around?.(loaded) ?? loaded;
      const columns: Record<string, Float64Array> = {};
      for (const [alias, ref] of Object.entries(strategy.features(params))) {
        columns[alias] =
          (isColumn(ref) ? job.extra?.[ref] : undefined) ?? (await visible(ref, strategy.name));
      }
      const billRate = await feature("bill-rate");
      const { universe, contracts } = pricesOf(strategy.instruments(params), job.execution.prices);
      const vvix = contracts && market.column("vvix.close");
      const options = vvix && { days: market.sessions, vvix, rate: billRate };
      const setup = {
        days: market.sessions,
        ...windowRows(market, job.window),
        schedule: schedule(),
        ...(contracts && { contracts }),
        columns,
        billRate,
        strategy,
        params,
        execution: job.execution,
        nav: job.nav,
        trace: job.trace,
      };
      return () => {
        const { optionVolatility } = job.execution;
        const all = options ? withOptions(universe, options, optionVolatility) : universe;
        return simulate({ ...setup, universe: all });
      };
    },
  };
}

/** Prices by instrument, and the futures among them by row. */
interface Prices {
  readonly universe: Universe;
  readonly contracts: ((t: number) => readonly Listing[]) | undefined;
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
