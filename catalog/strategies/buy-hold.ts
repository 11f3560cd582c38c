import { defineStrategy, quantityOf, WAIT } from "#trade";

/** All of NAV in one equity from the first day; dividends are reinvested at the turn of the month. */
export default defineStrategy({
  name: "buy-hold",
  describe: "one equity bought and held, dividends reinvested monthly",
  params: { asset: "SPY" },
  instruments: ({ asset }) => [asset],
  features: () => ({}),
  start: () => ({}),
  decide({ first, newMonth, book, universe, t }) {
    const price = universe.mark(0, t);
    if (!first && !(newMonth && book.cash >= price)) return WAIT;
    const reason = first ? "bought" : "dividends reinvested";
    const held = quantityOf(book, 0);
    const units = { target: held + Math.trunc(book.cash / price), by: "units" as const };
    const order = first ? { target: 1, by: "weight" as const } : units;
    const orders = [{ instrument: 0, ...order, reason }];
    return { action: "trade", orders, findings: [], reason };
  },
});
