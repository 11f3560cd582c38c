import { defineStrategy, WAIT } from "#trade";

/** All of NAV in one equity from the first day, never touched again. */
export default defineStrategy({
  name: "buy-hold",
  describe: "one equity bought once and held",
  params: { asset: "SPY" },
  instruments: ({ asset }) => [asset],
  features: () => ({}),
  start: () => ({}),
  decide({ first }) {
    if (!first) return WAIT;
    const reason = "bought once";
    const orders = [{ instrument: 0, target: 1, by: "weight" as const, reason }];
    return { action: "trade", orders, findings: [], reason };
  },
});
