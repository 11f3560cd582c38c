import { checkRule, defineStrategy, grossExposure, WAIT } from "#trade";

/** Exposure below VIX 15, 20, 30 and above. */
const BUCKETS = [
  { below: 15, exposure: 1 },
  { below: 20, exposure: 0.75 },
  { below: 30, exposure: 0.5 },
  { below: Infinity, exposure: 0.25 },
];

interface Memory {
  /** Exposure in force, 0 before the first. */
  exposure: number;
  candidate: number;
  /** Sessions that the candidate has stood. */
  stood: number;
}

/**
 * Equity exposure by the level of VIX, checked daily: a new bucket must stand for `confirmation` sessions; above
 * `panic` the lowest applies at once; a position that drifts from its target by `drift` of NAV is restored.
 */
export default defineStrategy({
  name: "vix-buckets",
  describe: "equity exposure by daily VIX buckets",
  params: { asset: "SPY", confirmation: 2, drift: 0.05, panic: 40 },
  limits: {
    confirmation: { least: 1, whole: true },
    drift: { least: 0 },
    panic: { above: 0 },
  },
  instruments: ({ asset }) => [asset],
  features: () => ({ vix: "vix.close" }),
  start: (): Memory => ({ exposure: 0, candidate: 0, stood: 0 }),
  decide({ t, nav, book, universe, columns }, p, memory) {
    const vix = columns.vix![t]!;
    const bucket = BUCKETS.find(({ below }) => vix < below);
    if (!bucket) {
      return { action: "hold", orders: [], findings: [], reason: "VIX is missing" };
    }
    const { exposure } = bucket;
    memory.stood = exposure === memory.candidate ? memory.stood + 1 : 1;
    memory.candidate = exposure;
    const confirmed = memory.exposure === 0 || memory.stood >= p.confirmation || vix > p.panic;
    const target = confirmed ? exposure : memory.exposure;
    const held = grossExposure(book, universe) / nav;
    const drifted = Math.abs(held - target) >= p.drift;
    if (target === memory.exposure && !drifted) return WAIT;
    memory.exposure = target;
    const findings = [
      checkRule("sessions confirmed", memory.stood, "≥", p.confirmation, { vix }),
      checkRule("drift", Math.abs(held - target), "≥", p.drift, { held, target }),
    ];
    const reason = `VIX ${vix.toFixed(2)} → ${target}`;
    const orders = [{ instrument: 0, target, by: "weight" as const, reason }];
    return { action: "trade", orders, findings, reason };
  },
});
