import { excessKurtosis, mean, normalQuantile, skewness, std } from "#num";
import { performance, type Metrics, type PerformanceOptions } from "./performance.ts";
import type { ReturnSeries } from "./series.ts";

/** Metrics that are plain numbers. */
type Figure = Exclude<
  keyof Metrics,
  "maxDrawdownPeak" | "maxDrawdownTrough" | "maxDrawdownRecovery"
>;

/** One metric under the conventions of several tools; NaN where a tool does not give it. */
export interface ConventionRow {
  readonly metric: Figure;
  readonly volterra: number;
  readonly quantstats: number;
  readonly empyrical: number;
  readonly pyfolio: number;
  /** Why the numbers differ; empty where they agree. */
  readonly why: string;
}

/**
 * What each metric of a stream would be under quantstats 0.0.86, empyrical-reloaded 0.7 and pyfolio-reloaded 0.9 at their
 * defaults (252 periods a year), so that a reader sees why tools disagree. All take years as n / 252, divide downside
 * deviation by all returns and measure drawdowns from the start; they part on the tail and on small-sample corrections.
 */
export function conventions(
  series: ReturnSeries,
  options: Pick<PerformanceOptions, "riskFree" | "benchmark" | "yearsBy"> = {},
): ConventionRow[] {
  const ours = performance(series, options);
  const theirs = performance(series, { ...options, yearsBy: "sessions" });
  const { returns } = series;
  const n = returns.length;
  const centre = mean(returns);
  const spread = std(returns, 1);
  const z = normalQuantile(0.05);
  const moved = returns.reduce((count, r) => count + (r !== 0 ? 1 : 0), 0);
  const row = (
    metric: Figure,
    [quantstats, empyrical, pyfolio]: readonly [number, number, number],
    why = "",
  ): ConventionRow => ({ metric, volterra: ours[metric], quantstats, empyrical, pyfolio, why });
  const same = (metric: Figure, why = "") =>
    row(metric, [theirs[metric], theirs[metric], theirs[metric]], why);
  const calendar =
    options.yearsBy === "calendar" ? "years by the calendar here, n / 252 there" : "";
  const g1 = skewness(returns);
  const g2 = excessKurtosis(returns);
  return [
    same("totalReturn"),
    same("cagr", calendar),
    same("volatility"),
    same("sharpe"),
    row(
      "sharpeExcess",
      [theirs.sharpeExcess, theirs.sharpeExcess, NaN],
      "pyfolio takes no risk-free rate",
    ),
    same("sortino"),
    same("calmar", calendar),
    same("maxDrawdown"),
    row(
      "var95",
      [centre + z * spread, ours.var95, centre - 2 * spread],
      "quantstats assumes normal returns, pyfolio takes the mean less two standard deviations; the others the 5 % quantile",
    ),
    row(
      "cvar95",
      [centre - (DENSITY_AT_FIVE_PERCENT / 0.05) * spread, ours.cvar95, NaN],
      "quantstats assumes normal returns; the others average the worst returns",
    ),
    row(
      "skew",
      [(Math.sqrt(n * (n - 1)) / (n - 2)) * g1, NaN, g1],
      "quantstats corrects for a small sample (G₁), the others do not (g₁)",
    ),
    row(
      "excessKurtosis",
      [((n - 1) / ((n - 2) * (n - 3))) * ((n + 1) * g2 + 6), NaN, g2],
      "quantstats corrects for a small sample (G₂), the others do not (g₂)",
    ),
    row(
      "hitRate",
      [moved === 0 ? 0 : (ours.hitRate * n) / moved, NaN, NaN],
      "quantstats leaves out returns of exactly zero",
    ),
    row("beta", [theirs.beta, theirs.beta, theirs.beta]),
  ];
}

/** φ(Φ⁻¹(0.05)). */
const DENSITY_AT_FIVE_PERCENT = 0.10313564037537139;
