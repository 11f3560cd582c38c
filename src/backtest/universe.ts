import type { Market } from "#market";
import type { Instrument, Universe } from "#trade";

/** Prices of one instrument over the rows `first` … `first + mark.length − 1` of the market. */
export interface PriceSeries {
  readonly instrument: Instrument;
  readonly first: number;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly mark: Float64Array;
  readonly dividend?: Float64Array;
}

/** A universe over fixed series. */
export function tableUniverse(series: readonly PriceSeries[]): Universe {
  const byId = new Map(series.map(({ instrument }, i) => [instrument.id, i]));
  const first = Int32Array.from(series, (s) => s.first);
  const reader = (columns: readonly Float64Array[]) => (i: number, t: number) => {
    const row = t - first[i]!;
    const column = columns[i]!;
    return row >= 0 && row < column.length ? column[row]! : NaN;
  };
  const dividends = series.map(({ dividend }) => dividend ?? new Float64Array());
  return {
    instruments: series.map(({ instrument }) => instrument),
    find: (id) => byId.get(id) ?? -1,
    open: reader(series.map((s) => s.open)),
    high: reader(series.map((s) => s.high)),
    low: reader(series.map((s) => s.low)),
    mark: reader(series.map((s) => s.mark)),
    dividend(i, t) {
      const row = t - first[i]!;
      const column = dividends[i]!;
      return row >= 0 && row < column.length ? column[row]! : 0;
    },
  };
}

/**
 * Cash dividends by ex-date from raw and adjusted closes: close(t−1) · (1 − f(t−1)/f(t)), f = adjusted/close.
 * Adjusted closes are published to a thousandth, so amounts within that rounding are none.
 */
export function impliedDividends(close: Float64Array, adjusted: Float64Array): Float64Array {
  return close.map((_, t) => {
    if (t === 0) return 0;
    const before = adjusted[t - 1]! / close[t - 1]!;
    const now = adjusted[t]! / close[t]!;
    const rounding = 0.0005 / adjusted[t]! + 0.0005 / adjusted[t - 1]!;
    const share = 1 - before / now;
    return share > 1.5 * rounding ? close[t - 1]! * share : 0;
  });
}

/** One equity or fund of a market, raw with cash dividends or dividend-adjusted without. */
export function equitySeries(market: Market, id: string, prices: "raw" | "adjusted"): PriceSeries {
  const series = id.toLowerCase();
  const column = (name: string) => market.column(`${series}.${name}`);
  const close = column("close");
  const adjusted = column("adjClose");
  const factor = prices === "raw" ? close.map(() => 1) : close.map((c, t) => adjusted[t]! / c);
  const scale = (name: string) => column(name).map((x, t) => x * factor[t]!);
  return {
    instrument: { kind: "equity", id, multiplier: 1 },
    first: 0,
    open: scale("open"),
    high: scale("high"),
    low: scale("low"),
    mark: scale("close"),
    ...(prices === "raw" && { dividend: impliedDividends(close, adjusted) }),
  };
}
