import fc from "fast-check";
import {
  type Costs,
  costBroker,
  type Desk,
  type Fill,
  type Instrument,
  type Rejection,
  type Universe,
} from "../../src/trade/index.ts";

/** Prices of one instrument by row: `[open, high, low, mark]`, NaN for none. */
export interface Series {
  readonly instrument: Instrument;
  readonly rows: readonly (readonly [number, number, number, number])[];
  readonly dividends?: readonly number[];
}

export const EQUITY: Instrument = { kind: "equity", id: "E", multiplier: 1 };
export const FUTURE: Instrument = {
  kind: "future",
  id: "F",
  multiplier: 100,
  tick: 0.05,
  expiry: 1_000_000,
};
export const CALL: Instrument = {
  kind: "option",
  id: "C",
  multiplier: 100,
  tick: 0.05,
  expiry: 1_000_000,
  strike: 20,
  right: "call",
  underlying: "F",
};

export const FREE: Costs = {
  equityBps: 0,
  equityCommission: 0,
  futureTicks: 0,
  futureCommission: 0,
  optionShare: 0,
  optionCommission: 0,
  multiple: 1,
};

export const DEAR: Costs = {
  equityBps: 5,
  equityCommission: 0.005,
  futureTicks: 1,
  futureCommission: 2.5,
  optionShare: 0.05,
  optionCommission: 1.5,
  multiple: 1,
};

export function worldOf(series: readonly Series[]): Universe {
  const cell = (k: number) => (i: number, t: number) => series[i]!.rows[t]?.[k] ?? NaN;
  return {
    instruments: series.map(({ instrument }) => instrument),
    find: (id) => series.findIndex(({ instrument }) => instrument.id === id),
    open: cell(0),
    high: cell(1),
    low: cell(2),
    mark: cell(3),
    dividend: (i, t) => series[i]!.dividends?.[t] ?? 0,
  };
}

/** A desk over a world of consecutive days, with what it did. */
export function deskOf(
  universe: Universe,
  options: { costs?: Costs; rate?: number; spread?: number; days?: number } = {},
): Desk & { readonly fills: Fill[]; readonly rejections: Rejection[] } {
  const fills: Fill[] = [];
  const rejections: Rejection[] = [];
  const rows = options.days ?? 64;
  return {
    days: Int32Array.from({ length: rows }, (_, t) => t),
    universe,
    broker: costBroker(options.costs ?? FREE),
    cashRate: new Float64Array(rows).fill(options.rate ?? 0),
    financingSpread: options.spread ?? 0,
    margin: { points: 5, share: 0.35 },
    sink: { filled: (f) => fills.push(f), rejected: (r) => rejections.push(r) },
    fills,
    rejections,
  };
}

/** A row at one price. */
export function at(price: number): [number, number, number, number] {
  return [price, price, price, price];
}

const price = fc.double({ min: 1, max: 80, noNaN: true });
const row = fc
  .tuple(price, price, price, fc.boolean(), fc.boolean())
  .map(([a, b, c, opens, marks]): [number, number, number, number] => [
    opens ? a : NaN,
    Math.max(a, b, c),
    Math.min(a, b, c),
    marks ? c : NaN,
  ]);

/**
 * An equity, a future and an option over `days` rows, the last two expiring inside; no rate, no dividend. Opening prices
 * are missing on half of the rows, and marks too unless they are `complete`.
 */
export function randomWorld(days: number, complete = false): fc.Arbitrary<Universe> {
  const whole = row.map(([open, high, low, mark]): [number, number, number, number] => [
    open,
    high,
    low,
    Number.isNaN(mark) ? (high + low) / 2 : mark,
  ]);
  const rows = fc.array(complete ? whole : row, { minLength: days, maxLength: days });
  const expiry = fc.integer({ min: 2, max: days + 3 });
  return fc.tuple(rows, rows, rows, expiry, expiry).map(([e, f, c, ef, ec]) =>
    worldOf([
      { instrument: EQUITY, rows: e },
      { instrument: { ...FUTURE, expiry: ef } as Instrument, rows: f },
      { instrument: { ...CALL, expiry: ec } as Instrument, rows: c },
    ]),
  );
}

/** Orders in units by day. */
export function randomOrders(
  days: number,
): fc.Arbitrary<readonly { t: number; i: number; to: number }[]> {
  return fc.array(
    fc.record({
      t: fc.integer({ min: 0, max: days - 2 }),
      i: fc.integer({ min: 0, max: 2 }),
      to: fc.integer({ min: -5, max: 5 }),
    }),
    { maxLength: 25 },
  );
}
