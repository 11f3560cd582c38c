import { type Day, silent } from "#core";
import type { Simulation } from "#backtest";
import { type Metrics, type MonthlyReturn, monthlyReturns, performance } from "#evidence";
import { openCatalog } from "./catalog.ts";
import { openData } from "./data.ts";
import { stream } from "./evaluation.ts";
import type { Spec } from "./spec.ts";
import { openWorkbench, type Workbench } from "./workbench.ts";

/** What a sweeping thread is started with. */
export interface SweepStart {
  readonly root: string;
  readonly catalog: readonly string[];
  readonly data: Spec["data"];
  /** Nothing later is read, where a hold-out is sealed. */
  readonly to?: Day;
}

/** What a sweeping thread is asked: to say whether parameter sets can be evaluated, or to evaluate them. */
export interface SweepTask {
  readonly check: boolean;
  readonly specs: readonly Spec[];
}

/** One evaluated parameter set, without its daily series. */
export interface SweepResult {
  readonly metrics: Metrics;
  readonly months: readonly MonthlyReturn[];
}

/** Opens the data once; everything that parameter sets share is computed when the first of them needs it. */
export async function openSweep({ root, catalog, data, to }: SweepStart): Promise<Workbench> {
  const opened = openCatalog(catalog);
  const market = await openData(data, root, opened, { emit: silent, ...(to && { to }) });
  return openWorkbench(market, opened);
}

/** What is to be simulated, loaded. Rejects with `VolterraError` for what cannot be evaluated. */
function prepareSet(bench: Workbench, spec: Spec): Promise<() => Simulation> {
  return bench.prepare({
    strategy: spec.strategy,
    execution: spec.execution,
    window: spec.window,
    nav: spec.account.nav,
    trace: false,
  });
}

/** Answers one question of the sweep; of a check the answer is that nothing was thrown. */
export async function answer(
  bench: Workbench,
  { check, specs }: SweepTask,
): Promise<SweepResult[]> {
  const results = [];
  for (const spec of specs) {
    if (check) await prepareSet(bench, spec);
    else results.push(await evaluateSet(bench, spec));
  }
  return results;
}

/** The full engine on one parameter set; no bootstrap, no benchmarks, no trace. */
export async function evaluateSet(bench: Workbench, spec: Spec): Promise<SweepResult> {
  const run = await prepareSet(bench, spec);
  const series = stream(run());
  return { metrics: performance(series), months: monthlyReturns(series) };
}
