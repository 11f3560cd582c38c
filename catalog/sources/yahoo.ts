import { type DayNumber, VolterraError, suggest, toDay, toNumber } from "#core";
import {
  type Row,
  type SourceContext,
  defineSource,
  fetchText,
  gather,
  httpOptions,
  impossible,
} from "#market";
import { z } from "zod";

const BASE = "https://query1.finance.yahoo.com";
/** Funds and shares by their ticker, and the index that Yahoo calls ^GSPC. */
const TICKERS =
  "spy qqq iwm dia efa eem vnq dbc pdbc gld uup agg tip shy ief tlt bil hyg lqd " +
  "aapl msft googl amzn nvda meta tsla nflx avgo";
const NAMES = ["spx", ...TICKERS.split(" ")];

/** A price in dollars, and a volume in shares, beyond these is a mistake. */
const LIMIT = 1e6;
const LARGEST_VOLUME = 1e12;

const list = z.array(z.number().nullable());
const CHART = z.object({
  chart: z.object({
    error: z.object({ code: z.string(), description: z.string() }).nullish(),
    result: z
      .array(
        z.object({
          meta: z.object({
            symbol: z.string(),
            exchangeTimezoneName: z.string(),
            regularMarketTime: z.number().optional(),
            currentTradingPeriod: z
              .object({ regular: z.object({ start: z.number(), end: z.number() }) })
              .optional(),
          }),
          timestamp: z.array(z.number()).optional(),
          events: z
            .object({
              dividends: z.record(z.string(), z.object({ amount: z.number(), date: z.number() })),
              splits: z.record(z.string(), z.object({ date: z.number() })),
            })
            .partial()
            .optional(),
          indicators: z.object({
            quote: z.tuple([
              z.object({ open: list, high: list, low: list, close: list, volume: list }).partial(),
            ]),
            adjclose: z.tuple([z.object({ adjclose: list })]).optional(),
          }),
        }),
      )
      .nullish(),
  }),
});
type Chart = NonNullable<z.infer<typeof CHART>["chart"]["result"]>[number];

export default defineSource({
  name: "yahoo",
  describe: "Daily bars of ETFs, shares and the S&P 500 from Yahoo Finance (chart JSON, version 8)",
  options: ["baseUrl", "timeout", "backoff"],

  list: () => Promise.resolve(NAMES),

  async deliver(series, context) {
    if (!NAMES.includes(series)) {
      throw new VolterraError(
        "NOT_FOUND",
        `yahoo has no series "${series}"`,
        suggest(series, NAMES),
      );
    }
    const symbol = series === "spx" ? "^GSPC" : series.toUpperCase();
    let { address, chart } = await fetchChart(symbol, context.from, context);
    // A split or dividend since `from` rescales every adjusted price before it: the whole history is asked for.
    if (context.from !== undefined && hasEvents(chart)) {
      ({ address, chart } = await fetchChart(symbol, undefined, context));
    }
    const rows = readBars(chart, address, context);
    const columns = ["open", "high", "low", "close", "adjClose", "volume"];
    if (series !== "spx") return gather(["date", ...columns], 1, rows, context.emit);
    const unadjusted = rows.map(({ where, values }) => ({ where, values: values.toSpliced(5, 1) }));
    return gather(["date", ...columns.toSpliced(4, 1)], 1, unadjusted, context.emit);
  },
});

async function fetchChart(symbol: string, from: DayNumber | undefined, context: SourceContext) {
  const base = context.options["baseUrl"] ?? BASE;
  const start = from === undefined ? 0 : from * 86_400;
  const query = `period1=${start}&period2=9999999999&interval=1d&events=div%2Csplits&includeAdjustedClose=true`;
  const address = `${base}/v8/finance/chart/${encodeURIComponent(symbol)}?${query}`;
  const text = await fetchText(address, "json", httpOptions("yahoo", context));
  return { address, chart: readChart(text, address, symbol) };
}

function readChart(text: string, address: string, symbol: string): Chart {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new VolterraError("DATA", `${address}: not JSON`, "", { cause });
  }
  const read = CHART.safeParse(json);
  if (!read.success) {
    const issue = read.error.issues[0]!;
    throw new VolterraError("DATA", `${address}, ${issue.path.join(".")}: ${issue.message}`);
  }
  const { error, result } = read.data.chart;
  if (error) throw new VolterraError("SOURCE", `${address}: ${error.code}, ${error.description}`);
  const chart = result?.[0];
  if (!chart) throw new VolterraError("DATA", `${address}, chart.result: empty`);
  if (chart.meta.symbol !== symbol) {
    throw new VolterraError("DATA", `${address}, meta.symbol: ${chart.meta.symbol}, not ${symbol}`);
  }
  return chart;
}

