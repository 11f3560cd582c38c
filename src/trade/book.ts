import type { DayNumber } from "#core";
import type { Instrument } from "./instrument.ts";

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

/**
 * Cash and positions: a fold over facts (fills, dividends, interest, settlements). Its functions are the only code
 * that moves money. A future carries a reference price to which it has been settled in cash, so that
 * NAV = cash + Σ quantity · multiplier · mark over what is paid for + Σ quantity · multiplier · (mark − reference)
 * over futures.
 */
export interface Book {
  cash: number;
  /** By instrument index. */
  quantity: number[];
  /** Average entry price of the open position. */
  entry: number[];
  /** Last mark, or for a future the price settled to. */
  mark: number[];
  /** Indices with a position. */
  held: number[];
}

/** Cash and nothing else. */
export function openBook(cash: number): Book {
  return { cash, quantity: [], entry: [], mark: [], held: [] };
}

/** Net asset value with a price for each held instrument; where the price is NaN the last mark stands. */
export function netAssetValue(
  book: Book,
  instruments: readonly Instrument[],
  price: (instrument: number) => number,
): number {
  let value = book.cash;
  for (const i of book.held) {
    const now = price(i);
    const mark = Number.isNaN(now) ? book.mark[i]! : now;
    const { kind, multiplier } = instruments[i]!;
    value += book.quantity[i]! * multiplier * (kind === "future" ? mark - book.mark[i]! : mark);
  }
  return value;
}

/** Marks every held instrument; a future is settled in cash to its mark. NaN keeps the last mark. */
export function markBook(
  book: Book,
  instruments: readonly Instrument[],
  price: (instrument: number) => number,
): void {
  for (const i of book.held) {
    const now = price(i);
    if (Number.isNaN(now)) continue;
    const { kind, multiplier } = instruments[i]!;
    if (kind === "future") book.cash += book.quantity[i]! * multiplier * (now - book.mark[i]!);
    book.mark[i] = now;
  }
}

/** A trade of `quantity` at `price` (points or USD a unit) with `commission` in USD. */
export function applyFill(
  book: Book,
  instrument: number,
  { kind, multiplier }: Instrument,
  { quantity, price, commission }: Pick<Fill, "quantity" | "price" | "commission">,
): void {
  const before = book.quantity[instrument] ?? 0;
  const after = before + quantity;
  if (kind === "future") {
    if (before !== 0) book.cash += before * multiplier * (price - book.mark[instrument]!);
  } else {
    book.cash -= quantity * multiplier * price;
  }
  book.cash -= commission;
  const grows = before === 0 || Math.sign(before) === Math.sign(quantity);
  const entry = book.entry[instrument] ?? 0;
  if (grows) book.entry[instrument] = (before * entry + quantity * price) / after;
  else if (before * after < 0) book.entry[instrument] = price;
  book.quantity[instrument] = after;
  book.mark[instrument] = price;
  if (before === 0) book.held.push(instrument);
  if (after === 0) book.held.splice(book.held.indexOf(instrument), 1);
}

/** A position that ceases to exist at a final cash value of `price` points a unit. */
export function settlePosition(
  book: Book,
  instrument: number,
  spec: Instrument,
  price: number,
): void {
  const quantity = -(book.quantity[instrument] ?? 0);
  applyFill(book, instrument, spec, { quantity, price, commission: 0 });
}

/** Cash in or out that is not a trade: interest, a dividend, a fee. */
export function applyCash(book: Book, amount: number): void {
  book.cash += amount;
}

/** Quantity held, 0 where there is none. */
export function quantityOf(book: Book, instrument: number): number {
  return book.quantity[instrument] ?? 0;
}
