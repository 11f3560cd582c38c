import { type Book, quantityOf } from "./book.ts";
import type { Instrument, Universe } from "./instrument.ts";

/**
 * A position to reach, not a change to make: told twice or late it does no harm, and what is in flight cannot be
 * ordered again.
 */
export interface Order {
  readonly instrument: number;
  /** Signed units, or a share of NAV that becomes whole units when it is sized. */
  readonly target: number;
  readonly by: "units" | "weight";
  /** Rests in the market until the price trades through the trigger; fills within the limit or not at all. */
  readonly stop?: { readonly trigger: number; readonly limit: number };
  readonly reason: string;
}

/** Whole units that a share of NAV comes to at a price, rounded toward zero. */
export function wholeUnits(nav: number, weight: number, unitValue: number): number {
  return Math.trunc((nav * weight) / unitValue);
}

/** The target of an order in units, sized with a NAV and price where it is a weight. */
export function targetUnits(
  order: Order,
  { multiplier }: Instrument,
  nav: number,
  price: number,
): number {
  return order.by === "units" ? order.target : wholeUnits(nav, order.target, price * multiplier);
}

/** Units that an order would trade now; a sale is negative. */
export function unitsToTrade(order: Order, book: Book, target: number): number {
  return target - quantityOf(book, order.instrument);
}

/** Sum over positions of |units · multiplier · price|, USD. */
export function grossExposure(book: Book, universe: Universe): number {
  let gross = 0;
  for (const i of book.held) {
    gross += Math.abs(book.quantity[i]! * universe.instruments[i]!.multiplier * book.mark[i]!);
  }
  return gross;
}
