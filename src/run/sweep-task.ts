import { silent } from "#core";
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
}

/** One evaluated parameter set, without its daily series. */
export interface SweepResult {
  readonly metrics: Metrics;
  readonly months: readonly MonthlyReturn[];
}

/** Opens the data once; everything that parameter sets share is computed when the first of them needs it. */
export async function openSweep({ root, catalog, data }: SweepStart): Promise<Workbench> {
  const opened = openCatalog(catalog);
  return openWorkbench(await openData(data, root, opened, { emit: silent }), opened);
}

/** The full engine on one parameter set; no bootstrap, no benchmarks, no trace. */
export async function evaluateSet(bench: Workbench, spec: Spec): Promise<SweepResult> {
  const run = await bench.prepare({
    strategy: spec.strategy,
    execution: spec.execution,
    window: spec.window,
    nav: spec.account.nav,
    trace: false,
  });
  const series = stream(run());
  return { metrics: performance(series), months: monthlyReturns(series) };
}
