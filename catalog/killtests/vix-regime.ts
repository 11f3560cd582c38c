import { type Criterion, defineKillTest } from "#evidence";

const window = { start: "2014-01-02", end: "2024-06-28" };
const sharper: Pick<Criterion, "statistic" | "threshold" | "window"> = {
  statistic: "sharpe-difference",
  threshold: 0.05,
  window,
};

/**
 * The document's criteria for the filter, against the same sleeve without it. A tenth of the Sharpe ratio of 0.5 that the
 * sleeve must reach, and a twentieth of the 30 points that it may lose, because a share of its own Sharpe ratio, which is
 * near zero, means nothing. The win rate is of the days with a position, won where the account earns more than bills: of
 * its trades there are too few, and days without a position would count as won.
 */
export default defineKillTest({
  name: "vix-regime",
  claim: "an attention-LSTM that blocks entries makes short VIX futures earn more per unit of risk",
  source: "Sleeve VRP ML enhancement 1.0, §5 phase 3 and §8.2",
  priorTrials: {
    count: 18,
    source:
      "the seventeen of the sleeve, and the weekly direction model over its gate, which the original's repository reports",
  },
  criteria: [
    { ...sharper, name: "Sharpe above that without a filter", benchmark: "no filter", costs: 1 },
    {
      ...sharper,
      name: "Sharpe above that without a filter, twofold costs",
      benchmark: "no filter, twofold costs",
      costs: 2,
    },
    {
      name: "drawdown smaller than without a filter",
      statistic: "drawdown-improvement",
      benchmark: "no filter",
      threshold: 0.015,
      window,
      costs: 1,
    },
    {
      name: "win rate above that without a filter",
      statistic: "win-rate-difference",
      benchmark: "no filter",
      threshold: 0.05,
      window,
      costs: 1,
    },
  ],
});
