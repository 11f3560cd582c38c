import type { Instrument } from "./instrument.ts";

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
  /** Of a portfolio: the change in units that each sleeve wants. */
  readonly parts?: Readonly<Record<string, number>>;
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
