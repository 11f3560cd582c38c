import {
  type DayNumber,
  type Key,
  calendar,
  lastAtOrBefore,
  parts,
  toNumber,
  uniforms,
} from "#core";
import { exp, log, normals } from "#num";
import type { Table } from "../source.ts";
import { isWeeklyExpiry, monthlyExpiry } from "../vx-expiry.ts";
import { type Bars, hundredths, shapeBar } from "./bars.ts";
import { FURTHEST, type Implied } from "./implied.ts";

/** Contracts are listed so that nine months, or five weeks, trade at a time. */
const MONTHS_LISTED = 9;
const WEEKS_LISTED = 5;
/** Weekly contracts exist from here on. */
const FIRST_WEEKLY = toNumber("2015-08-05");
const TICK = 0.05;

/** Usual volume and open interest by months to settlement; a weekly contract has a share of them. */
const VOLUME = [80_000, 59_000, 17_000, 8_700, 5_200, 3_200, 1_650, 340, 35];
const OPEN_INTEREST = [119_000, 98_000, 40_000, 28_000, 21_000, 15_000, 7_700, 2_200, 185];
const WEEKLY_SHARE = 0.004;

/** Deviation and persistence of a contract's own part of its price. */
const OWN = { deviation: 0.007, persistence: 0.7 };

interface World {
  readonly sessions: Int32Array;
  readonly implied: Implied;
  readonly vix: Bars;
  /** Surprises of VIX at the open. */
  readonly gaps: Float64Array;
}

interface Contract {
  readonly expiry: DayNumber;
  /** First day of trading. */
  readonly listed: DayNumber;
  /** Volume relative to a monthly contract. */
  readonly share: number;
}

/** Tables of the monthly and the weekly contracts. */
export function drawFutures(source: Key, world: World): Record<string, Table> {
  const [first, last] = [world.sessions[0]!, world.sessions.at(-1)!];
  const monthly = monthlyContracts(first, last);
  const monthlies = new Set(monthly.map(({ expiry }) => expiry));
  const weekly = weeklyContracts(first, last).filter(({ expiry }) => !monthlies.has(expiry));
  return {
    vx_contracts: tabulate(source, monthly, world),
    vx_weekly_contracts: tabulate(source, weekly, world),
  };
}

function monthlyContracts(first: DayNumber, last: DayNumber): Contract[] {
  const { year, month } = parts(first);
  const expiryOf = (k: number) => {
    const m = month - 1 + k;
    return monthlyExpiry(year + Math.floor(m / 12), (((m % 12) + 12) % 12) + 1);
  };
  const contracts: Contract[] = [];
  for (let k = 0; expiryOf(k - MONTHS_LISTED) < last; k++) {
    contracts.push({ expiry: expiryOf(k), listed: expiryOf(k - MONTHS_LISTED) + 1, share: 1 });
  }
  return contracts.filter(({ expiry }) => expiry >= first);
}

function weeklyContracts(first: DayNumber, last: DayNumber): Contract[] {
  const contracts: Contract[] = [];
  const from = Math.max(first, FIRST_WEEKLY);
  for (let day = from; day <= last + 7 * WEEKS_LISTED; day++) {
    if (!isWeeklyExpiry(day)) continue;
    contracts.push({ expiry: day, listed: day - 7 * WEEKS_LISTED + 1, share: WEEKLY_SHARE });
  }
  return contracts;
}

interface Quote {
  readonly day: DayNumber;
  readonly expiry: DayNumber;
  readonly values: readonly number[];
}
const COLUMNS = ["open", "high", "low", "close", "settle", "volume", "openInterest"];

