import {
  columnsOf,
  DAILY_PRICES,
  faultyRows,
  FUTURES,
  isExpected,
  shareText,
  type Fault,
  type Inspection,
  type QualityRule,
} from "./quality-rule.ts";
import type { SeriesKind } from "./series.ts";
import { numbersOf } from "./table.ts";

const PRICES = ["open", "high", "low", "close", "adjClose", "settle", "level"] as const;
const WITH_BARS: readonly SeriesKind[] = [...DAILY_PRICES, ...FUTURES, "intraday"];

/**
 * Ratio of neighbouring prices above which (or below its inverse) a move deserves a look, and above which it can
 * only be an error. VIX9D rose 3.1-fold on 2018-02-05, NVDA by 30 %, the broad dollar by 2 %.
 */
const RATIOS: Partial<Record<SeriesKind, readonly [extreme: number, impossible: number]>> = {
  etf: [1.5, 4],
  stock: [1.5, 4],
  index: [1.5, 4],
  "vol-index": [2.5, 5],
  dollar: [1.1, 2],
};

const ZERO_RETURNS = 0.1;
const ZERO_VOLUME = 0.05;
/** Equal closes in a row that no honest series shows; with volume, one equal bar is one too many. */
const REPEATS = 5;

/** How far two prices are apart as a ratio ≥ 1; 1 where one is missing or not positive. */
function apart(a: number, b: number): number {
  return a > 0 && b > 0 ? Math.max(a / b, b / a) : 1;
}

/** Largest ratio of a row's prices to each other and of its close and adjusted close to those of the row before. */
function jump(bar: readonly Float64Array[], closes: readonly Float64Array[], row: number): number {
  let most = 1;
  for (const cells of bar) most = Math.max(most, apart(cells[row]!, bar[0]![row]!));
  if (row === 0) return most;
  for (const cells of closes) most = Math.max(most, apart(cells[row]!, cells[row - 1]!));
  return most;
}

function jumps(inspection: Inspection, from: number, below: number): Fault | undefined {
  const bar = columnsOf(inspection, ["close", "open", "high", "low", "level"]);
  const closes = columnsOf(inspection, ["close", "adjClose", "level"]);
  return faultyRows(inspection, `a move beyond ${from}-fold`, (row) => {
    const ratio = jump(bar, closes, row);
    return ratio > from && ratio <= below;
  });
}

function ratiosOf(inspection: Inspection): readonly [number, number] {
  return RATIOS[inspection.spec.kind] ?? [Infinity, Infinity];
}

/** Rows whose open or close is outside low … high; those of NEGATIVE_PRICE and IMPOSSIBLE_MOVE are not among them. */
function disorder(inspection: Inspection): (row: number) => boolean {
  const [open, high, low, close] = columnsOf(inspection, ["open", "high", "low", "close"]);
  if (!open || !high || !low || !close) return () => false;
  const impossible = ratiosOf(inspection)[1];
  return (row) => {
    const [o, h, l, c] = [open[row]!, high[row]!, low[row]!, close[row]!];
    const others = [h, l, c].some((price) => price <= 0 || apart(price, o) > impossible);
    return o > 0 && !others && (o > h || c > h || o < l || c < l || l > h);
  };
}

