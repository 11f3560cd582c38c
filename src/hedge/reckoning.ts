import type { Episodes } from "./episodes.ts";

/** Units held at each session, [steps][paths]: of the share and, where a policy trades it, of the second option. */
export interface Positions {
  readonly stock: Float64Array;
  readonly option?: Float64Array;
}

/** What became of each path; money in units of its premium, losses negative. */
export interface Outcome {
  readonly pnl: Float64Array;
  readonly costs: Float64Array;
  /** Sum of |trade|, liquidation included. */
  readonly turnover: Float64Array;
  /** Deepest fall of the cumulative P&L below its peak, the start counted. */
  readonly drawdown: Float64Array;
  /** Mean over deviation of the daily P&L, times √252. */
  readonly sharpe: Float64Array;
  /** Mean |trade| over mean |position|. */
  readonly tradeRatio: Float64Array;
  /** Largest |trade|. */
  readonly largestTrade: number;
}

/** Cost of one unit of the second option's trade as a share of its price. */
const OPTION_SPREAD = 0.01;

/**
 * P&L = −Σ liability + Σ position·ΔS − costs, the position closed at the end. `costs` multiplies every cost. With the
 * contract's lag the position of t − 1 earns over session t.
 */
export function reckon(episodes: Episodes, positions: Positions, costs = 1): Outcome {
  const { paths: n, steps, spot, linear, quadratic, liability, premium } = episodes;
  const { stock, option } = positions;
  const second = option && episodes.second();
  const ahead = episodes.contract.lag ? 1 : 0;
  const out = {
    pnl: new Float64Array(n),
    costs: new Float64Array(n),
    turnover: new Float64Array(n),
    drawdown: new Float64Array(n),
    sharpe: new Float64Array(n),
    tradeRatio: new Float64Array(n),
  };
  let largestTrade = 0;
  for (let i = 0; i < n; i++) {
    let wealth = 0;
    let peak = 0;
    let paid = 0;
    let traded = 0;
    let held = 0;
    let squares = 0;
    let before = 0;
    let optionBefore = 0;
    for (let t = 0; t <= steps; t++) {
      const k = t * n + i;
      const now = t < steps ? stock[k]! : 0;
      const trade = Math.abs(now - before);
      let cost = linear[k]! * trade + quadratic * trade * trade;
      if (option && second) {
        const wanted = t < steps ? option[k]! : 0;
        cost += OPTION_SPREAD * second.price[k]! * Math.abs(wanted - optionBefore);
        optionBefore = wanted;
      }
      cost *= costs / premium[i]!;
      largestTrade = Math.max(largestTrade, trade);
      traded += trade;
      paid += cost;
      let gain = -cost;
      if (t < steps) {
        const earning = ahead === 1 ? before : now;
        held += Math.abs(now);
        gain += (earning * (spot[k + n]! - spot[k]!) - liability[k]!) / premium[i]!;
        if (option && second)
          gain += (optionBefore * (second.price[k + n]! - second.price[k]!)) / premium[i]!;
        squares += gain * gain;
      }
      wealth += gain;
      peak = Math.max(peak, wealth);
      out.drawdown[i] = Math.max(out.drawdown[i]!, peak - wealth);
      before = now;
    }
    const average = wealth / steps;
    const deviation = Math.sqrt(Math.max(0, squares / steps - average * average));
    out.pnl[i] = wealth;
    out.costs[i] = paid;
    out.turnover[i] = traded;
    out.sharpe[i] = deviation > 0 ? (average / deviation) * Math.sqrt(252) : 0;
    out.tradeRatio[i] = held > 0 ? traded / held : 0;
  }
  return { ...out, largestTrade };
}
