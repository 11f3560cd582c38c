import type { CellKind } from "./format.ts";

interface MetricName {
  readonly label: string;
  readonly kind: CellKind;
}

/** Labels and formats of metrics, in the order in which a report lists them. */
const NAMES: Readonly<Record<string, MetricName>> = {
  n: { label: "n", kind: "count" },
  years: { label: "Years", kind: "ratio" },
  totalReturn: { label: "Total return", kind: "percent" },
  cagr: { label: "CAGR", kind: "percent" },
  mean: { label: "Mean return a year", kind: "percent" },
  volatility: { label: "Volatility", kind: "percent" },
  sharpe: { label: "Sharpe", kind: "ratio" },
  sharpeExcess: { label: "Sharpe over T-bills", kind: "ratio" },
  sortino: { label: "Sortino", kind: "ratio" },
  calmar: { label: "Calmar", kind: "ratio" },
  maxDrawdown: { label: "Max drawdown", kind: "percent" },
  maxDrawdownPeak: { label: "– peak", kind: "day" },
  maxDrawdownTrough: { label: "– trough", kind: "day" },
  maxDrawdownRecovery: { label: "– recovery", kind: "day" },
  var95: { label: "VaR 95%, a day", kind: "percent" },
  cvar95: { label: "CVaR 95%, a day", kind: "percent" },
  skew: { label: "Skew", kind: "ratio" },
  excessKurtosis: { label: "Excess kurtosis", kind: "ratio" },
  hitRate: { label: "Days above zero", kind: "percent" },
  winRate: { label: "Win rate of days held", kind: "percent" },
  best: { label: "Best day", kind: "percent" },
  worst: { label: "Worst day", kind: "percent" },
  turnover: { label: "Turnover a year", kind: "percent" },
  timeInMarket: { label: "Time in market", kind: "percent" },
  trades: { label: "Trades", kind: "count" },
  correlation: { label: "Correlation to benchmark", kind: "ratio" },
  beta: { label: "Beta to benchmark", kind: "ratio" },
};

/**
 * Label and format of a metric by its name (`maxDrawdown` or `max-drawdown`); one that is not listed is written
 * in words, as a plain number.
 */
export function metricName(name: string): MetricName {
  const camel = name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  if (Object.hasOwn(NAMES, camel)) return NAMES[camel]!;
  const words = camel.replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase();
  return { label: words.charAt(0).toUpperCase() + words.slice(1), kind: "number" };
}

/** The value of a metric, NaN where it is missing or not a number. */
export function metricValue(metrics: object, name: string): number {
  const value: unknown = (metrics as Record<string, unknown>)[name];
  return typeof value === "number" ? value : NaN;
}

/** Names of the numbers in any of the sets, in report order, unlisted ones last. */
export function metricNames(sets: readonly object[]): string[] {
  const present = new Set<string>();
  for (const set of sets) {
    for (const [name, value] of Object.entries(set)) {
      if (typeof value === "number") present.add(name);
    }
  }
  const listed = Object.keys(NAMES).filter((name) => present.has(name));
  return [...listed, ...[...present].filter((name) => !Object.hasOwn(NAMES, name))];
}
