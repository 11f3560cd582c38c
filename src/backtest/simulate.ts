import {
  type Account,
  closeSession,
  costBroker,
  type Decision,
  type Desk,
  type Fill,
  grossExposure,
  type Listing,
  netAssetValue,
  openAccount,
  openSession,
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
  /** Futures that can be traded at the decision of a row; absent where there are none. */
  readonly contracts?: (t: number) => readonly Listing[];
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
  /** As it stands after the last session. */
  readonly account: Account;
}

const NO_CONTRACTS = (): readonly Listing[] => [];

/**
 * Runs a strategy session by session with the same step that paper trading uses. Deterministic; reads nothing of a
 * row before it is decided, the declared `same-open` fill aside.
 */
export function simulate<P, M>(setup: Setup<P, M>): Simulation {
  const { days, from, to, universe, strategy, params, execution, schedule, trace } = setup;
  const { contracts = NO_CONTRACTS } = setup;
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
    days,
    universe,
    broker: costBroker(execution.costs),
    cashRate: execution.cash === "bill" ? setup.billRate : new Float64Array(days.length),
    financingSpread: execution.financingSpread === "free" ? NaN : execution.financingSpread,
    margin: execution.margin,
    sink: {
      filled(fill) {
        trades++;
        const { multiplier } = universe.instruments[universe.find(fill.instrument)]!;
        turnover[row]! += Math.abs(fill.quantity) * fill.price * multiplier;
        costs[row]! += fill.commission + fill.slippage;
        if (trace) fills.push(fill);
      },
      rejected: (rejection) => rejections.push(rejection),
    },
  };
  const account = openAccount(setup.nav);
  const { book } = account;
  const memory = strategy.start(params);
  const sameOpen = execution.fill === "same-open";
  const ofMonth = sameOpen ? schedule.ofMonth : schedule.nextOfMonth;
  const view: { -readonly [K in keyof View]: View[K] } = {
    t: from,
    day: 0,
    next: 0,
    newMonth: false,
    first: true,
    sessionOfMonth: 0,
    nav: setup.nav,
    book,
    universe,
    contracts: [],
    margin: execution.margin,
    columns: setup.columns,
  };

  function decide(t: number, value: number): void {
    if (account.ruined) return;
    view.t = t;
    view.day = days[t]!;
    view.next = schedule.next[t]!;
    view.first = t === from;
    view.sessionOfMonth = ofMonth[t]!;
    view.newMonth = view.first || view.sessionOfMonth === 1;
    view.nav = value;
    view.contracts = contracts(t);
    const decision = strategy.decide(view, params, memory);
    if (decision.action === "wait" && decision.orders.length === 0) return;
    if (trace) decisions.push({ t, ...decision });
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
    if (sameOpen) decide(t, netAssetValue(book, universe, t, "open"));
    openSession(account, desk, t);
    const value = closeSession(account, desk, t);
    nav[row] = value;
    returns[row] = before > 0 ? value / before - 1 : 0;
    if (book.positions.length > 0) exposure[row] = grossExposure(book, universe) / value;
    if (turnover[row]! > 0) turnover[row]! /= before;
    before = value;
    if (!sameOpen) decide(t, value);
  }
  return {
    days: days.subarray(from, to + 1),
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
