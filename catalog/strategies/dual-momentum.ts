import {
  checkRule,
  defineStrategy,
  type Finding,
  type Order,
  quantityOf,
  type View,
  WAIT,
} from "#trade";

const defaults = {
  /** Risky assets, separated by spaces; those without history yet are passed over. */
  risky: "SPY EFA EEM IEF TLT TIP GLD DBC",
  cash: "SHY",
  top: 3,
  lookback: 251,
  skip: 21,
  volTarget: 0.08,
  cap: 1,
  /** `zero` counts a missing volatility as none, as the original did; `drop` leaves the asset out. */
  missingVolatility: "drop",
  /** Share of NAV that is managed. */
  allocation: 1,
  /** Changes worth less are left undone, USD. */
  minOrder: 100,
};

interface Candidate {
  readonly instrument: number;
  readonly score: number;
  readonly volatility: number;
}

/**
 * Dual momentum over funds: rank by 12-1 momentum, keep the best `top` whose score is above zero, weigh them equally,
 * scale by a volatility estimate that assumes correlation one, and put the remainder into `cash`.
 */
export default defineStrategy({
  name: "dual-momentum",
  describe: "the strongest of a set of funds with positive momentum, the rest in short Treasuries",
  params: defaults,
  limits: {
    top: { least: 1, whole: true },
    lookback: { least: 1, whole: true },
    skip: { least: 0, whole: true },
    volTarget: { above: 0 },
    cap: { least: 0 },
    allocation: { least: 0, most: 1 },
    minOrder: { least: 0 },
  },
  choices: { missingVolatility: ["zero", "drop"] },
  instruments: ({ risky, cash }) => [...risky.split(" "), cash],
  features: ({ risky, lookback, skip }) =>
    Object.fromEntries(
      risky.split(" ").flatMap((id) => {
        const price = `${id.toLowerCase()}.adjClose`;
        return [
          [`score ${id}`, `momentum(price=${price}, lookback=${lookback}, skip=${skip})`],
          [`volatility ${id}`, `realised-vol(price=${price}, window=62, returns=simple)`],
        ];
      }),
    ),
  start: () => ({}),
  decide(view, p) {
    if (!view.newMonth) return WAIT;
    const { t, columns } = view;
    const ids = p.risky.split(" ");
    const candidates: Candidate[] = ids.map((id, instrument) => ({
      instrument,
      score: columns[`score ${id}`]![t]!,
      volatility: columns[`volatility ${id}`]![t]!,
    }));
    const known = candidates.filter(
      (c) =>
        !Number.isNaN(c.score) && (p.missingVolatility === "zero" || !Number.isNaN(c.volatility)),
    );
    if (known.length === 0) {
      return { action: "hold", orders: [], findings: [], reason: "no momentum is known yet" };
    }
    const best = known.toSorted((a, b) => b.score - a.score).slice(0, p.top);
    const chosen = best.filter(({ score }) => score > 0);
    const findings: Finding[] = best.map(({ instrument, score, volatility }) =>
      checkRule(`momentum of ${ids[instrument]}`, score, ">", 0, { score, volatility }),
    );
    const weight = chosen.length === 0 ? 0 : 1 / chosen.length;
    const estimate = chosen.reduce((sum, c) => sum + weight * (c.volatility || 0), 0);
    const scale = estimate > 0 ? Math.min(p.volTarget / estimate, p.cap) : p.cap;
    const invested = chosen.length === 0 ? 0 : scale;
    const names = chosen.map(({ instrument }) => ids[instrument]).join(" ") || p.cash;
    const reason = `${names} at ${invested.toFixed(3)} in all`;
    const targets = ids.map((_, instrument) =>
      chosen.some((c) => c.instrument === instrument) ? weight * scale : 0,
    );
    targets.push(Math.max(1 - invested, 0));
    const orders = targets
      .map((target, instrument): Order => {
        return { instrument, target: target * p.allocation, by: "weight", reason };
      })
      .filter((order) => isWorthwhile(view, order, p.minOrder));
    return { action: "trade", orders, findings, reason };
  },
});

/** A change of at least `least` USD; where there is no price the order waits for one. */
function isWorthwhile({ t, nav, book, universe }: View, order: Order, least: number): boolean {
  const held = quantityOf(book, order.instrument) * universe.mark(order.instrument, t);
  return !(Math.abs(order.target * nav - held) < least);
}
