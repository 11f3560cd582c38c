import { SESSIONS_PER_YEAR, indexOf, lastAtOrBefore, toNumber, type Day } from "#core";
import { correlation, excessKurtosis, log, mean, quantile, skewness, std } from "#num";
import type { Table } from "../source.ts";
import { dates, daysOf, mapColumns, numbersOf } from "../table.ts";
import { vxCurve } from "../vx-curve.ts";

const FUNDS = ["qqq", "iwm", "efa", "eem", "shy", "ief", "tlt", "tip", "dbc", "gld"];
/** From here on a contract is listed for every month. */
const EVERY_MONTH = "2006-10-23";
/** VIX1D begins here; its moments are those of the sessions from here on. */
const FIRST_VIX1D = "2023-04-24";
/** The front contract is sold for the second one this many sessions before it settles. */
const ROLL = 5;
const YEAR = Math.sqrt(SESSIONS_PER_YEAR);

/** A series of numbers with its days. */
interface Line {
  readonly days: Int32Array;
  readonly values: Float64Array;
}

/** Moments of a market, real or simulated, in the window from … to; `docs/simulated-market.md` says what each means. */
export function marketMoments(
  tables: Readonly<Record<string, Table>>,
  from: Day,
  to: Day,
): Record<string, number> {
  const cut = (name: string) => window(tables[name]!, from, to);
  const line = (name: string, column: string): Line => {
    const table = cut(name);
    return { days: dates(table), values: numbersOf(table, column) };
  };
  const spy = returns(line("spy", "adjClose"));
  const moments: Record<string, number> = {
    ...volatilityMoments(line, spy),
    ...spyMoments(line("spy", "adjClose"), spy),
    ...curveMoments(cut("vx_contracts"), line("vix", "close")),
    ...rateMoments(line, spy),
  };
  for (const name of FUNDS) {
    const fund = returns(line(name, "adjClose"));
    moments[`${name}Volatility`] = std(fund.values, 1) * YEAR;
    moments[`${name}SpyCorrelation`] = correlationOf(spy, fund);
  }
  return moments;
}

type LineOf = (name: string, column: string) => Line;

function volatilityMoments(line: LineOf, spy: Line): Record<string, number> {
  const vix = line("vix", "close");
  const vvix = line("vvix", "close");
  const quarter = ratio(line("vix3m", "close"), vix);
  const next = since(line("vix1d", "close"), FIRST_VIX1D);
  const day = ratio(next, vix);
  const week = ratio(line("vix9d", "close"), vix);
  return {
    vixMean: mean(vix.values),
    vixMedian: quantile(vix.values, 0.5),
    vixDeviation: std(vix.values, 1),
    vixSkew: skewness(vix.values),
    vixAutocorrelation: autocorrelation(vix.values, 1),
    vixPercentile95: quantile(vix.values, 0.95),
    vixMaximum: quantile(vix.values, 1),
    vixLogChangeDeviation: std(changes({ ...vix, values: vix.values.map(log) }).values, 1),
    spyVixCorrelation: correlationOf(spy, changes(vix)),
    vvixMean: mean(vvix.values),
    vvixDeviation: std(vvix.values, 1),
    vvixVixCorrelation: correlationOf(vvix, vix),
    vix3mRatio: mean(quarter),
    vix3mAboveShare: share(quarter, (x) => x > 1),
    vix9dRatio: mean(week),
    vix1dRatio: mean(day),
    vix1dRatioPercentile95: quantile(day, 0.95),
    vix1dLogChangeDeviation: std(changes({ ...next, values: next.values.map(log) }).values, 1),
    varianceRiskPremium: mean(difference(vix, realised(line("spy", "adjClose")))),
  };
}

function spyMoments(prices: Line, { values }: Line): Record<string, number> {
  const { values: p } = prices;
  let [peak, worst] = [-Infinity, 0];
  for (const price of p) {
    peak = Math.max(peak, price);
    worst = Math.min(worst, price / peak - 1);
  }
  return {
    spyVolatility: std(values, 1) * YEAR,
    spySkew: skewness(values),
    spyKurtosis: excessKurtosis(values),
    spyGrowth: (p.at(-1)! / p[0]!) ** (SESSIONS_PER_YEAR / (p.length - 1)) - 1,
    spyWorstDrawdown: worst,
    spyAbsoluteAutocorrelation: autocorrelation(values.map(Math.abs), 10),
  };
}

