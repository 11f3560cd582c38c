import type { Simulation } from "#backtest";
import { jobOf } from "./audit-runs.ts";
import { measure, type Runs } from "./evaluation.ts";
import type { Workbench } from "./workbench.ts";

/** Further sessions between decision and fill. */
const DELAYS = [0, 1, 2, 5];

/** What delay costs: an edge that is gone a session later was hardly there. */
export interface LagDecay {
  readonly preset: string;
  /** Sessions beyond the next one; `same-open`: as declared, filled before it was decided. */
  readonly delay: number | "same-open";
  readonly sharpe: number;
  readonly cagr: number;
}

/** Sharpe ratio and CAGR by delay of the decision. */
export async function lagDecay(bench: Workbench, runs: Runs): Promise<LagDecay[]> {
  const { spec, simulation } = runs;
  const { execution, preset } = spec;
  const row = (delay: LagDecay["delay"], s: Simulation): LagDecay => {
    const { sharpe, cagr } = measure(runs, s);
    return { preset, delay, sharpe, cagr };
  };
  const table = execution.fill === "same-open" ? [row("same-open", simulation)] : [];
  for (const delay of DELAYS) {
    const late = { ...execution, fill: "next-open" as const, delay: execution.delay + delay };
    const job = { ...jobOf(spec), execution: late, trace: false };
    table.push(row(delay, (await bench.prepare(job))()));
  }
  return table;
}
