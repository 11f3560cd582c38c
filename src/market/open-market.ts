import { calendar, lastAtOrBefore, toNumber, VolterraError, type Day, type DayNumber } from "#core";
import { assembleMarket } from "./assemble-market.ts";
import { decisionAt } from "./knowledge.ts";
import type { Market } from "./market.ts";
import { seriesSpec } from "./series.ts";
import type { Snapshot } from "./snapshot.ts";
import type { Table } from "./source.ts";
import { dates, knownRows, mapColumns, prefix } from "./table.ts";

/** Which part of a snapshot a market shows. */
export interface MarketWindow {
  /** First session; the first day of the data where absent. Earlier rows stay available to frames and joins. */
  readonly from?: Day;
  /** Last session; what became known after its decision is left out altogether. */
  readonly to?: Day;
  /** Only these series; all where absent. */
  readonly series?: readonly string[];
}

/** Loads a snapshot as a market. Throws `VolterraError("EMPTY_WINDOW")` where no session is left. */
export async function openMarket(snapshot: Snapshot, window: MarketWindow = {}): Promise<Market> {
  const names = window.series ?? snapshot.series;
  const loaded = await Promise.all(
    names.map(async (name) => [name, await snapshot.table(name)] as const),
  );
  const tables = new Map(loaded);
  const sessions = sessionsOf(tables, window);
  if (sessions.length === 0) {
    const shown = `${window.from ?? "the start"} … ${window.to ?? "the end"}`;
    throw new VolterraError("EMPTY_WINDOW", `no session of the data lies in ${shown}`);
  }
  const market = assembleMarket({
    snapshot: snapshot.id,
    simulated: snapshot.simulated,
    tables,
    sessions,
  });
  return window.to === undefined ? market : cutMarket(market, sessions.at(-1)!);
}

/** Sessions from the first to the last day of the series that have a row a session, or of all where none has. */
function sessionsOf(tables: ReadonlyMap<string, Table>, window: MarketWindow): Int32Array {
  const regular = [...tables].filter(([name]) => seriesSpec(name).calendar !== "none");
  let first = Infinity;
  let last = -Infinity;
  for (const [, table] of regular.length > 0 ? regular : tables) {
    const dated = dates(table);
    if (dated.length === 0) continue;
    first = Math.min(first, dated[0]!);
    last = Math.max(last, dated.at(-1)!);
  }
  if (window.from !== undefined) first = Math.max(first, toNumber(window.from));
  if (window.to !== undefined) last = Math.min(last, toNumber(window.to));
  return calendar("nyse").sessions.filter((session) => session >= first && session <= last);
}

function rebuild(
  market: Market,
  sessions: Int32Array,
  change: (name: string, table: Table) => Table,
): Market {
  const names = market.series.filter((name) => name !== "vx");
  const tables = new Map(names.map((name) => [name, change(name, market.table(name))] as const));
  return assembleMarket({
    snapshot: market.snapshot,
    simulated: market.simulated,
    tables,
    sessions,
  });
}

/** The market as known at the decision of session `day`: later sessions and whatever became known later are gone. */
export function cutMarket(market: Market, day: DayNumber): Market {
  const instant = decisionAt(day);
  const sessions = market.sessions.subarray(0, lastAtOrBefore(market.sessions, day) + 1);
  return rebuild(market, sessions, (name, table) =>
    prefix(table, knownRows(seriesSpec(name), table, instant)),
  );
}

/**
 * The same market with every number that became known after the decision of session `day` replaced by garbage;
 * days and names stay. What was computed for `day` or before must not change.
 */
export function poisonMarket(market: Market, day: DayNumber): Market {
  const instant = decisionAt(day);
  return rebuild(market, market.sessions, (name, table) => {
    const known = knownRows(seriesSpec(name), table, instant);
    return mapColumns(table, table.rows, (cells, column) => {
      if (!(cells instanceof Float64Array) || table.key.includes(column)) return cells;
      return cells.map((value, row) =>
        row < known ? value : (row % 2 ? -1 : 1) * (1e4 + row * 7),
      );
    });
  });
}
