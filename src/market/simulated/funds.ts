import { type DayNumber, type Key, SESSIONS_PER_YEAR, nthWeekday, parts, uniforms } from "#core";
import { exp, log, normals } from "#num";
import type { Table } from "../source.ts";
import { emptyBars, hundredths, shapeBar } from "./bars.ts";
import type { CorePath } from "./core-path.ts";
import type { Rates } from "./rates.ts";
import { shareShocks } from "./shared-shocks.ts";

/** What a fund's return is made of, besides its own noise. */
interface Fund {
  readonly name: string;
  /** First close, USD. */
  readonly price: number;
  /** Volatility a year of all its returns, and their correlation with SPY; both as aimed at. */
  readonly volatility: number;
  readonly correlation: number;
  /** Expected return a year above the bill rate. */
  readonly excess: number;
  /** Sensitivity to the rate of a maturity, in years; the rest of a bond fund's return is carry. */
  readonly bond?: {
    readonly duration: number;
    readonly rate: "dgs2" | "dgs10";
    readonly stretch: number;
  };
  /** Correlation of the fund's own part with the dollar, commodities, and markets abroad. */
  readonly dollar?: number;
  readonly commodities?: number;
  readonly abroad?: number;
  /** Dividends: yield a year and payments a year. */
  readonly yield: number;
  readonly payments: 0 | 4 | 12;
  /** Usual volume a day in shares. */
  readonly volume: number;
}

const FUNDS: readonly Fund[] = [
  {
    name: "spy",
    price: 110,
    volatility: 0.19,
    correlation: 1,
    excess: 0.08,
    yield: 0.018,
    payments: 4,
    volume: 90e6,
  },
  {
    name: "qqq",
    price: 35,
    volatility: 0.214,
    correlation: 0.916,
    excess: 0.1,
    yield: 0.008,
    payments: 4,
    volume: 50e6,
  },
  {
    name: "iwm",
    price: 57,
    volatility: 0.24,
    correlation: 0.897,
    excess: 0.075,
    yield: 0.012,
    payments: 4,
    volume: 30e6,
  },
  {
    name: "efa",
    price: 46,
    volatility: 0.212,
    correlation: 0.889,
    excess: 0.055,
    dollar: -0.45,
    abroad: 0.65,
    yield: 0.028,
    payments: 4,
    volume: 18e6,
  },
  {
    name: "eem",
    price: 19,
    volatility: 0.28,
    correlation: 0.825,
    excess: 0.065,
    dollar: -0.35,
    abroad: 0.65,
    commodities: 0.2,
    yield: 0.02,
    payments: 4,
    volume: 40e6,
  },
  {
    name: "shy",
    price: 82,
    volatility: 0.015,
    correlation: -0.23,
    excess: 0,
    bond: { duration: 1.9, rate: "dgs2", stretch: 1 },
    yield: 0.017,
    payments: 12,
    volume: 2e6,
  },
  {
    name: "ief",
    price: 86,
    volatility: 0.068,
    correlation: -0.3,
    excess: 0,
    bond: { duration: 7.5, rate: "dgs10", stretch: 1 },
    yield: 0.026,
    payments: 12,
    volume: 3e6,
  },
  {
    name: "tlt",
    price: 88,
    volatility: 0.147,
    correlation: -0.32,
    excess: 0,
    bond: { duration: 17, rate: "dgs10", stretch: 0.9 },
    yield: 0.03,
    payments: 12,
    volume: 10e6,
  },
  {
    name: "tip",
    price: 103,
    volatility: 0.063,
    correlation: -0.11,
    excess: 0,
    bond: { duration: 6.1, rate: "dgs10", stretch: 1 },
    yield: 0.025,
    payments: 12,
    volume: 1e6,
  },
  {
    name: "dbc",
    price: 24,
    volatility: 0.194,
    correlation: 0.41,
    excess: 0.01,
    dollar: -0.3,
    commodities: 0.85,
    yield: 0,
    payments: 0,
    volume: 2e6,
  },
  {
    name: "gld",
    price: 42,
    volatility: 0.176,
    correlation: 0.05,
    excess: 0.05,
    dollar: -0.38,
    commodities: 0.35,
    yield: 0,
    payments: 0,
    volume: 9e6,
  },
];
/** Daily deviation of the inflation that inflation-linked bonds are paid for, and its correlation with SPY. */
const INFLATION = { deviation: 0.00037, withSpy: 0.35 };

/** What all funds draw on: one value a session. */
interface Common {
  readonly path: CorePath;
  readonly rates: Rates;
  readonly sessions: Int32Array;
  /** Deviation of a session relative to its usual size. */
  readonly scale: Float64Array;
  readonly commodities: Float64Array;
  readonly abroad: Float64Array;
  readonly inflation: Float64Array;
  readonly gaps: Float64Array;
}

const USUAL_VARIANCE = 0.036;

/** Tables of all funds; `gaps` are the surprises at the open of SPY. */
export function drawFunds(
  source: Key,
  path: CorePath,
  rates: Rates,
  { sessions, gaps }: { sessions: Int32Array; gaps: Float64Array },
): Record<string, Table> {
  const n = sessions.length;
  const draw = (name: string) => normals(source.fold(name), n);
  const common: Common = {
    path,
    rates,
    sessions,
    gaps,
    // Variance at the close before: what was known when the session began.
    scale: Float64Array.from({ length: n }, (_, t) =>
      Math.sqrt(0.4 + (0.6 * path.fast[Math.max(t - 1, 0)]!) / USUAL_VARIANCE),
    ),
    commodities: draw("commodities"),
    abroad: draw("abroad"),
    inflation: shareShocks(source.fold("inflation"), path.shock, INFLATION.withSpy),
  };
  return Object.fromEntries(FUNDS.map((fund) => [fund.name, drawFund(source, fund, common)]));
}

