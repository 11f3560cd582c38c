import { DAYS_PER_YEAR } from "#core";
import {
  applyCash,
  applyFill,
  type Book,
  type Fill,
  markBook,
  netAssetValue,
  openBook,
  quantityOf,
  settlePosition,
} from "./book.ts";
import type { Broker } from "./broker.ts";
import type { Universe } from "./instrument.ts";
import { type MarginRule, marginOfBook } from "./margin.ts";
import { type Order, targetUnits } from "./order.ts";

/** Sessions that an order without a price is kept before it expires. */
const PATIENCE = 5;

/** An order that did not fill, and why. */
export interface Rejection {
  readonly t: number;
  readonly order: Order;
  readonly reason: string;
}

/** An order on its way, with the row on which it may fill first. */
export interface Pending {
  readonly order: Order;
  readonly due: number;
}

/** All that changes from session to session; plain data. */
export interface Account {
  readonly book: Book;
  pending: Pending[];
  /** Stops in the market. */
  resting: Order[];
  /** NAV fell to nothing: no more trading. */
  ruined: boolean;
}

/** Where facts go: a journal, an array, or nowhere. */
export interface Sink {
  filled(fill: Fill): void;
  rejected(rejection: Rejection): void;
}

/** The world around an account, the same through a run. */
export interface Desk {
  readonly days: Int32Array;
  readonly universe: Universe;
  readonly broker: Broker;
  /** Interest a year on idle cash, by the row on which it was known; NaN earns nothing. */
  readonly cashRate: Float64Array;
  /** What borrowed cash costs above that rate; NaN where borrowing is free. */
  readonly financingSpread: number;
  /** Deposits of futures, which earn no interest. */
  readonly margin: MarginRule;
  readonly sink: Sink;
}

/** An account with cash alone. */
export function openAccount(cash: number): Account {
  return { book: openBook(cash), pending: [], resting: [], ruined: false };
}

/** The morning of row t: interest since yesterday, dividends and final settlements, then orders at the open. */
export function openSession(account: Account, desk: Desk, t: number): void {
  if (account.ruined) return;
  accrueInterest(account, desk, t);
  if (account.book.positions.length > 0) applyEntitlements(account, desk, t);
  if (account.pending.length > 0) fillPending(account, desk, t);
}

/** The afternoon of row t: stops that traded, then marks. Returns the net asset value. */
export function closeSession(account: Account, desk: Desk, t: number): number {
  if (account.resting.length > 0) triggerStops(account, desk, t);
  const nav = markBook(account.book, desk.universe, t);
  if (nav <= 0 && !account.ruined) ruin(account, nav);
  return nav;
}

/** Sends orders: a stop replaces the one that rests for its instrument, the others wait for their row. */
export function sendOrders(account: Account, orders: readonly Order[], due: number): void {
  for (const order of orders) {
    const other = (o: Order) => o.instrument !== order.instrument;
    if (order.stop) account.resting = [...account.resting.filter(other), order];
    else account.pending.push({ order, due });
  }
}

function accrueInterest({ book }: Account, desk: Desk, t: number): void {
  if (t === 0) return;
  const borrowed = book.cash < 0;
  const idle = borrowed
    ? book.cash
    : Math.max(book.cash - marginOfBook(book, desk.universe, desk.margin), 0);
  const rate = desk.cashRate[t - 1]! + (borrowed ? desk.financingSpread : 0);
  if (Number.isNaN(rate)) return;
  applyCash(book, (idle * rate * (desk.days[t]! - desk.days[t - 1]!)) / DAYS_PER_YEAR);
}

function applyEntitlements(account: Account, { universe, days }: Desk, t: number): void {
  const { book } = account;
  for (let k = book.positions.length - 1; k >= 0; k--) {
    const position = book.positions[k]!;
    const { instrument, quantity } = position;
    const spec = universe.instruments[instrument]!;
    if (spec.kind === "equity") {
      applyCash(book, quantity * universe.dividend(instrument, t));
    } else if (spec.expiry <= days[t]!) {
      const final = universe.mark(instrument, t);
      settlePosition(book, position, spec, Number.isNaN(final) ? position.mark : final);
      account.resting = account.resting.filter((order) => order.instrument !== instrument);
    }
  }
}

/** Fills what is due at the open of row t; of several orders for one instrument only the last counts. */
function fillPending(account: Account, desk: Desk, t: number): void {
  const due = account.pending.filter((pending) => pending.due <= t);
  if (due.length === 0) return;
  account.pending = account.pending.filter((pending) => pending.due > t);
  const { book } = account;
  const { universe } = desk;
  const nav = netAssetValue(book, universe, t, "open");
  const trades = due.filter(isLast).map((pending) => {
    const { instrument } = pending.order;
    const price = universe.open(instrument, t);
    const target = targetUnits(pending.order, universe.instruments[instrument]!, nav, price);
    return { pending, price, units: target - quantityOf(book, instrument) };
  });
  // Sales first, so that their cash pays for the purchases.
  trades.sort((a, b) => a.units - b.units);
  for (const { pending, price, units } of trades) {
    if (units === 0) continue;
    const { order, due: first } = pending;
    if (!Number.isNaN(units) && execute(book, desk, t, { order, units, price })) continue;
    if (t - first < PATIENCE) account.pending.push(pending);
    else desk.sink.rejected({ t, order, reason: `no price for ${PATIENCE} sessions` });
  }
}

/** True where no later order is for the same instrument. */
function isLast({ order }: Pending, k: number, all: readonly Pending[]): boolean {
  for (let j = k + 1; j < all.length; j++) {
    if (all[j]!.order.instrument === order.instrument) return false;
  }
  return true;
}

function execute(
  book: Book,
  desk: Desk,
  t: number,
  { order, units, price }: { order: Order; units: number; price: number },
): boolean {
  const spec = desk.universe.instruments[order.instrument]!;
  const expired = spec.kind !== "equity" && spec.expiry <= desk.days[t]!;
  const quote = expired ? null : desk.broker.quote(spec, units, price);
  if (!quote) return false;
  applyFill(book, order.instrument, spec, { quantity: units, ...quote });
  desk.sink.filled({
    day: desk.days[t]!,
    instrument: spec.id,
    quantity: units,
    ...quote,
    reason: order.reason,
  });
  return true;
}

/**
 * A buy stop trades once the session's high reaches its trigger, at the worse of trigger and open. Where the session
 * opens beyond the limit it trades at the limit if the price comes back to it, and rests on if not. A sell stop is the
 * mirror image.
 */
function triggerStops(account: Account, desk: Desk, t: number): void {
  const { book } = account;
  const { universe } = desk;
  account.resting = account.resting.filter((order) => {
    const { instrument, stop } = order;
    const units = order.target - quantityOf(book, instrument);
    if (units === 0) return false;
    const side = Math.sign(units);
    const { trigger, limit } = stop!;
    const open = universe.open(instrument, t);
    const [worst, best] =
      side > 0
        ? [universe.high(instrument, t), universe.low(instrument, t)]
        : [universe.low(instrument, t), universe.high(instrument, t)];
    if (!(side * worst >= side * trigger)) return true;
    const reference = side * open > side * trigger ? open : trigger;
    const beyond = side * reference > side * limit;
    if (beyond && !(side * best <= side * limit)) return true;
    return !execute(book, desk, t, { order, units, price: beyond ? limit : reference });
  });
}

/** Every position is closed at its mark and nothing happens any more. */
function ruin(account: Account, nav: number): void {
  account.ruined = true;
  account.pending = [];
  account.resting = [];
  account.book.positions.length = 0;
  account.book.cash = nav;
}
