import type { DayNumber } from "#core";
import type { Instrument, Universe } from "./instrument.ts";

/** A trade that happened. */
export interface Fill {
  readonly day: DayNumber;
  readonly instrument: string;
  /** Signed: a sale is negative. */
  readonly quantity: number;
  /** USD or points a unit, slippage included. */
  readonly price: number;
  /** Commission and fees, USD. */
  readonly commission: number;
  /** What the price paid was worse than the reference price, USD. */
  readonly slippage: number;
  readonly reason: string;
}

/** One open position. */
export interface Position {
  readonly instrument: number;
  /** Signed units, never 0. */
  quantity: number;
  /** Average entry price. */
  entry: number;
  /** Last mark; for a future the price to which it has been settled in cash. */
  mark: number;
}

/**
 * Cash and positions: a fold over facts (fills, dividends, interest, settlements). The functions of this file are the
 * only code that moves money. A future is settled in cash to its mark, so that
 * NAV = cash + Σ quantity · multiplier · price over what is paid for + Σ quantity · multiplier · (price − mark) over
 * futures.
 */
export interface Book {
  cash: number;
  readonly positions: Position[];
}

/** Cash and nothing else. */
export function openBook(cash: number): Book {
  return { cash, positions: [] };
}

/** The open position in an instrument. */
export function positionOf(book: Book, instrument: number): Position | undefined {
  for (const position of book.positions) if (position.instrument === instrument) return position;
  return undefined;
}

/** Quantity held, 0 where there is none. */
export function quantityOf(book: Book, instrument: number): number {
  return positionOf(book, instrument)?.quantity ?? 0;
}

/** Net asset value at the opening prices or marks of row t, USD; where a price is NaN the last mark stands. */
export function netAssetValue(
  book: Book,
  universe: Universe,
  t: number,
  prices: "open" | "mark",
): number {
  let value = book.cash;
  for (const { instrument, quantity, mark } of book.positions) {
    const now = universe[prices](instrument, t);
    const price = Number.isNaN(now) ? mark : now;
    const { kind, multiplier } = universe.instruments[instrument]!;
    value += quantity * multiplier * (kind === "future" ? price - mark : price);
  }
  return value;
}

/** Marks every position at row t, futures settled in cash; returns the net asset value. NaN keeps the last mark. */
export function markBook(book: Book, universe: Universe, t: number): number {
  let paidFor = 0;
  for (const position of book.positions) {
    const { instrument, quantity } = position;
    const { kind, multiplier } = universe.instruments[instrument]!;
    const now = universe.mark(instrument, t);
    if (!Number.isNaN(now)) {
      if (kind === "future") book.cash += quantity * multiplier * (now - position.mark);
      position.mark = now;
    }
    if (kind !== "future") paidFor += quantity * multiplier * position.mark;
  }
  return book.cash + paidFor;
}

/** A trade of `quantity` ≠ 0 at `price` (points or USD a unit) with `commission` in USD. */
export function applyFill(
  book: Book,
  instrument: number,
  { kind, multiplier }: Instrument,
  { quantity, price, commission }: Pick<Fill, "quantity" | "price" | "commission">,
): void {
  const position = positionOf(book, instrument);
  const before = position?.quantity ?? 0;
  const after = before + quantity;
  if (kind !== "future") book.cash -= quantity * multiplier * price;
  else if (position) book.cash += before * multiplier * (price - position.mark);
  book.cash -= commission;
  if (!position) {
    book.positions.push({ instrument, quantity, entry: price, mark: price });
  } else if (after === 0) {
    book.positions.splice(book.positions.indexOf(position), 1);
  } else {
    if (Math.abs(after) > Math.abs(before) && before * after > 0) {
      position.entry = (before * position.entry + quantity * price) / after;
    } else if (before * after < 0) position.entry = price;
    position.quantity = after;
    position.mark = price;
  }
}

/** A position that ceases to exist at a final cash value of `price` points a unit. */
export function settlePosition(
  book: Book,
  { instrument, quantity }: Position,
  spec: Instrument,
  price: number,
): void {
  applyFill(book, instrument, spec, { quantity: -quantity, price, commission: 0 });
}

/** Cash in or out that is not a trade: interest, a dividend, a fee. */
export function applyCash(book: Book, amount: number): void {
  book.cash += amount;
}

/** Σ |quantity · multiplier · mark|, USD. */
export function grossExposure(book: Book, universe: Universe): number {
  let gross = 0;
  for (const { instrument, quantity, mark } of book.positions) {
    gross += Math.abs(quantity * universe.instruments[instrument]!.multiplier * mark);
  }
  return gross;
}
