/** Share of NAV that brings a volatility to its target: min(target / vol, cap). NaN volatility gives NaN. */
export function volatilityScale(target: number, volatility: number, cap: number): number {
  return Math.min(target / volatility, cap);
}