function hasEvents(chart: Chart): boolean {
  const { dividends = {}, splits = {} } = chart.events ?? {};
  return Object.keys(dividends).length + Object.keys(splits).length > 0;
}

/** Bars by exchange date; days without any price and the session still under way are left out with a warning. */
function readBars(chart: Chart, address: string, context: SourceContext): Row[] {
  const times = chart.timestamp ?? [];
  const quote = chart.indicators.quote[0];
  const columns = ["open", "high", "low", "close", "volume"] as const;
  for (const column of columns) {
    if (times.length > 0 && quote[column]?.length !== times.length) {
      const found = quote[column] ? `${quote[column].length} values` : "missing";
      throw new VolterraError(
        "DATA",
        `${address}, column ${column}: ${found} for ${times.length} timestamps`,
      );
    }
  }
  const days = toExchangeDays(times, chart.meta.exchangeTimezoneName);
  const adjusted =
    chart.indicators.adjclose?.[0].adjclose ?? adjust(chart, days, quote.close ?? []);
  const unfinished = sessionUnderWay(chart);
  const rows: Row[] = [];
  const left: string[] = [];
  days.forEach((day, i) => {
    const where = `${address}, row ${i + 1}`;
    const fault = (column: string, what: string) =>
      new VolterraError("DATA", `${where} (${toDay(day)}), column ${column}: ${what}`);
    const [open, high, low, close, volume] = columns.map((column) => quote[column]![i] ?? NaN);
    const bar = {
      open: open!,
      high: high!,
      low: low!,
      close: close!,
      adjClose: adjusted[i] ?? NaN,
    };
    if (day === unfinished || Object.values(bar).every(Number.isNaN)) {
      left.push(toDay(day));
      return;
    }
    const found = impossible(bar, LIMIT);
    if (found) throw fault(found.column, found.what);
    if (volume! < 0 || volume! > LARGEST_VOLUME) throw fault("volume", `a volume of ${volume}`);
    rows.push({ where, values: [day, ...Object.values(bar), volume!] });
  });
  if (left.length > 0) {
    const message = `${address}: no bar, or not yet a whole one, on ${left.join(", ")}`;
    context.emit({ kind: "warning", code: "NO_BAR", message });
  }
  return rows;
}

/** Seconds since 1970 → the date at the exchange at that instant, summer time included. */
function toExchangeDays(times: readonly number[], timeZone: string): DayNumber[] {
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  });
  return times.map((time) => toNumber(format.format(time * 1000)));
}

/** The day of a session that had begun and not ended at the time of the latest quote. */
function sessionUnderWay(chart: Chart): DayNumber | undefined {
  const { regularMarketTime: now, currentTradingPeriod: period } = chart.meta;
  if (now === undefined || !period || now < period.regular.start || now >= period.regular.end) {
    return undefined;
  }
  return toExchangeDays([now], chart.meta.exchangeTimezoneName)[0];
}

/**
 * Closes adjusted for dividends where Yahoo sends none: each dividend scales every earlier close by
 * 1 − amount / (close before the ex-date). Closes are adjusted for splits already.
 */
function adjust(chart: Chart, days: readonly DayNumber[], closes: readonly (number | null)[]) {
  const amounts = new Map<DayNumber, number>();
  for (const { amount, date } of Object.values(chart.events?.dividends ?? {})) {
    const [day] = toExchangeDays([date], chart.meta.exchangeTimezoneName);
    amounts.set(day!, (amounts.get(day!) ?? 0) + amount);
  }
  const adjusted = Array.from(closes, (close) => close ?? NaN);
  let factor = 1;
  for (let i = days.length - 1; i > 0; i--) {
    adjusted[i]! *= factor;
    const before = closes[i - 1];
    const amount = amounts.get(days[i]!);
    if (amount !== undefined && before) factor *= 1 - amount / before;
  }
  if (adjusted.length > 0) adjusted[0]! *= factor;
  return adjusted;
}
