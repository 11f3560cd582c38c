import { suggest, VolterraError, type Knowledge, type Unit } from "#core";
import {
  CLOSE,
  EVENT,
  FOLLOWING_MONDAY,
  INDEX_CLOSE,
  NEXT_MORNING,
  NEXT_SESSION,
  SETTLEMENT,
} from "./knowledge.ts";

/** What a series is; quality rules and features go by it. */
export type SeriesKind =
  | "etf"
  | "stock"
  | "vol-index"
  | "index"
  | "rate"
  | "dollar"
  | "vx-contracts"
  | "vx-weekly"
  | "chain"
  | "events"
  | "earnings"
  | "intraday";

/** A column of a series: days and text carry no unit. */
export type SeriesColumn =
  | { readonly type: "number"; readonly unit: Unit }
  | { readonly type: "day" }
  | { readonly type: "text" };

/** One series as every source delivers it, units already converted. */
export interface SeriesSpec {
  readonly name: string;
  readonly kind: SeriesKind;
  readonly description: string;
  /** Key columns; the first is the day a row is dated. */
  readonly key: readonly string[];
  readonly columns: Readonly<Record<string, SeriesColumn>>;
  /** When the values dated a day become known. */
  readonly knowledge: Knowledge;
  /** On which days rows are expected: sessions of an exchange, days the Federal Reserve is open, or no rule. */
  readonly calendar: "nyse" | "cfe" | "bank" | "none";
}

const DAY = { type: "day" } as const;
const TEXT = { type: "text" } as const;

function numbers(unit: Unit, names: string): Record<string, SeriesColumn> {
  return Object.fromEntries(names.split(" ").map((name) => [name, { type: "number", unit }]));
}

const OHLC = "open high low close";

function bars(kind: "etf" | "stock", name: string, description: string): SeriesSpec {
  const columns = { ...numbers("usd", `${OHLC} adjClose`), ...numbers("count", "volume") };
  return daily({ kind, name, description, columns, knowledge: CLOSE, calendar: "nyse" });
}

function volIndex(name: string, description: string, names = OHLC): SeriesSpec {
  const columns = numbers("points", names);
  return daily({
    kind: "vol-index",
    name,
    description,
    columns,
    knowledge: INDEX_CLOSE,
    calendar: "nyse",
  });
}

function rate(name: string, description: string, calendar: "bank" | "none"): SeriesSpec {
  const columns = numbers("rate", "rate");
  return daily({ kind: "rate", name, description, columns, knowledge: NEXT_SESSION, calendar });
}

function daily(spec: Omit<SeriesSpec, "key">): SeriesSpec {
  return { ...spec, key: ["date"], columns: { date: DAY, ...spec.columns } };
}

function futures(
  kind: "vx-contracts" | "vx-weekly",
  name: string,
  description: string,
): SeriesSpec {
  return {
    kind,
    name,
    description,
    key: ["tradeDate", "expiry"],
    columns: {
      tradeDate: DAY,
      expiry: DAY,
      ...numbers("points", `${OHLC} settle`),
      ...numbers("count", "volume openInterest"),
    },
    knowledge: SETTLEMENT,
    calendar: "cfe",
  };
}

function chain(name: string, description: string, lacks: string): SeriesSpec {
  const columns: Record<string, SeriesColumn> = {
    date: DAY,
    underlying: TEXT,
    ...numbers("usd", "underlyingPrice"),
    expiration: DAY,
    ...numbers("usd", "strike"),
    type: TEXT,
    ...numbers("usd", "last bid ask"),
    ...numbers("count", "volume openInterest"),
    ...numbers("volatility", "iv"),
    ...numbers("ratio", "delta gamma theta vega"),
    contract: TEXT,
  };
  for (const column of lacks.split(" ")) delete columns[column];
  return {
    kind: "chain",
    name,
    description,
    key: ["date", "underlying", "expiration", "strike", "type"],
    columns,
    knowledge: INDEX_CLOSE,
    calendar: "none",
  };
}

function intraday(name: string, description: string, numeric: SeriesSpec["columns"]): SeriesSpec {
  return {
    kind: "intraday",
    name,
    description,
    key: ["date", "time"],
    columns: { date: DAY, time: TEXT, ...numeric },
    knowledge: INDEX_CLOSE,
    calendar: "nyse",
  };
}

