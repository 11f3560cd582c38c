import { instant } from "./theme.ts";

/** The regime of each day: an index into `names` (from calm to severe), NaN where not known. */
export interface Regime {
  readonly name: string;
  readonly values: Float64Array;
  readonly names: readonly string[];
}

export interface RegimeRun {
  readonly state: number;
  /** Milliseconds of the first day and of the day after the last. */
  readonly from: number;
  readonly to: number;
}

/** Runs of equal states, days without a state left out. */
export function regimeRuns(days: Int32Array, regime: Regime): RegimeRun[] {
  const runs: RegimeRun[] = [];
  let start = 0;
  for (let i = 1; i <= days.length; i++) {
    if (i < days.length && Object.is(regime.values[i], regime.values[start])) continue;
    const state = regime.values[start]!;
    if (Number.isInteger(state) && state >= 0 && state < regime.names.length) {
      const to = i < days.length ? days[i]! : days[i - 1]! + 1;
      runs.push({ state, from: instant(days[start]!), to: instant(to) });
    }
    start = i;
  }
  return runs;
}
