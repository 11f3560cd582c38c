import { type DayNumber, indexOf, nthWeekday, parts, toDay } from "#core";
import type { Market, Table } from "#market";
import type { Future, Listing, Universe } from "#trade";
import { type Schedule, scheduledSessions } from "./schedule.ts";
import type { PriceSeries } from "./universe.ts";

/** A family of VX contracts as a simulation trades them. */
interface Root {
  readonly multiplier: number;
  readonly tick: number;
  /** Tables of contracts, and which of a table's expiries belong. */
  readonly tables: readonly string[];
  readonly belongs: (table: string, expiry: DayNumber) => boolean;
}

/**
 * Futures by root. `VXM`, a tenth of a VX, is given the prices of VX; it was listed on 2020-08-10, so that before it is
 * hypothetical. `VX3W` is what one original's files held: monthly contracts only where they expire on the third
 * Wednesday of a month, and the weekly ones among them.
 */
const ROOTS: Readonly<Record<string, Root>> = {
  VX: { multiplier: 1000, tick: 0.05, tables: ["vx_contracts"], belongs: () => true },
  VXM: { multiplier: 100, tick: 0.01, tables: ["vx_contracts"], belongs: () => true },
  VX3W: {
    multiplier: 1000,
    tick: 0.05,
    tables: ["vx_contracts", "vx_weekly_contracts"],
    belongs(table, expiry) {
      const { year, month } = parts(expiry);
      return table !== "vx_contracts" || expiry === nthWeekday(year, month, 3, 3);
    },
  },
};

/** True for the root of a family of futures. */
export function isFutureRoot(id: string): boolean {
  return Object.hasOwn(ROOTS, id);
}

/** Where the prices of one contract on one row of the market stand. */
interface Cell {
  readonly t: number;
  readonly table: Table;
  readonly row: number;
}

/** Cells of every contract that belongs to a root, by expiry. */
function collectCells(market: Market, root: Root): Map<DayNumber, Cell[]> {
  const contracts = new Map<DayNumber, Cell[]>();
  for (const name of root.tables.filter((series) => market.series.includes(series))) {
    const table = market.table(name);
    const { tradeDate, expiry } = table.columns as Record<string, Int32Array>;
    for (let row = 0; row < table.rows; row++) {
      const t = indexOf(market.sessions, tradeDate![row]!);
      if (t < 0 || !root.belongs(name, expiry![row]!)) continue;
      const cells = contracts.get(expiry![row]!);
      if (cells) cells.push({ t, table, row });
      else contracts.set(expiry![row]!, [{ t, table, row }]);
    }
  }
  return contracts;
}

function contractSeries(spec: Future, cells: readonly Cell[], expires: number): PriceSeries {
  const first = cells[0]!.t;
  const rows = cells.at(-1)!.t - first + 1;
  const fill = (name: string, untilExpiry: boolean) => {
    const values = new Float64Array(rows).fill(NaN);
    for (const { t, table, row } of cells) {
      if (t !== expires || untilExpiry) values[t - first] = table.columns[name]![row] as number;
    }
    return values;
  };
  return {
    instrument: spec,
    first,
    open: fill("open", false),
    high: fill("high", false),
    low: fill("low", false),
    mark: fill("settle", true),
  };
}

/**
 * Every contract of a root with its prices by row of the market, in order of first appearance. `mark` is the
 * settlement, on the day of expiry the special opening quotation; on that day there is no opening price, because
 * trading has ended before the session begins.
 */
export function futureSeries(market: Market, id: string): PriceSeries[] {
  const root = ROOTS[id];
  if (!root) throw new RangeError(`no futures with root ${id}`);
  const { multiplier, tick } = root;
  return [...collectCells(market, root)]
    .toSorted(([a, x], [b, y]) => x[0]!.t - y[0]!.t || a - b)
    .map(([expiry, cells]) => {
      const spec: Future = {
        kind: "future",
        id: `${id} ${toDay(expiry)}`,
        multiplier,
        tick,
        expiry,
      };
      return contractSeries(spec, cells, indexOf(market.sessions, expiry));
    });
}

/** What can be traded at the decision of each row: the futures of a universe by expiry, made when asked for. */
export function listContracts(
  universe: Universe,
  days: Int32Array,
  { next }: Schedule,
): (t: number) => readonly Listing[] {
  const futures = universe.instruments
    .flatMap((spec, instrument) => (spec.kind === "future" ? [{ ...spec, instrument }] : []))
    .toSorted((a, b) => a.expiry - b.expiry);
  const made = new Map<number, readonly Listing[]>();
  const list = (t: number) =>
    futures
      .filter(({ instrument, expiry }) => expiry > days[t]! && universe.mark(instrument, t) > 0)
      .map(({ instrument, id, expiry }) => ({
        instrument,
        id,
        expiry,
        settle: universe.mark(instrument, t),
        sessions: scheduledSessions(next[t]!, expiry, days[t]!),
      }));
  return (t) => {
    const known = made.get(t) ?? list(t);
    made.set(t, known);
    return known;
  };
}
