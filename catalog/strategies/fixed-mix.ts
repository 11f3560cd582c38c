import { defineStrategy, WAIT } from "#trade";

/** Fixed shares of NAV in several equities, rebalanced monthly; equal shares where no weights are given. */
export default defineStrategy({
  name: "fixed-mix",
  describe: "several equities at fixed shares, rebalanced monthly",
  params: { assets: "SPY IEF", weights: "" },
  instruments: ({ assets }) => assets.split(" "),
  features: () => ({}),
  start: () => ({}),
  decide({ t, newMonth, universe }, { assets, weights }) {
    if (!newMonth) return WAIT;
    const ids = assets.split(" ");
    const given = weights === "" ? [] : weights.split(" ").map(Number);
    const traded = ids.map((_, instrument) => !Number.isNaN(universe.mark(instrument, t)));
    const even = 1 / traded.filter(Boolean).length;
    const orders = ids.flatMap((id, instrument) => {
      if (!traded[instrument]) return [];
      const target = given[instrument] ?? even;
      return [{ instrument, target, by: "weight" as const, reason: `${id} ${target.toFixed(3)}` }];
    });
    return { action: "trade", orders, findings: [], reason: "the turn of the month" };
  },
});