function drawFund(source: Key, fund: Fund, common: Common): Table {
  const own = source.fold(fund.name);
  const returns = fund.bond ? bondReturns(fund, common, own) : shareReturns(fund, common, own);
  return tabulate(fund, returns, common, own);
}

/** Total log returns: bill rate + excess + β · surprise of SPY + own part. */
function shareReturns(fund: Fund, common: Common, own: Key): Float64Array {
  const { path, rates, scale } = common;
  const beta = (fund.correlation * fund.volatility) / FUNDS[0]!.volatility;
  const alone = fund.volatility * Math.sqrt(1 - fund.correlation * fund.correlation);
  const noise = normals(own.fold("own"), scale.length);
  const loads = [fund.dollar ?? 0, fund.commodities ?? 0, fund.abroad ?? 0];
  const rest = Math.sqrt(Math.max(0, 1 - loads.reduce((sum, load) => sum + load * load, 0)));
  return scale.map((size, t) => {
    const mixed =
      loads[0]! * rates.dollarShock[t]! +
      loads[1]! * common.commodities[t]! +
      loads[2]! * common.abroad[t]! +
      rest * noise[t]!;
    const deviation = (alone * size) / Math.sqrt(SESSIONS_PER_YEAR);
    const drift = (rates.dtb3[t]! + fund.excess) / SESSIONS_PER_YEAR;
    return drift + beta * path.surprise[t]! + deviation * mixed - 0.5 * deviation * deviation;
  });
}

/** Total log returns: carry − duration · change of the rate. */
function bondReturns(fund: Fund, { rates, inflation }: Common, own: Key): Float64Array {
  const { duration, rate, stretch } = fund.bond!;
  const yields = rates[rate];
  const noise = normals(own.fold("own"), yields.length);
  const linked = fund.name === "tip" ? INFLATION.deviation : 0;
  return yields.map((now, t) => {
    if (t === 0) return 0;
    const change = stretch * (now - yields[t - 1]!) - linked * inflation[t]!;
    const roughness = (0.15 * fund.volatility * noise[t]!) / Math.sqrt(SESSIONS_PER_YEAR);
    return yields[t - 1]! / SESSIONS_PER_YEAR - duration * change + roughness;
  });
}

/**
 * Prices, dividends and bars. A dividend D goes ex on session t: the price falls by D, and every earlier adjusted
 * close is scaled by 1 − D / close(t − 1).
 */
function tabulate(fund: Fund, returns: Float64Array, common: Common, own: Key): Table {
  const { sessions, scale, path } = common;
  const n = sessions.length;
  const gaps = shareShocks(own.fold("gap"), common.gaps, fund.correlation);
  const [ups, downs] = [uniforms(own.fold("up"), n), uniforms(own.fold("down"), n)];
  const activity = normals(own.fold("volume"), n);
  const bars = emptyBars(n);
  const volume = new Float64Array(n);
  const factor = new Float64Array(n).fill(1);
  const usual = fund.volatility / Math.sqrt(SESSIONS_PER_YEAR);
  for (let t = 0; t < n; t++) {
    const before = t > 0 ? bars.close[t - 1]! : fund.price;
    const dividend = t > 0 && paysOn(fund, sessions, t) ? payment(fund, before) : 0;
    const previous = log(before - dividend);
    // The return is of price and dividend together.
    const close = t > 0 ? hundredths(before * exp(returns[t]!) - dividend) : fund.price;
    const shape = shapeBar({
      previous,
      close: log(close),
      deviation: fund.bond ? usual : usual * scale[t]!,
      gap: gaps[t]!,
      up: ups[t]!,
      down: downs[t]!,
    });
    bars.close[t] = close;
    bars.open[t] = hundredths(shape.open);
    bars.high[t] = hundredths(shape.high);
    bars.low[t] = hundredths(shape.low);
    factor[t] = 1 - dividend / before;
    const stir = 0.3 * activity[t]! + 0.25 * log(path.fast[t]! / USUAL_VARIANCE);
    volume[t] = Math.round((fund.volume * exp(stir)) / 100) * 100;
  }
  const adjClose = new Float64Array(n);
  let scaled = 1;
  for (let t = n - 1; t >= 0; t--) {
    adjClose[t] = bars.close[t]! * scaled;
    scaled *= factor[t]!;
  }
  return { rows: n, key: ["date"], columns: { date: sessions, ...bars, adjClose, volume } };
}

function payment(fund: Fund, price: number): number {
  return Math.round(((price * fund.yield) / fund.payments) * 1000) / 1000;
}

/** Quarterly: the first session from the third Friday of March, June, September, December; monthly: from the 1st. */
function paysOn({ payments }: Fund, sessions: Int32Array, t: number): boolean {
  if (payments === 0) return false;
  const due = dueDay(sessions[t]!, payments);
  return due !== undefined && sessions[t]! >= due && sessions[t - 1]! < due;
}

function dueDay(session: DayNumber, payments: 4 | 12): DayNumber | undefined {
  const { year, month, day } = parts(session);
  if (payments === 12) return session - day + 1;
  return month % 3 === 0 ? nthWeekday(year, month, 5, 3) : undefined;
}