function tabulate(source: Key, contracts: readonly Contract[], world: World): Table {
  const quotes = contracts.flatMap((contract) => drawContract(source, contract, world));
  quotes.sort((a, b) => a.day - b.day || a.expiry - b.expiry);
  return {
    rows: quotes.length,
    key: ["tradeDate", "expiry"],
    columns: {
      tradeDate: Int32Array.from(quotes, ({ day }) => day),
      expiry: Int32Array.from(quotes, ({ expiry }) => expiry),
      ...Object.fromEntries(
        COLUMNS.map((name, k) => [name, Float64Array.from(quotes, ({ values }) => values[k]!)]),
      ),
    },
  };
}

/** All days of a contract: settlements at model price and its own noise, then the special opening quotation. */
function drawContract(source: Key, { expiry, listed, share }: Contract, world: World): Quote[] {
  const { sessions, implied, vix, gaps } = world;
  const start = lastAtOrBefore(sessions, listed - 1) + 1;
  const everySession = calendar("nyse").sessions;
  const settlesAt =
    lastAtOrBefore(everySession, expiry) - lastAtOrBefore(everySession, sessions[0]!);
  const end = Math.min(settlesAt, sessions.length);
  const n = Math.max(end - start, 0);
  const own = source.fold("vx", expiry);
  const draw = (name: string) => normals(own.fold(name), n + 1);
  const [noise, gap, busy, held, late] = ["own", "gap", "busy", "held", "late"].map(draw);
  const [ups, downs] = [uniforms(own.fold("up"), n), uniforms(own.fold("down"), n)];
  const fresh = OWN.deviation * Math.sqrt(1 - OWN.persistence * OWN.persistence);
  const quotes: Quote[] = [];
  let apart = 0;
  let previous = NaN;
  for (let k = 0; k < n; k++) {
    const t = start + k;
    const ahead = Math.min(settlesAt - t - 1, FURTHEST);
    apart = OWN.persistence * apart + fresh * noise![k]!;
    // The contract's own part fades as it becomes VIX.
    const price = log(implied.future(t, ahead)) + apart * Math.min(1, ahead / 10);
    const settle = hundredths(exp(price));
    const month = Math.min(Math.floor(ahead / 21), VOLUME.length - 1);
    const volume = Math.round(share * VOLUME[month]! * exp(0.5 * busy![k]!));
    const interest = Math.round(share * OPEN_INTEREST[month]! * exp(0.2 * held![k]!));
    const shape = shapeBar({
      previous: Number.isNaN(previous) ? price : previous,
      close: price,
      deviation: sessionDeviation(ahead),
      gap: 0.9 * gaps[t]! + 0.44 * gap![k]!,
      up: ups[k]!,
      down: downs[k]!,
    });
    const close = exp(price) + 0.03 * late![k]!;
    const bar = volume > 2 ? quote(shape, close) : [NaN, NaN, NaN, NaN];
    quotes.push({
      day: sessions[t]!,
      expiry,
      values: [...bar, settle, volume > 2 ? volume : 0, interest],
    });
    previous = price;
  }
  if (settlesAt >= start && settlesAt < sessions.length) {
    const opening = hundredths(vix.open[settlesAt]! * exp(0.01 * noise![n]!));
    const interest = quotes.at(-1)?.values[6] ?? 0;
    const blank = [NaN, NaN, NaN, NaN];
    quotes.push({ day: expiry, expiry, values: [...blank, opening, 0, interest] });
  }
  return quotes;
}

/** Log deviation a session of a contract: VIX's near settlement, a fifth of it far away. */
function sessionDeviation(ahead: number): number {
  return 0.07 * (0.18 + 0.72 * exp(-ahead / 28));
}

/** Open, high, low and close in ticks, high and low around the others. */
function quote(shape: { open: number; high: number; low: number }, close: number): number[] {
  return [
    inTicks(shape.open, Math.round),
    inTicks(Math.max(shape.high, close), Math.ceil),
    inTicks(Math.min(shape.low, close), Math.floor),
    inTicks(close, Math.round),
  ];
}

function inTicks(value: number, round: (x: number) => number): number {
  return hundredths(round(value / TICK) * TICK);
}
