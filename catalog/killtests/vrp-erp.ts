import { defineKillTest } from "#evidence";

const window = { start: "2015-01-02", end: "2024-12-31" };

/**
 * What the sleeve must show over its whole history, not over the window that was chosen after seeing results: the
 * document's thresholds, and a Sharpe ratio above those of the plain ways to hold as much equity.
 */
export default defineKillTest({
  name: "vrp-erp",
  claim: "the premium filter and the gate earn more per unit of risk than holding less equity does",
  source: "Sleeve VRP-ERP 1.0, §6.5, on the whole period and against simpler holdings",
  priorTrials: {
    count: 12,
    source: "sleeves and variants that the document and its repository report as tried before",
  },
  criteria: [
    { name: "Sharpe", statistic: "sharpe", threshold: 0.5, window, costs: 1 },
    { name: "Sharpe at twofold costs", statistic: "sharpe", threshold: 0.3, window, costs: 2 },
    { name: "max drawdown", statistic: "max-drawdown", threshold: -0.3, window, costs: 1 },
    { name: "net return", statistic: "total-return", threshold: 0, window, costs: 1 },
    ...["buy-hold", "vol-target", "constant-mix"].map((benchmark) => ({
      name: `Sharpe above that of ${benchmark}`,
      statistic: "sharpe-difference" as const,
      benchmark,
      threshold: 0,
      window,
      costs: 1 as const,
    })),
  ],
});
