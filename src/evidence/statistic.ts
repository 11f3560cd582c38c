/** Statistics of a return stream that can be resampled. */
export type Statistic =
  | "mean"
  | "volatility"
  | "sharpe"
  | "sharpe-excess"
  | "cagr"
  | "total-return"
  | "max-drawdown"
  | "cvar95"
  | "hit-rate";