/** Whether prices and volumes can be true. */
export const PRICE_RULES: readonly QualityRule[] = [
  {
    code: "NEGATIVE_PRICE",
    severity: "critical",
    describe: "a price of zero or less",
    kinds: WITH_BARS,
    check: (inspection) => {
      const columns = columnsOf(inspection, PRICES);
      return faultyRows(inspection, "a price of zero or less", (row) =>
        columns.some((cells) => cells[row]! <= 0),
      );
    },
  },
  {
    code: "NEGATIVE_VOLUME",
    severity: "critical",
    describe: "a negative volume or open interest",
    kinds: [...WITH_BARS, "chain"],
    check: (inspection) => {
      const columns = columnsOf(inspection, ["volume", "openInterest"]);
      return faultyRows(inspection, "a negative volume", (row) =>
        columns.some((cells) => cells[row]! < 0),
      );
    },
  },
  {
    code: "IMPOSSIBLE_MOVE",
    severity: "critical",
    describe: "a price several times its neighbours: a decimal point or a split",
    kinds: DAILY_PRICES,
    check: (inspection) => jumps(inspection, ratiosOf(inspection)[1], Infinity),
  },
  {
    code: "INDEX_SCALE",
    severity: "critical",
    describe:
      "a volatility index whose median is outside 5 … 250 points: decimals taken for points",
    kinds: ["vol-index"],
    check: ({ table }) => {
      const median = numbersOf(table, "close").toSorted()[table.rows >> 1]!;
      if (median >= 5 && median <= 250) return undefined;
      return { message: `the median close is ${median}`, rows: [] };
    },
  },
  {
    code: "RATE_RANGE",
    severity: "critical",
    describe: "a rate outside −5 % … 25 % a year: percent taken for decimals",
    kinds: ["rate"],
    check: (inspection) => {
      const rate = numbersOf(inspection.table, "rate");
      return faultyRows(inspection, "a rate outside −5 % … 25 %", (row) => {
        return rate[row]! < -0.05 || rate[row]! > 0.25;
      });
    },
  },
  {
    code: "OHLC_ORDER",
    severity: "error",
    describe: "an open or close outside low … high",
    kinds: WITH_BARS,
    check: (inspection) => {
      const isDisordered = disorder(inspection);
      return faultyRows(inspection, "open or close outside low … high", isDisordered);
    },
  },
  {
    code: "REPEATED_ROWS",
    severity: "error",
    describe: "rows equal to the one before, volume included; without volume, five in a row",
    kinds: DAILY_PRICES,
    check: (inspection) => {
      const columns = columnsOf(inspection, [...PRICES, "volume"]);
      const enough = "volume" in inspection.spec.columns ? 1 : REPEATS;
      let run = 0;
      return faultyRows(inspection, "equal to the row before", (row) => {
        const equal = row > 0 && columns.every((cells) => cells[row] === cells[row - 1]);
        run = equal ? run + 1 : 0;
        return run >= enough && isExpected(inspection.spec, inspection.days[row]!);
      });
    },
  },
  {
    code: "ADJUSTMENT_FALLS",
    severity: "error",
    describe: "adjusted close over close falls: a dividend that was taken back",
    kinds: ["etf", "stock"],
    check: (inspection) => {
      const close = numbersOf(inspection.table, "close");
      const adjusted = numbersOf(inspection.table, "adjClose");
      const isDisordered = disorder(inspection);
      return faultyRows(inspection, "adjusted close over close falls", (row) => {
        if (row === 0 || isDisordered(row) || isDisordered(row - 1)) return false;
        const factor = adjusted[row]! / close[row]! / (adjusted[row - 1]! / close[row - 1]!);
        return factor < 0.999 && factor > 0.5;
      });
    },
  },
  {
    code: "EXTREME_MOVE",
    severity: "warning",
    describe: "a move that deserves a look: 50 % for prices, 2.5-fold for volatility indices",
    kinds: DAILY_PRICES,
    check: (inspection) => jumps(inspection, ...ratiosOf(inspection)),
  },
  {
    code: "ZERO_RETURNS",
    severity: "warning",
    describe: "more than 10 % of days without a change",
    kinds: DAILY_PRICES,
    check: (inspection) => {
      const [close] = columnsOf(inspection, ["close", "level"]);
      const { rows } = inspection.table;
      const zero = close?.reduce((n, x, row) => (row > 0 && x === close[row - 1] ? n + 1 : n), 0);
      if (zero === undefined || zero <= ZERO_RETURNS * rows) return undefined;
      return { message: `no change on ${shareText(zero, rows)} days`, rows: [] };
    },
  },
  {
    code: "ZERO_VOLUME",
    severity: "warning",
    describe: "more than 5 % of days without volume",
    kinds: ["etf", "stock", "index"],
    check: ({ table }) => {
      const zero = numbersOf(table, "volume").reduce((n, x) => (x === 0 ? n + 1 : n), 0);
      if (zero <= ZERO_VOLUME * table.rows) return undefined;
      return { message: `no volume on ${shareText(zero, table.rows)} days`, rows: [] };
    },
  },
  {
    code: "TINY_PRICE",
    severity: "warning",
    describe: "a close below one cent",
    kinds: ["etf", "stock"],
    check: (inspection) => {
      const close = numbersOf(inspection.table, "close");
      return faultyRows(inspection, "a close below one cent", (row) => {
        return close[row]! > 0 && close[row]! < 0.01;
      });
    },
  },
];
