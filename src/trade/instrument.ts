import { type DayNumber, toDay } from "#core";

/** A share or fund: bought and sold for cash; pays dividends. */
export interface Equity {
  readonly kind: "equity";
  readonly id: string;
  readonly multiplier: 1;
}

/** A futures contract: settled daily in cash, so that holding it costs margin and not its price. */
export interface Future {
  readonly kind: "future";
  readonly id: string;
  /** USD a point. */
  readonly multiplier: number;
  /** Smallest price step in points. */
  readonly tick: number;
  /** Day of the final settlement. */
  readonly expiry: DayNumber;
}

/** A European option on a future: bought and sold for its premium. */
export interface Option {
  readonly kind: "option";
  readonly id: string;
  readonly multiplier: number;
  /** Least price in points: nobody sells for less and nobody buys what is worth less. */
  readonly tick: number;
  readonly expiry: DayNumber;
  readonly strike: number;
  readonly right: "call" | "put";
  /** Id of what it is an option on. */
  readonly underlying: string;
}

/** Name of an option: `VIX 2018-02-14 C45`. */
export function optionId(
  root: string,
  expiry: DayNumber,
  right: Option["right"],
  strike: number,
): string {
  return `${root} ${toDay(expiry)} ${right === "call" ? "C" : "P"}${strike}`;
}

export type Instrument = Equity | Future | Option;

/**
 * Instruments and their prices session by session; `t` is a row of the market. NaN is "no price". An instrument is
 * named by its index here, which is stable through a run.
 */
export interface Universe {
  readonly instruments: readonly Instrument[];
  /** Index of an id; adds what can be priced by a model (options) on first use. −1 where unknown. */
  find(id: string): number;
  open(instrument: number, t: number): number;
  high(instrument: number, t: number): number;
  low(instrument: number, t: number): number;
  /** Close of an equity, settlement of a future, model mark of an option. */
  mark(instrument: number, t: number): number;
  /** Cash a unit goes ex on this session, USD. */
  dividend(instrument: number, t: number): number;
}

/** A futures contract as it is listed at a decision. */
export interface Listing {
  readonly instrument: number;
  readonly id: string;
  readonly expiry: DayNumber;
  /** Settlement of the day, points. */
  readonly settle: number;
  /** Sessions from the next one, on which an order can fill, to the day of expiry, as scheduled at the decision. */
  readonly sessions: number;
}
