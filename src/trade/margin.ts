import type { Book } from "./book.ts";
import type { Instrument, Universe } from "./instrument.ts";

/** What a futures contract keeps as a deposit: max(points, share · price) · multiplier USD. */
export interface MarginRule {
  readonly points: number;
  /** Share of the contract's value. */
  readonly share: number;
}

/** Margin of one unit at a price, USD; nothing for what is paid for. */
export function marginOf(
  { kind, multiplier }: Instrument,
  price: number,
  rule: MarginRule,
): number {
  return kind === "future" ? Math.max(rule.points, rule.share * price) * multiplier : 0;
}

/** Margin of all positions at their last marks, USD. */
export function marginOfBook(book: Book, universe: Universe, rule: MarginRule): number {
  let margin = 0;
  for (const { instrument, quantity, mark } of book.positions) {
    margin += Math.abs(quantity) * marginOf(universe.instruments[instrument]!, mark, rule);
  }
  return margin;
}
