import { checkRule, defineStrategy, volatilityScale, WAIT } from "#trade";

/** Equity at min(target / volatility, cap) of NAV, monthly, with no gate and no premium filter. */
export default defineStrategy({
  name: "vol-target",
  describe: "equity at constant target volatility, rebalanced monthly",
  params: { asset: "SPY", volTarget: 0.1, volatility: "max", cap: 1, defaultVolatility: 0 },
  choices: { volatility: ["max", "rv63"] },
  limits: {
    volTarget: { above: 0 },
    cap: { least: 0 },
    defaultVolatility: { least: 0 },
  },
  instruments: ({ asset }) => [asset],
  features: ({ asset }) => {
    const price = `${asset.toLowerCase()}.close`;
    return {
      rv21: `realised-vol(price=${price}, window=21, returns=simple)`,
      rv63: `realised-vol(price=${price}, window=62, returns=simple)`,
    };
  },
  start: () => ({}),
  decide({ t, newMonth, columns }, p) {
    if (!newMonth) return WAIT;
    const rv21 = columns.rv21![t]!;
    const rv63 = columns.rv63![t]!;
    const measured = p.volatility === "max" ? Math.max(rv21, rv63) : rv63;
    const volatility =
      Number.isNaN(measured) && p.defaultVolatility > 0 ? p.defaultVolatility : measured;
    const scale = volatilityScale(p.volTarget, volatility, p.cap);
    const findings = [checkRule("volatility scale", scale, ">", 0, { rv21, rv63 })];
    if (Number.isNaN(scale)) {
      return { action: "hold", orders: [], findings, reason: "an input is missing" };
    }
    const reason = `exposure ${scale.toFixed(3)}`;
    const orders = [{ instrument: 0, target: scale, by: "weight" as const, reason }];
    return { action: "trade", orders, findings, reason };
  },
});
