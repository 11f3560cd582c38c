import { type Criterion, defineKillTest } from "#evidence";

const whole = { start: "2014-01-02", end: "2024-06-28" };
const years = [
  { start: "2023-01-03", end: "2023-12-29" },
  { start: "2024-01-02", end: "2024-06-28" },
];

/**
 * The original's thresholds for one window, at costs as they are and twofold. Collateral earns the bill rate here, so the
 * Sharpe ratio is over bills and the return above that of bills: an account that never trades must not pass.
 */
function thresholds(window: Criterion["window"]): Criterion[] {
  const label = `${window.start.slice(0, 7)}…${window.end.slice(0, 7)}`;
  const bills = { statistic: "cagr-difference" as const, benchmark: "bills", threshold: 0, window };
  const sharpe = { statistic: "sharpe-excess" as const, window };
  return [
    { ...sharpe, name: `Sharpe over bills ${label}`, threshold: 0.5, costs: 1 },
    { ...sharpe, name: `Sharpe over bills ${label}, twofold costs`, threshold: 0.3, costs: 2 },
    { ...bills, name: `return above bills ${label}`, costs: 1 },
    { ...bills, name: `return above bills ${label}, twofold costs`, costs: 2 },
    { name: `drawdown ${label}`, statistic: "max-drawdown", threshold: -0.3, window, costs: 1 },
  ];
}

/**
 * The original's kill-test. It asks for two of the years 2023, 2024 and 2025; the data end on 2024-06-28, so that both
 * years that remain must pass.
 */
export default defineKillTest({
  name: "short-vx",
  claim:
    "short VIX futures behind the six filters earn a Sharpe ratio of 0.5 and survive twofold costs",
  source: "the baseline named in Sleeve VRP ML enhancement 1.0, its specification's kill-test",
  priorTrials: {
    count: 17,
    source:
      "five failed variants of this sleeve and twelve further sleeves and variants that the original's repository reports",
  },
  criteria: [
    ...[whole, ...years].flatMap(thresholds),
    {
      name: "Sharpe above that of always-short",
      statistic: "sharpe-difference",
      benchmark: "always-short",
      threshold: 0,
      window: whole,
      costs: 1,
    },
  ],
});
