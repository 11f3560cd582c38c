import {
  checkRule,
  defineStrategy,
  type Finding,
  type Order,
  type OverlayMemory,
  startOverlay,
  stepOverlay,
  volatilityScale,
  WAIT,
} from "#trade";

/** Full, half and no exposure for the gate's states CLOSED 0, REDUCE 1, OPEN 2. Seed 2 §3.2. */
const GATE_SCALE = [0, 0.5, 1];

const defaults = {
  asset: "SPY",
  /** Held with all of NAV while exposure is zero; "" keeps cash. */
  cashInstrument: "",
  volTarget: 0.1,
  /** `max`: the larger of RV21 and RV63; `rv63`: RV63 alone. */
  volatility: "max",
  /** Used while the volatility has no history; 0 waits instead. */
  defaultVolatility: 0,
  cap: 1,
  vrpFilter: true,
  gateFilter: true,
  gateFuture: "cmf30",
  gateOpen: 0.2,
  gateClosed: -0.3,
  gateHysteresis: 0.1,
  gateDwell: 2,
  /** `monthly`, or `daily-gate`: also whenever the gate or the premium's sign changes. */
  rebalance: "monthly",
  /** Multiplier clip(10 % / RV21, 0.25, 1.5), adopted when it moves by 0.1 and has stood for two sessions. */
  overlay: false,
};

/** The overlay's limits; its target is the strategy's own. */
const OVERLAY = { least: 0.25, most: 1.5, step: 0.1, dwell: 2 };

interface Memory {
  /** Gate scale · premium filter at the last rebalance, −1 before the first. */
  stance: number;
  overlay: OverlayMemory;
}

/**
 * VRP-gated equity: exposure = gate scale · [VRP > 0] · min(vol target / volatility, cap). The regime gate scales an
 * equity position instead of timing volatility itself. Seed 2 §3.3, §4.
 */
export default defineStrategy({
  name: "vrp-erp",
  describe: "equity exposure gated by the volatility risk premium and the regime gate",
  params: defaults,
  choices: { volatility: ["max", "rv63"], rebalance: ["monthly", "daily-gate"] },
  limits: {
    volTarget: { above: 0 },
    defaultVolatility: { least: 0 },
    cap: { least: 0 },
    gateOpen: { least: -1, most: 1 },
    gateClosed: { least: -1, most: 1 },
    gateHysteresis: { least: 0, most: 1 },
    gateDwell: { least: 0, whole: true },
  },
  instruments: ({ asset, cashInstrument }) =>
    cashInstrument === "" ? [asset] : [asset, cashInstrument],
  features: (p) => {
    const price = `${p.asset.toLowerCase()}.close`;
    const gate =
      `future=${p.gateFuture}, open=${p.gateOpen}, closed=${p.gateClosed}, ` +
      `hysteresis=${p.gateHysteresis}, dwell=${p.gateDwell}`;
    return {
      vrp: `vrp(price=${price})`,
      gate: `gate-state(${gate})`,
      score: `gate-score(future=${p.gateFuture})`,
      rv21: `realised-vol(price=${price}, window=21, returns=simple)`,
      // The original's window of 63 closes holds 62 returns.
      rv63: `realised-vol(price=${price}, window=62, returns=simple)`,
    };
  },
  start: ({ volTarget }): Memory => ({
    stance: -1,
    overlay: startOverlay({ target: volTarget, ...OVERLAY }),
  }),
  decide({ t, newMonth, columns }, p, memory) {
    const rv21 = columns.rv21![t]!;
    if (p.overlay) stepOverlay(memory.overlay, rv21, { target: p.volTarget, ...OVERLAY });
    const state = columns.gate![t]!;
    const vrp = columns.vrp![t]!;
    const gateScale = p.gateFilter ? (GATE_SCALE[state] ?? NaN) : 1;
    const stance = gateScale * (p.vrpFilter && !(vrp > 0) ? 0 : 1);
    const due = newMonth || (p.rebalance === "daily-gate" && stance !== memory.stance);
    if (!due) return WAIT;

    const rv63 = columns.rv63![t]!;
    const measured = p.volatility === "max" ? Math.max(rv21, rv63) : rv63;
    const volatility =
      Number.isNaN(measured) && p.defaultVolatility > 0 ? p.defaultVolatility : measured;
    const scale =
      volatilityScale(p.volTarget, volatility, p.cap) * (p.overlay ? memory.overlay.scale : 1);
    const findings: Finding[] = [];
    if (p.vrpFilter) findings.push(checkRule("VRP", vrp, ">", 0, { vrp, rv21 }));
    if (p.gateFilter) {
      findings.push(checkRule("gate state", state, "≥", 1, { state, score: columns.score![t]! }));
    }
    findings.push(checkRule("volatility scale", scale, ">", 0, { rv21, rv63, scale }));
    const exposure = stance * scale;
    if (Number.isNaN(exposure)) {
      return { action: "hold", orders: [], findings, reason: "an input is missing" };
    }
    memory.stance = stance;
    const reason = `exposure ${exposure.toFixed(3)} = stance ${stance} × scale ${scale.toFixed(3)}`;
    const orders: Order[] = [{ instrument: 0, target: exposure, by: "weight", reason }];
    if (p.cashInstrument !== "") {
      orders.push({ instrument: 1, target: exposure === 0 ? 1 : 0, by: "weight", reason });
    }
    return { action: "trade", orders, findings, reason };
  },
});
