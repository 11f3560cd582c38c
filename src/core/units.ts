/**
 * Units of columns. Quoted indices and VX prices stay in index points; whatever is computed as a volatility
 * is an annualised decimal; rates are decimals a year.
 */
export const UNITS = {
  points: "index points, as the exchange quotes",
  usd: "US dollars",
  volatility: "annualised volatility, decimal",
  return: "simple return, decimal",
  logReturn: "log return, decimal",
  rate: "interest rate a year, decimal",
  ratio: "a pure number",
  share: "a share of one, 0 … 1",
  score: "a score, −1 … 1",
  state: "a small integer that names a state",
  level: "an index level without a unit",
  count: "a count",
  sessions: "exchange sessions",
  days: "calendar days",
  years: "years of 365 days",
} as const;

export type Unit = keyof typeof UNITS;

/** Sessions a year, for every annualisation of daily figures. */
export const SESSIONS_PER_YEAR = 252;

/** Days a year, for `tau` and interest. */
export const DAYS_PER_YEAR = 365;

/** Percent or volatility points → decimal: 16 → 0.16. */
export function toDecimal(percent: number): number {
  return percent / 100;
}

/** Decimal → percent or volatility points: 0.16 → 16. */
export function toPercent(decimal: number): number {
  return decimal * 100;
}
