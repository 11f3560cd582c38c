import { defineKillTest } from "#evidence";

const window = { start: "2022-01-03", end: "2024-12-31" };

/** The four criteria of seed 2 §6.5, each on one window for strategy and benchmark alike. */
export default defineKillTest({
  name: "vrp-erp-document",
  claim: "VRP-ERP earns a Sharpe ratio of 0.5 and more than buy-and-hold's with shallow drawdowns",
  source: "Sleeve VRP-ERP 1.0, §6.5",
  priorTrials: {
    count: 12,
    source: "sleeves and variants that the document and its repository report as tried before",
  },
  criteria: [
    { name: "Sharpe 2022–2024", statistic: "sharpe", threshold: 0.5, window, costs: 1 },
    {
      name: "max drawdown 2022–2024",
      statistic: "max-drawdown",
      threshold: -0.3,
      window,
      costs: 1,
    },
    {
      name: "Sharpe above buy-and-hold's 2022–2024",
      statistic: "sharpe-difference",
      benchmark: "buy-hold",
      threshold: 0,
      window,
      costs: 1,
    },
    {
      name: "net return 2015–2024",
      statistic: "total-return",
      threshold: 0,
      window: { start: "2015-01-02", end: "2024-12-31" },
      costs: 1,
    },
  ],
});
