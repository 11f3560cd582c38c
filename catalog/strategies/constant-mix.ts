import { defineStrategy, WAIT } from "#trade";

/**
 * A share of NAV in one equity, the rest in cash, rebalanced monthly. The share is a column, so that it can be the
 * expanding mean exposure of another strategy: what its average position alone would have earned.
 */
export default defineStrategy({
  name: "constant-mix",
  describe: "equity and cash at a steady share, rebalanced monthly",
  params: { asset: "SPY", share: "strategy.meanExposure" },
  instruments: ({ asset }) => [asset],
  features: ({ share }) => ({ share }),
  start: () => ({}),
  decide({ t, newMonth, columns }) {
    if (!newMonth) return WAIT;
    const share = columns.share![t]!;
    if (Number.isNaN(share)) {
      return { action: "hold", orders: [], findings: [], reason: "no exposure known yet" };
    }
    const reason = `share ${share.toFixed(3)}`;
    const orders = [{ instrument: 0, target: share, by: "weight" as const, reason }];
    return { action: "trade", orders, findings: [], reason };
  },
});
