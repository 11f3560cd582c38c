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
import { type Order, targetUnits } from "./order.ts";

/** Sessions that an order without a price is kept before it expires. */
const PATIENCE = 5;

/** An order that did not fill, and why. */
export interface Rejection {
  readonly t: number;
  readonly order: Order;
  readonly reason: string;
}

/** All that changes from session to session; plain data. */
export interface Account {
  readonly book: Book;
  /** Orders on their way, with the row on which each may fill first. */
  pending: { readonly order: Order; readonly due: number }[];
  /** Stops in the market. */
  resting: Order[];
  /** NAV fell to nothing: no more trading. */
  ruined: boolean;
}

/** Where facts go: a journal, an array, or nowhere. */
export interface Sink {
  fill(fill: Fill): void;
  reject(rejection: Rejection): void;
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
  readonly sink: Sink;
}

/** An account with cash alone. */
export function openAccount(cash: number): Account {
  return { book: openBook(cash), pending: [], resting: [], ruined: false };
}

/** The morning of row t: interest since yesterday, dividends and final settlements, then orders at the open. */
export function openSession(account: Account, desk: Desk, t: number): void {
  accrueInterest(account, desk, t);
  applyEntitlements(account, desk, t);
  if (account.pending.length > 0) fillPending(account, desk, t);
}

/** The afternoon of row t: stops that traded, then marks. Returns the net asset value. */
export function closeSession(account: Account, desk: Desk, t: number): number {
  if (account.resting.length > 0) triggerStops(account, desk, t);
  const { book } = account;
  const { instruments } = desk.universe;
  const mark = (i: number) => desk.universe.mark(i, t);
  markBook(book, instruments, mark);
  const nav = netAssetValue(book, instruments, mark);
  if (nav <= 0 && !account.ruined) ruin(account, nav);
  return nav;
}

/** Sends orders: stops rest, the others wait for their row. A new order for an instrument replaces older ones. */
export function sendOrders(account: Account, orders: readonly Order[], due: number): void {
  for (const order of orders) {
    const other = (o: Order) => o.instrument !== order.instrument;
    if (order.stop) account.resting = [...account.resting.filter(other), order];
    else account.pending.push({ order, due });
  }
}

function accrueInterest({ book }: Account, desk: Desk, t: number): void {
  if (t === 0) return;
  const spread = book.cash < 0 ? desk.financingSpread : 0;
  const rate = desk.cashRate[t - 1]! + spread;
  if (Number.isNaN(rate)) return;
  applyCash(book, (book.cash * rate * (desk.days[t]! - desk.days[t - 1]!)) / DAYS_PER_YEAR);
}

function applyEntitlements(account: Account, { universe, days }: Desk, t: number): void {
  const { book } = account;
  for (let k = book.held.length - 1; k >= 0; k--) {
    const i = book.held[k]!;
    const spec = universe.instruments[i]!;
    if (spec.kind === "equity") {
      applyCash(book, quantityOf(book, i) * universe.dividend(i, t));
    } else if (spec.expiry <= days[t]!) {
      const final = universe.mark(i, t);
      settlePosition(book, i, spec, Number.isNaN(final) ? book.mark[i]! : final);
      account.resting = account.resting.filter((order) => order.instrument !== i);
    }
  }
}

function fillPending(account: Account, desk: Desk, t: number): void {
  const due = account.pending.filter((pending) => pending.due <= t);
  if (due.length === 0) return;
  account.pending = account.pending.filter((pending) => pending.due > t);
  const { book } = account;
  const { universe } = desk;
  const nav = netAssetValue(book, universe.instruments, (i) => universe.open(i, t));
  const trades = due.map(({ order, due: first }) => {
    const price = universe.open(order.instrument, t);
    const target = targetUnits(order, universe.instruments[order.instrument]!, nav, price);
    return { order, first, price, units: target - quantityOf(book, order.instrument) };
  });
  // Sales first, so that their cash pays for the purchases.
  trades.sort((a, b) => a.units - b.units);
  for (const { order, first, price, units } of trades) {
    if (units === 0) continue;
    if (account.ruined) desk.sink.reject({ t, order, reason: "account is ruined" });
    else if (Number.isNaN(units) || !execute(book, desk, t, { order, units, price })) {
      if (t - first < PATIENCE) account.pending.push({ order, due: first });
      else desk.sink.reject({ t, order, reason: `no price for ${PATIENCE} sessions` });
    }
  }
}

function execute(
  book: Book,
  desk: Desk,
  t: number,
  { order, units, price }: { order: Order; units: number; price: number },
): boolean {
  const spec = desk.universe.instruments[order.instrument]!;
  const quote = desk.broker.quote(spec, units, price);
  if (!quote) return false;
  applyFill(book, order.instrument, spec, { quantity: units, ...quote });
  desk.sink.fill({
    day: desk.days[t]!,
    instrument: spec.id,
    quantity: units,
    ...quote,
    reason: order.reason,
  });
  return true;
}

/**
 * A buy stop trades once the session's high reaches its trigger, at the worse of trigger and open, and only within
 * its limit: a gap beyond the limit leaves it resting. A sell stop is the mirror image.
 */
function triggerStops(account: Account, desk: Desk, t: number): void {
  const { book } = account;
  account.resting = account.resting.filter((order) => {
    const units = order.target - quantityOf(book, order.instrument);
    if (units === 0) return false;
    const { trigger, limit } = order.stop!;
    const side = Math.sign(units);
    const open = desk.universe.open(order.instrument, t);
    const far =
      side > 0 ? desk.universe.high(order.instrument, t) : desk.universe.low(order.instrument, t);
    if (!(side * far >= side * trigger)) return true;
    const price = side * open > side * trigger ? open : trigger;
    const within = side * price <= side * limit;
    return !(within && execute(book, desk, t, { order, units, price }));
  });
}

function ruin(account: Account, nav: number): void {
  account.ruined = true;
  account.pending = [];
  account.resting = [];
  account.book.held = [];
  account.book.quantity = [];
  account.book.cash = nav;
}
