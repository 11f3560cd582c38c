import {
  type Account,
  closeSession,
  costBroker,
  type Decision,
  type Desk,
  type Fill,
  grossExposure,
  openAccount,
  openSession,
  netAssetValue,
  type Order,
  type Rejection,
  sendOrders,
  type Strategy,
  targetUnits,
  type Universe,
  type View,
} from "#trade";
import type { Execution } from "./execution.ts";
import type { Schedule } from "./schedule.ts";

/** Everything a simulation needs; arrays are indexed by the market's rows. */
export interface Setup<P, M> {
  readonly days: Int32Array;
  /** First and last row, both included. */
  readonly from: number;
  readonly to: number;
  readonly schedule: Schedule;
  readonly universe: Universe;
  /** The strategy's columns by alias. */
  readonly columns: Readonly<Record<string, Float64Array>>;
  /** Treasury-bill rate by row; decimals a year. */
  readonly billRate: Float64Array;
  readonly strategy: Strategy<P, M>;
  readonly params: P;
  readonly execution: Execution;
  /** USD at the start. */
  readonly nav: number;
  /** Keep fills and decisions; without, only the daily arrays. */
  readonly trace: boolean;
}

/** A decision and the row on which it was taken. */
export interface DatedDecision extends Decision {
  readonly t: number;
}

/** What happened, a value a session from `from` to `to`. */
export interface Simulation {
  readonly days: Int32Array;
  readonly nav: Float64Array;
  /** Simple return since the session before; the first is since the initial NAV. */
  readonly returns: Float64Array;
  /** Gross exposure at the close as a share of NAV. */
  readonly exposure: Float64Array;
  /** Traded value as a share of NAV. */
  readonly turnover: Float64Array;
  /** Commission and slippage of the session, USD. */
  readonly costs: Float64Array;
  readonly trades: number;
  readonly ruined: boolean;
  readonly fills: readonly Fill[];
  readonly rejections: readonly Rejection[];
  readonly decisions: readonly DatedDecision[];
  readonly account: Account;
}

/**
 * Runs a strategy session by session with the same step that paper trading uses. Deterministic; reads nothing of a
 * row before it is decided, the declared `same-open` fill aside.
 */
export function simulate<P, M>(setup: Setup<P, M>): Simulation {
  const { from, to, universe, strategy, params, execution, schedule, trace } = setup;
  const n = to - from + 1;
  const nav = new Float64Array(n);
  const returns = new Float64Array(n);
  const exposure = new Float64Array(n);
  const turnover = new Float64Array(n);
  const costs = new Float64Array(n);
  const fills: Fill[] = [];
  const rejections: Rejection[] = [];
  const decisions: DatedDecision[] = [];
  let row = 0;
  let trades = 0;

  const desk: Desk = {
    days: setup.days,
    universe,
    broker: costBroker(execution.costs),
    cashRate: execution.cash === "bill" ? setup.billRate : new Float64Array(setup.days.length),
    financingSpread: execution.financingSpread === "free" ? NaN : execution.financingSpread,
    sink: {
      fill(fill) {
        trades++;
        const { multiplier } = universe.instruments[universe.find(fill.instrument)]!;
        turnover[row]! += Math.abs(fill.quantity) * fill.price * multiplier;
        costs[row]! += fill.commission + fill.slippage;
        if (trace) fills.push(fill);
      },
      reject: (rejection) => rejections.push(rejection),
    },
  };
  const account = openAccount(setup.nav);
  const memory = strategy.start(params);
  const sameOpen = execution.fill === "same-open";
  const view = {
    t: from,
    day: 0,
    next: 0,
    newMonth: false,
    first: true,
    nav: setup.nav,
    book: account.book,
    universe,
    columns: setup.columns,
  };

  function decide(t: number, value: number): void {
    view.t = t;
    view.day = setup.days[t]!;
    view.next = schedule.next[t]!;
    view.first = t === from;
    view.newMonth = view.first || (sameOpen ? schedule.startsMonth : schedule.newMonth)[t] === 1;
    view.nav = value;
    const decision = strategy.decide(view as View, params, memory);
    if (trace && decision.action !== "wait") decisions.push({ t, ...decision });
    if (decision.orders.length === 0 || account.ruined) return;
    const orders =
      execution.sizing === "fill" ? decision.orders : decision.orders.map((o) => size(o, value, t));
    sendOrders(account, orders, sameOpen ? t : t + 1 + execution.delay);
  }

  function size(order: Order, value: number, t: number): Order {
    if (order.by === "units") return order;
    const spec = universe.instruments[order.instrument]!;
    const price = universe.mark(order.instrument, t);
    const target = targetUnits(order, spec, value, price);
    return Number.isNaN(target) ? order : { ...order, target, by: "units" };
  }

  let before = setup.nav;
  for (let t = from; t <= to; t++, row++) {
    if (sameOpen)
      decide(
        t,
        netAssetValue(account.book, universe.instruments, (i) => universe.open(i, t)),
      );
    openSession(account, desk, t);
    const value = closeSession(account, desk, t);
    nav[row] = value;
    returns[row] = before > 0 ? value / before - 1 : 0;
    exposure[row] =
      account.book.held.length === 0 ? 0 : grossExposure(account.book, universe) / value;
    turnover[row]! /= before;
    before = value;
    if (!sameOpen) decide(t, value);
  }
  return {
    days: setup.days.subarray(from, to + 1),
    nav,
    returns,
    exposure,
    turnover,
    costs,
    trades,
    ruined: account.ruined,
    fills,
    rejections,
    decisions,
    account,
  };
}