const ALL: readonly SeriesSpec[] = [
  bars("etf", "spy", "S&P 500 fund"),
  bars("etf", "qqq", "Nasdaq-100 fund"),
  bars("etf", "iwm", "Russell 2000 fund"),
  bars("etf", "dia", "Dow Jones Industrial Average fund"),
  bars("etf", "efa", "developed markets outside the USA"),
  bars("etf", "eem", "emerging markets"),
  bars("etf", "vnq", "US real estate"),
  bars("etf", "dbc", "commodities"),
  bars("etf", "pdbc", "commodities without a tax form"),
  bars("etf", "gld", "gold"),
  bars("etf", "uup", "US dollar"),
  bars("etf", "agg", "US aggregate bonds"),
  bars("etf", "tip", "inflation-linked Treasuries"),
  bars("etf", "shy", "Treasuries of 1–3 years"),
  bars("etf", "ief", "Treasuries of 7–10 years"),
  bars("etf", "tlt", "Treasuries above 20 years"),
  bars("etf", "bil", "Treasury bills of 1–3 months"),
  bars("etf", "hyg", "high-yield bonds"),
  bars("etf", "lqd", "investment-grade corporate bonds"),
  ...["aapl", "msft", "googl", "amzn", "nvda", "meta", "tsla", "nflx", "avgo"].map((ticker) =>
    bars("stock", ticker, `${ticker.toUpperCase()} shares`),
  ),
  volIndex("vix", "S&P 500 implied volatility of 30 days"),
  volIndex("vvix", "implied volatility of VIX", "close"),
  volIndex("vix1d", "S&P 500 implied volatility of one day"),
  volIndex("vix9d", "S&P 500 implied volatility of 9 days"),
  volIndex("vix3m", "S&P 500 implied volatility of 3 months"),
  volIndex("vix6m", "S&P 500 implied volatility of 6 months"),
  volIndex("vxn", "Nasdaq-100 implied volatility of 30 days"),
  volIndex("skew", "Cboe SKEW", "close"),
  daily({
    kind: "index",
    name: "spx",
    description: "S&P 500",
    columns: { ...numbers("points", OHLC), ...numbers("count", "volume") },
    knowledge: CLOSE,
    calendar: "nyse",
  }),
  rate("dtb3", "3-month Treasury bill, bank-discount yield", "bank"),
  rate("dgs2", "2-year Treasury, constant maturity", "bank"),
  rate("dgs10", "10-year Treasury, constant maturity", "bank"),
  rate("dff", "effective federal funds rate, every calendar day", "none"),
  daily({
    kind: "dollar",
    name: "dtwexbgs",
    description: "broad nominal dollar index, January 2006 = 100",
    columns: numbers("level", "level"),
    knowledge: FOLLOWING_MONDAY,
    calendar: "bank",
  }),
  futures("vx-contracts", "vx_contracts", "monthly VIX futures, prices on today's scale"),
  futures("vx-weekly", "vx_weekly_contracts", "weekly VIX futures"),
  {
    kind: "events",
    name: "fomc_dates",
    description: "decision days of the Federal Open Market Committee, unscheduled ones included",
    key: ["date"],
    columns: { date: DAY },
    knowledge: EVENT,
    calendar: "none",
  },
  {
    kind: "earnings",
    name: "earnings_calendar",
    description: "announcement days of large companies",
    key: ["date", "ticker"],
    columns: { date: DAY, ticker: TEXT, timing: TEXT },
    knowledge: NEXT_MORNING,
    calendar: "none",
  },
  {
    kind: "earnings",
    name: "earnings_eps",
    description: "earnings a share, reported and expected",
    key: ["date", "ticker"],
    columns: {
      date: DAY,
      ticker: TEXT,
      timing: TEXT,
      fiscalDateEnding: DAY,
      ...numbers("usd", "reportedEps estimatedEps surprise"),
      ...numbers("ratio", "surpriseRatio"),
    },
    knowledge: NEXT_MORNING,
    calendar: "none",
  },
  chain("options_spxw_2018", "SPXW month-end chains, January–February 2018", ""),
  chain("options_spy_snapshots", "two whole SPY chains", "delta gamma theta vega"),
  chain("options_vxx_201612", "VXX chains, December 2016", ""),
  chain(
    "options_megacap_pre_earnings",
    "near-the-money options on the eve of earnings",
    "underlyingPrice",
  ),
  intraday("spy_60m", "SPY bars of 60 minutes", {
    ...numbers("usd", OHLC),
    ...numbers("count", "volume"),
  }),
  intraday(
    "vix_60m",
    "VIX bars of 60 minutes, overnight session included",
    numbers("points", OHLC),
  ),
];

const BY_NAME: ReadonlyMap<string, SeriesSpec> = new Map(
  ALL.map((spec) => [spec.name, Object.freeze(spec)]),
);

/** Every series the workbench knows. */
export function listSeries(): readonly SeriesSpec[] {
  return [...BY_NAME.values()];
}

/** The registry's entry of a series. Throws `VolterraError("NOT_FOUND")` with a suggestion. */
export function seriesSpec(name: string): SeriesSpec {
  const found = BY_NAME.get(name);
  if (found) return found;
  throw new VolterraError("NOT_FOUND", `no series "${name}"`, suggest(name, BY_NAME.keys()));
}