function curveMoments(contracts: Table, vix: Line): Record<string, number> {
  const curve = vxCurve(contracts);
  const start = lastAtOrBefore(curve.days, toNumber(EVERY_MONTH) - 1) + 1;
  const tenor = (k: number): Line => ({
    days: curve.days.subarray(start),
    values: curve.columns[`f${k}`]!.values.subarray(start),
  });
  const [front, second, sixth] = [tenor(1), tenor(2), tenor(6)];
  const slope = ratio(second, front);
  const basis = ratio(front, vix);
  const held = Float64Array.from(heldReturns(contracts));
  return {
    contangoShare: share(slope, (x) => x > 1),
    frontAboveSpotShare: share(basis, (x) => x > 1),
    frontBasis: mean(basis) - 1,
    secondBasis: mean(slope) - 1,
    sixthBasis: mean(ratio(sixth, front)) - 1,
    rolldown: mean(held) * SESSIONS_PER_YEAR,
    frontDeviation: std(held, 1) * YEAR,
  };
}

/** Daily simple returns of a long position in the front contract, rolled into the second before it settles. */
function heldReturns(contracts: Table): number[] {
  const days = dates(contracts);
  const expiry = daysOf(contracts, "expiry");
  const settle = numbersOf(contracts, "settle");
  const sessions: number[] = [];
  const starts: number[] = [];
  for (let row = 0; row < contracts.rows; row++) {
    if (row > 0 && days[row] === days[row - 1]) continue;
    sessions.push(days[row]!);
    starts.push(row);
  }
  starts.push(contracts.rows);
  const held: number[] = [];
  const first = lastAtOrBefore(sessions, toNumber(EVERY_MONTH) - 1) + 1;
  for (let i = first; i + 1 < sessions.length; i++) {
    let row = starts[i]!;
    while (expiry[row]! <= sessions[i]!) row++;
    const settles = lastAtOrBefore(sessions, expiry[row]! - 1) + 1;
    if (settles - i <= ROLL) row++;
    const next = expiry.subarray(starts[i + 1], starts[i + 2]).indexOf(expiry[row]!);
    if (next >= 0) held.push(settle[starts[i + 1]! + next]! / settle[row]! - 1);
  }
  return held;
}

function rateMoments(line: LineOf, spy: Line): Record<string, number> {
  const [ten, bill] = [line("dgs10", "rate"), line("dtb3", "rate")];
  const level = line("dtwexbgs", "level");
  const dollar = changes({ ...level, values: level.values.map(log) });
  return {
    dgs10Mean: mean(ten.values),
    dgs10ChangeDeviation: std(changes(ten).values, 1),
    dtb3Mean: mean(bill.values),
    dollarVolatility: std(dollar.values, 1) * YEAR,
    spyDollarCorrelation: correlationOf(spy, dollar),
  };
}

function window(table: Table, from: Day, to: Day): Table {
  const days = dates(table);
  const first = lastAtOrBefore(days, toNumber(from) - 1) + 1;
  const last = lastAtOrBefore(days, toNumber(to));
  return mapColumns(table, last - first + 1, (cells) => cells.slice(first, last + 1));
}

function since({ days, values }: Line, from: Day): Line {
  const first = lastAtOrBefore(days, toNumber(from) - 1) + 1;
  return { days: days.subarray(first), values: values.subarray(first) };
}

/** `f` of each value and the one before, dated on the later. */
function pairs({ days, values }: Line, f: (now: number, before: number) => number): Line {
  return {
    days: days.subarray(1),
    values: Float64Array.from(values.subarray(1), (now, i) => f(now, values[i]!)),
  };
}

function changes(line: Line): Line {
  return pairs(line, (now, before) => now - before);
}

function returns(line: Line): Line {
  return pairs(line, (now, before) => now / before - 1);
}

/** Volatility of 21 log returns, annualised, in points. */
function realised(prices: Line): Line {
  const { days, values } = pairs(prices, (now, before) => log(now / before));
  const deviations = values.map((_, i) => (i < 20 ? NaN : std(values.subarray(i - 20, i + 1), 1)));
  return { days, values: deviations.map((deviation) => deviation * YEAR * 100) };
}

/** Values of two lines on the days both have one. */
function common(a: Line, b: Line): [Float64Array, Float64Array] {
  const [x, y]: [number[], number[]] = [[], []];
  a.days.forEach((day, i) => {
    const j = indexOf(b.days, day);
    if (j < 0 || Number.isNaN(a.values[i]!) || Number.isNaN(b.values[j]!)) return;
    x.push(a.values[i]!);
    y.push(b.values[j]!);
  });
  return [Float64Array.from(x), Float64Array.from(y)];
}

function correlationOf(a: Line, b: Line): number {
  return correlation(...common(a, b));
}

function ratio(a: Line, b: Line): Float64Array {
  const [x, y] = common(a, b);
  return x.map((value, i) => value / y[i]!);
}

function difference(a: Line, b: Line): Float64Array {
  const [x, y] = common(a, b);
  return x.map((value, i) => value - y[i]!);
}

function share(values: Float64Array, test: (x: number) => boolean): number {
  return values.filter(test).length / values.length;
}

function autocorrelation(values: Float64Array, lag: number): number {
  return correlation(values.subarray(lag), values.subarray(0, values.length - lag));
}
