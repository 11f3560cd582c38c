import type { Choices, DayNumber, Limits } from "#core";
import type { Book } from "./book.ts";
import type { Listing, Universe } from "./instrument.ts";
import type { MarginRule } from "./margin.ts";
import type { Order } from "./order.ts";

export type Comparison = "≥" | ">" | "≤" | "<";

/** What one rule saw and said. */
export interface Finding {
  readonly rule: string;
  readonly pass: boolean;
  /** The number compared, how, and the limit it was compared with. */
  readonly value: number;
  readonly comparison: Comparison;
  readonly limit: number;
  /** How far the value is from flipping the rule, ≥ 0, in the unit of the value. */
  readonly distance: number;
  readonly inputs: Readonly<Record<string, number>>;
}

/** Compares a value with a limit and keeps what is needed to explain it. NaN never passes. */
export function checkRule(
  rule: string,
  value: number,
  comparison: Comparison,
  limit: number,
  inputs: Readonly<Record<string, number>> = {},
): Finding {
  const pass =
    comparison === "≥"
      ? value >= limit
      : comparison === ">"
        ? value > limit
        : comparison === "≤"
          ? value <= limit
          : value < limit;
  return { rule, pass, value, comparison, limit, distance: Math.abs(value - limit), inputs };
}

/** The day as a strategy sees it at its decision: nothing in it is later than the close of `day`. */
export interface View {
  /** Row of the decision session. */
  readonly t: number;
  readonly day: DayNumber;
  /** The next session as it is scheduled now: the earliest on which an order can fill. */
  readonly next: DayNumber;
  /** True where that session is the first of a month, or this decision the first of all. */
  readonly newMonth: boolean;
  readonly first: boolean;
  /** Which session of its month that session is, 1 for the first. */
  readonly sessionOfMonth: number;
  /** Net asset value at the decision, USD. */
  readonly nav: number;
  readonly book: Book;
  readonly universe: Universe;
  /** Futures that can be traded, by expiry; empty where the strategy names none. */
  readonly contracts: readonly Listing[];
  readonly margin: MarginRule;
  /** Columns by the aliases that the strategy declared; read row `t` and below. */
  readonly columns: Readonly<Record<string, Float64Array>>;
}

/** What a strategy wants, and why: orders for the next session and the findings behind them. */
export interface Decision {
  readonly action: "trade" | "hold" | "wait";
  readonly orders: readonly Order[];
  readonly findings: readonly Finding[];
  readonly reason: string;
}

/** Nothing is scheduled today. */
export const WAIT: Decision = Object.freeze({
  action: "wait" as const,
  orders: [],
  findings: [],
  reason: "not scheduled",
});

/**
 * A strategy: the view at the close of a day → orders for the next session. Its memory is plain JSON, so that a paper
 * account can put it down and take it up again.
 */
export interface Strategy<P = unknown, M = unknown> {
  readonly kind: "strategy";
  readonly name: string;
  readonly describe: string;
  readonly params: P;
  /** Values that text parameters may take. */
  readonly choices?: Choices;
  readonly limits?: Limits;
  /** Ids of the equities it may trade, and roots of the futures (`VX`) with all their contracts. */
  readonly instruments: (params: P) => readonly string[];
  /** Alias → feature reference or market column. */
  readonly features: (params: P) => Readonly<Record<string, string>>;
  readonly start: (params: P) => M;
  /** May change `memory`, and nothing else. */
  readonly decide: (view: View, params: P, memory: M) => Decision;
}

/** A strategy as a catalog entry. */
export function defineStrategy<P, M>(strategy: Omit<Strategy<P, M>, "kind">): Strategy<P, M> {
  return Object.freeze({ kind: "strategy" as const, ...strategy });
}
