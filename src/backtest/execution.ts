import type { Costs, MarginRule } from "#trade";

/** Implied volatility of an option on a VX future: VVIX/100 + skew · ln(strike / future) + shift. */
export interface OptionVolatility {
  readonly skew: number;
  readonly shift: number;
}

/** How decisions become fills. */
export interface Execution {
  /**
   * `next-open`: decided at the close of t, filled at the open of t + 1 + delay. `same-open` fills at the open of t
   * itself what the close of t decided: a look-ahead, kept only to reproduce originals that did so.
   */
  readonly fill: "next-open" | "same-open";
  /** Further sessions between decision and fill. */
  readonly delay: number;
  /** Where a weight becomes whole units: at the decision's NAV and close, or at the fill's NAV and open. */
  readonly sizing: "decision" | "fill";
  /** Equities as traded, with cash dividends, or the dividend-adjusted series. */
  readonly prices: "raw" | "adjusted";
  /** Interest on idle cash: the Treasury bill, or none. */
  readonly cash: "bill" | "none";
  /** Borrowing costs the bill plus this; "free" where an original charged nothing. */
  readonly financingSpread: number | "free";
  readonly margin: MarginRule;
  readonly optionVolatility: OptionVolatility;
  readonly costs: Costs;
}

/** The corrected convention: decide at the close, fill at the next open, raw prices, interest both ways. */
export const CORRECTED: Execution = Object.freeze({
  fill: "next-open" as const,
  delay: 0,
  sizing: "decision" as const,
  prices: "raw" as const,
  cash: "bill" as const,
  financingSpread: 0.015,
  margin: Object.freeze({ points: 5, share: 0.35 }),
  optionVolatility: Object.freeze({ skew: 0.3, shift: 0 }),
  costs: Object.freeze({
    equityBps: 5,
    equityCommission: 0.005,
    futureTicks: 1,
    futureCommission: 2.5,
    optionShare: 0.05,
    optionCommission: 1.5,
    multiple: 1,
  }),
});
