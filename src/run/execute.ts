import { stringify } from "yaml";
import { contentHash, type Emit, toDay } from "#core";
import { checkQuality } from "#market";
import type { Catalog } from "./catalog.ts";
import { codeVersion } from "./code-version.ts";
import { findRun, isDone, readRunFile, type RunFolder, runFolder, writeRun } from "./folder.ts";
import { fromJson, toFloats, toJson } from "./json.ts";
import { openData } from "./data.ts";
import { recordReads, stopAtCritical } from "./reads.ts";
import type { RunResult, RunSeries } from "./result.ts";
import { resolveSpec, specFile } from "./spec.ts";
import { runStrategyStudy, type StrategyEvaluation } from "./strategy-study.ts";
import type { Study } from "./study.ts";
import { openLedger } from "./ledger.ts";
import { loadStrategy } from "./portfolio.ts";
import { windowRows } from "./workbench.ts";
import { sealNote, sealOf, sealRecords, unseal } from "./holdout.ts";
import { contractRecords, fillSpec, ledgerFamily, newIntents, trialOf } from "./trials.ts";
import { ledgerStanding } from "./verdicts.ts";
import type { KillTest } from "#evidence";

/** A run as it is stored. */
export interface StoredRun {
  readonly folder: RunFolder;
  readonly result: RunResult;
  readonly series: RunSeries;
}

/** What `execute` needs. */
export interface ExecuteRequest {
  readonly study: Study;
  /** Working folder: lake, runs, ledgers. */
  readonly root: string;
  readonly catalog: Catalog;
  readonly emit: Emit;
  /** Why a sealed hold-out is opened. */
  readonly peek?: string;
  /** Files made from a result before the run counts as done: the report and its figures. */
  readonly render: (
    result: RunResult,
    series: RunSeries,
  ) => Readonly<Record<string, string | Uint8Array>>;
}

/** Runs a study into its folder, or reads the folder where that has been done. */
export async function execute(request: ExecuteRequest): Promise<StoredRun & { fresh: boolean }> {
  const { root, catalog, emit } = request;
  const spec = await fillSpec(catalog, resolveSpec(request.study));
  const code = codeVersion();
  const ledger = openLedger(root, ledgerFamily(spec));
  const tests = await Promise.all(
    spec.killTests.map((test) => catalog.load<KillTest>("killtests", test)),
  );
  const all = await Promise.all(
    request.study.presets.map((preset) => fillSpec(catalog, resolveSpec(request.study, preset))),
  );
  // What cannot be evaluated, for a misspelt name or an empty window, is no trial.
  for (const { strategy, benchmarks } of all) {
    for (const use of [strategy, ...Object.values(benchmarks)]) await loadStrategy(catalog, use);
  }
  await ledger.append([...contractRecords(ledger, spec.study, tests), ...sealRecords(ledger, all)]);
  const { to, peek } = unseal(spec, ledger, request.peek);
  // A peek shows one preset: the others stay out where they would be simulated inside the seal.
  const start = sealOf(ledger)?.start;
  const specs = all.filter(
    ({ preset, window }) => preset === spec.preset || start === undefined || window.end < start,
  );
  const study = { ...request.study, presets: specs.map(({ preset }) => preset) };
  const market = await openData(spec.data, root, catalog, { emit, ...(to && { to }) });
  for (const { window } of specs) windowRows(market, window);
  const trials = specs.map((each) => trialOf(each));
  await ledger.append([...peek, ...newIntents(ledger, trials)]);
  // Of two that spent the last peek at once, the second is refused.
  unseal(spec, ledger, undefined);
  const seal = sealOf(ledger);
  // A verdict counts every trial so far, so a run is another one once there are more.
  const known = { ...ledgerStanding(ledger, trials, tests), ...(seal && { seal }) };
  const identity = { specs, preset: spec.preset, snapshot: market.snapshot, code, ...known };
  const name = `${spec.study}-${spec.preset}-${contentHash(identity).slice(0, 10)}`;
  const folder = runFolder(root, name);
  if (isDone(folder)) return { ...readRun(root, name), fresh: false };

  emit({ kind: "stage", name: "run", detail: name });
  const reading = recordReads(market);
  const evaluation = await runStrategyStudy({
    study,
    market: reading.market,
    catalog,
    ledger,
    emit,
    onRead: (asOf) => {
      stopAtCritical(checkQuality(market, reading.refs(), asOf), spec.data.allow);
    },
  });
  const notes = [...(seal ? [sealNote(spec, seal)] : []), ...evaluation.result.notes];
  const result: RunResult = { ...evaluation.result, notes, code, run: name };
  const { series } = evaluation;
  await writeRun(folder, {
    "spec.yaml": stringify(specFile(spec)),
    "manifest.json": toJson({ code, snapshot: result.snapshot, spec: contentHash(spec) }, 1),
    "result.json": toJson(result, 1),
    "series.json": toJson(series),
    "fills.csv": fillsFile(evaluation),
    "decisions.jsonl": decisionsFile(evaluation),
    ...request.render(result, series),
  });
  return { folder, result, series, fresh: true };
}

/** A run that is complete, from its folder. */
export function readRun(root: string, name: string): StoredRun {
  const folder = findRun(root, name);
  const result = fromJson(readRunFile(folder, "result.json")) as RunResult;
  type Numbers = (number | null)[];
  const raw = JSON.parse(readRunFile(folder, "series.json")) as {
    days: number[];
    curves: { name: string; role: "strategy"; returns: Numbers }[];
    exposure: Numbers;
    turnover: Numbers;
    gate: Numbers;
    fan: { quantile: number; values: Numbers }[];
  };
  const series: RunSeries = {
    days: Int32Array.from(raw.days),
    curves: raw.curves.map((curve) => ({ ...curve, returns: toFloats(curve.returns) })),
    exposure: toFloats(raw.exposure),
    turnover: toFloats(raw.turnover),
    gate: toFloats(raw.gate),
    fan: raw.fan.map(({ quantile, values }) => ({ quantile, values: toFloats(values) })),
  };
  return { folder, result, series };
}

function fillsFile({ simulation }: StrategyEvaluation): string {
  const rows = simulation.fills.map((f) =>
    [
      toDay(f.day),
      f.instrument,
      f.quantity,
      f.price,
      f.commission,
      f.slippage,
      JSON.stringify(f.reason),
    ].join(","),
  );
  return `${["date,instrument,quantity,price,commission,slippage,reason", ...rows].join("\n")}\n`;
}

function decisionsFile({ simulation, firstRow }: StrategyEvaluation): string {
  const lines = simulation.decisions.map(({ t, action, reason, findings }) =>
    toJson({ day: toDay(simulation.days[t - firstRow]!), action, reason, findings }),
  );
  return `${lines.join("\n")}\n`;
}
