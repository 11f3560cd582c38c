import { defineKillTest } from "#evidence";

const window = { start: "2008-01-02", end: "2024-06-28" };

/**
 * The original's verdict bands on the whole history, the Sharpe ratio over bills because idle money earns interest here,
 * and a Sharpe ratio above those of the plain ways to hold the same funds.
 */
export default defineKillTest({
  name: "dual-momentum",
  claim: "the strongest funds earn more per unit of risk than all of them do",
  source: "Sleeve DM, verdict bands of its configuration",
  priorTrials: {
    count: 12,
    source: "sleeves and variants that the original's repository reports as tried before",
  },
  criteria: [
    { name: "Sharpe over bills", statistic: "sharpe-excess", threshold: 0.3, window, costs: 1 },
    {
      name: "Sharpe over bills at twofold costs",
      statistic: "sharpe-excess",
      threshold: 0,
      window,
      costs: 2,
    },
    { name: "max drawdown", statistic: "max-drawdown", threshold: -0.25, window, costs: 1 },
    { name: "volatility at least", statistic: "volatility", threshold: 0.04, window, costs: 1 },
    {
      name: "volatility at most",
      statistic: "volatility",
      threshold: 0.12,
      direction: "below",
      window,
      costs: 1,
    },
    ...["buy-hold", "all-funds", "constant-mix"].map((benchmark) => ({
      name: `Sharpe above that of ${benchmark}`,
      statistic: "sharpe-difference" as const,
      benchmark,
      threshold: 0,
      window,
      costs: 1 as const,
    })),
  ],
});
