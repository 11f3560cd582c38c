import { defineKillTest } from "#evidence";

const window = { start: "2015-01-02", end: "2024-12-31" };

/** What the document expects of the two sleeves together, and a Sharpe ratio above those of plainer holdings. */
export default defineKillTest({
  name: "portfolio",
  claim: "dual momentum and VRP-ERP together earn a Sharpe ratio of 0.6 with shallow drawdowns",
  source: "Sleeve VRP-ERP 1.0, §9.1 and §9.3",
  priorTrials: {
    count: 21,
    source:
      "twelve sleeves and variants that the repository reports as tried before, and the nine presets of the sleeves' own studies",
  },
  criteria: [
    { name: "Sharpe", statistic: "sharpe", threshold: 0.6, window, costs: 1 },
    { name: "Sharpe at twofold costs", statistic: "sharpe", threshold: 0.4, window, costs: 2 },
    { name: "Sharpe over bills", statistic: "sharpe-excess", threshold: 0, window, costs: 1 },
    { name: "max drawdown", statistic: "max-drawdown", threshold: -0.2, window, costs: 1 },
    { name: "net return", statistic: "total-return", threshold: 0, window, costs: 1 },
    ...["buy-hold", "spy-ief", "constant-mix"].map((benchmark) => ({
      name: `Sharpe above that of ${benchmark}`,
      statistic: "sharpe-difference" as const,
      benchmark,
      threshold: 0,
      window,
      costs: 1 as const,
    })),
  ],
});
