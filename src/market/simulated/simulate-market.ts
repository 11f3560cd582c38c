import {
  type Day,
  type Key,
  VolterraError,
  calendar,
  isDay,
  key,
  lastAtOrBefore,
  toNumber,
} from "#core";
import { normals } from "#num";
import type { Table } from "../source.ts";
import { drawIndexBars, hundredths } from "./bars.ts";
import { type CorePath, drawCore } from "./core-path.ts";
import { drawFunds } from "./funds.ts";
import { drawFutures } from "./futures.ts";
import { type Implied, priceVolatility } from "./implied.ts";
import { drawRates, tabulateRates } from "./rates.ts";
import { shareShocks } from "./shared-shocks.ts";

/** Which market to simulate. */
export interface SimulationOptions {
  /** Default 1. */
  readonly seed?: number;
  /** First and last day; default 2004-01-02 and 2024-12-31; within 1990 … 2029. */
  readonly from?: Day;
  readonly to?: Day;
}

/** Names of the simulated series. */
export const SIMULATED_SERIES: readonly string[] = [
  ..."spy qqq iwm efa eem shy ief tlt tip dbc gld".split(" "),
  ..."vix vvix vix3m vix9d vix1d vx_contracts vx_weekly_contracts".split(" "),
  ..."dtb3 dgs2 dgs10 dff dtwexbgs".split(" "),
];

/** The correlation of surprises at the open of SPY and of VIX. */
const OPENING = -0.8;

/**
 * One made-up world of markets: every series as a table like those of the real sources, on the sessions of the New
 * York Stock Exchange. Calm, stressed and crisis regimes drive a slow variance, which a fast one follows; SPY jumps,
 * and its falls raise variance; VIX, its relatives and its futures are prices of expected variance. Equal options
 * give equal bytes. There is a premium for selling volatility and for holding shares and bonds, and nothing else to
 * find: expected returns of shares do not depend on the regime. `docs/simulated-market.md` compares its moments with
 * the real ones.
 *
 * Throws `VolterraError("USAGE")` for days that are none, in the wrong order or outside 1990 … 2029.
 */
export function simulateMarket(options: SimulationOptions = {}): Record<string, Table> {
  const { seed = 1, from = "2004-01-02", to = "2024-12-31" } = options;
  const sessions = sessionsBetween(from, to);
  const source = key(seed).fold("simulated market");
  const path = drawCore(source.fold("core"), sessions.length);
  const implied = priceVolatility(source.fold("implied"), path);
  const rates = drawRates(source.fold("rates"), path);
  const gaps = normals(source.fold("gaps"), sessions.length);
  const vixGaps = shareShocks(source.fold("vix gaps"), gaps, OPENING);
  const indices = drawIndices(source.fold("indices"), implied, path, vixGaps);
  const world = { sessions, implied, vix: indices.vix, gaps: vixGaps };
  const dated = (columns: Readonly<Record<string, Float64Array>>): Table => ({
    rows: sessions.length,
    key: ["date"],
    columns: { date: sessions, ...columns },
  });
  return {
    ...drawFunds(source.fold("funds"), path, rates, { sessions, gaps }),
    vix: dated({ ...indices.vix }),
    vix3m: dated({ ...indices.vix3m }),
    vix9d: dated({ ...indices.vix9d }),
    vix1d: dated({ ...indices.vix1d }),
    vvix: dated({ close: implied.vvix.map(hundredths) }),
    ...drawFutures(source.fold("futures"), world),
    ...tabulateRates(sessions, rates),
  };
}

/** Bars of the volatility indices; the shorter its horizon, the more an index moves. */
function drawIndices(source: Key, implied: Implied, path: CorePath, gaps: Float64Array) {
  const draw = (name: "vix" | "vix3m" | "vix9d" | "vix1d", deviation: number, share: number) => {
    const sizes = path.vvix.map((vvix) => deviation * (1 + 0.5 * vvix));
    const own = source.fold(name);
    return drawIndexBars(own, implied[name], sizes, shareShocks(own.fold("gap"), gaps, share));
  };
  return {
    vix: draw("vix", 0.07, 1),
    vix3m: draw("vix3m", 0.045, 0.9),
    vix9d: draw("vix9d", 0.11, 0.9),
    vix1d: draw("vix1d", 0.2, 0.7),
  };
}

function sessionsBetween(from: Day, to: Day): Int32Array {
  for (const day of [from, to]) {
    if (!isDay(day) || day < "1990-01-02" || day > "2029-12-31") {
      throw new VolterraError("USAGE", `simulated market: "${day}" is no day of 1990 … 2029`);
    }
  }
  const { sessions } = calendar("nyse");
  const first = lastAtOrBefore(sessions, toNumber(from) - 1) + 1;
  const last = lastAtOrBefore(sessions, toNumber(to));
  if (last < first) {
    throw new VolterraError("USAGE", `simulated market: no session from ${from} to ${to}`);
  }
  return sessions.slice(first, last + 1);
}
