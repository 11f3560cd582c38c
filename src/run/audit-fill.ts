import { at, type DayNumber } from "#core";
import {
  assembleMarket,
  type Cells,
  cutMarket,
  type Market,
  seriesSpec,
  type SeriesSpec,
  type Table,
} from "#market";

/** What a bar of something that is traded says before the session ends, or while it goes on. */
const INTRADAY = new Set(["open", "high", "low"]);

/**
 * The market cut at session `day`, with every number that became known after the opening of that session multiplied by
 * `factor`, a power of two so that adjusted and raw closes keep their ratio and with it the dividends. Prices at which
 * orders fill during the session stay: open, high and low, and the final settlement of a contract on its last morning.
 * A fill of that session that changes was decided with what came after it.
 */
export function spoilAfternoon(market: Market, day: DayNumber, factor: number): Market {
  const cut = cutMarket(market, day);
  const names = cut.series.filter((name) => name !== "vx");
  const tables = names.map(
    (name) => [name, spoil(seriesSpec(name), cut.table(name), day, factor)] as const,
  );
  const { snapshot, simulated, sessions } = cut;
  return assembleMarket({ snapshot, simulated, sessions, tables: new Map(tables) });
}

function spoil(spec: SeriesSpec, table: Table, day: DayNumber, factor: number): Table {
  const dates = table.columns[spec.key[0]!] as Int32Array;
  const expiry = table.columns["expiry"];
  const opening = at(day, "09:30");
  let first = table.rows;
  while (first > 0 && spec.knowledge.at(dates[first - 1]!) > opening) first--;
  if (first === table.rows) return table;
  const traded = "etf stock vx-contracts vx-weekly".includes(spec.kind);

  function change(name: string, cells: Cells): Cells {
    if (!(cells instanceof Float64Array) || spec.key.includes(name)) return cells;
    if (traded && INTRADAY.has(name)) return cells;
    const out = cells.slice();
    for (let row = first; row < table.rows; row++) {
      const final = traded && name === "settle" && expiry?.[row] === dates[row];
      if (!final) out[row]! *= factor;
    }
    return out;
  }

  const columns = Object.entries(table.columns).map(([name, cells]) => [name, change(name, cells)]);
  return { ...table, columns: Object.fromEntries(columns) as Table["columns"] };
}
