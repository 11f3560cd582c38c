import { type Book, quantityOf } from "./book.ts";
import type { Order } from "./order.ts";

/**
 * Orders that take a book to the wanted units by instrument, closing whatever else it holds: one order for each
 * instrument, so that rolls and changes of size on one day are netted. What is held as wanted needs none, unless it is
 * in `told`: instruments for which an order may still be on its way.
 */
export function reachPositions(
  book: Book,
  wanted: ReadonlyMap<number, number>,
  told: Iterable<number>,
  reason: string,
): Order[] {
  const inFlight = new Set(told);
  const held = book.positions.map(({ instrument }) => instrument);
  return [...new Set([...held, ...inFlight, ...wanted.keys()])]
    .map((instrument) => {
      const target = wanted.get(instrument) ?? 0;
      return { instrument, target, by: "units" as const, reason };
    })
    .filter(
      ({ instrument, target }) =>
        inFlight.has(instrument) || target !== quantityOf(book, instrument),
    );
}
