import { z } from "zod";

/** Price of the share at the start of every episode. */
export const SPOT = 100;
/** Sessions a year. */
export const YEAR = 252;

/** What is sold and how it is hedged and reckoned. */
export const CONTRACT = z.strictObject({
  /** Sessions of an episode, one re-hedge each. */
  steps: z.int().min(1).default(60),
  /** Sessions to expiry of the option sold; at least `steps` where the strike is fixed. */
  maturity: z.int().min(1).default(60),
  /** Sell an at-the-money option of this maturity afresh every session instead of one with a fixed strike. */
  rolled: z.boolean().default(false),
  /** Annual rate the option is marked at. */
  rate: z.number().default(0),
  /**
   * Volatility the option is marked at: `expected` over its life; `instantaneous`, the root of the variance now;
   * `cross-section`, the deviation of the day's returns over all paths, which looks at other paths.
   */
  mark: z.enum(["expected", "instantaneous", "cross-section"]).default("expected"),
  /** A trade at t earns from t + 1 on, although it is paid for at t. */
  lag: z.boolean().default(false),
  /** The trailing volatility at t includes the return from t to t + 1. */
  peek: z.boolean().default(false),
  /** Sessions of the trailing volatility. */
  window: z.int().min(2).default(20),
});
export type Contract = z.infer<typeof CONTRACT>;
