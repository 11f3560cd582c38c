import { stringify } from "yaml";
import { contentHash, type Emit, key } from "#core";
import { type HedgeKillTest, type JudgedClaim, type Objective, judgeClaims } from "#hedge";
import type { Market } from "#market";
import { type Catalog, openCatalog } from "./catalog.ts";
import { codeVersion } from "./code-version.ts";
import { openData } from "./data.ts";
import { isDone, readRunFile, type RunFolder, runFolder, writeRun } from "./folder.ts";
import { isReal, rawNames, realSeries } from "./hedging-arm.ts";
import { checkHedging } from "./hedging-check.ts";
import { definitionsOf } from "./hedging-definitions.ts";
import { runJobs } from "./hedging-jobs.ts";
import {
  intervalsOf,
  type MethodInterval,
  openSamples,
  PROBABILITIES,
  quantilesBySet,
} from "./hedging-measures.ts";
import { armsOf, type HedgingSpec, resolveHedging } from "./hedging-spec.ts";
import { type HedgingTrial, jobsOf, readTrial, type TrialResult } from "./hedging-trial.ts";
import {
  chosenLambdas,
  listSelection,
  type SelectionPoint,
  selectionPoints,
} from "./hedging-selection.ts";
import { toJson } from "./json.ts";
import { openLedger } from "./ledger.ts";
import type { Study } from "./study.ts";

/** What a hedging study found: `result.json` of its run. */
export interface HedgingResult {
  readonly study: string;
  readonly preset: string;
  readonly title: string;
  readonly notes: readonly string[];
  readonly seeds: readonly number[];
  readonly methods: readonly string[];
  readonly baselines: readonly string[];
  readonly lambda: Readonly<Record<string, number>>;
  readonly arms: readonly string[];
  /** True where the contract knows what it could not: the trailing volatility peeks, or positions earn late. */
  readonly lookAhead: boolean;
  /** Tests that are a few overlapping windows of one episode: points, without a tail of their own. */
  readonly raw: readonly string[];
  readonly killTest: string;
  readonly verdicts: readonly JudgedClaim[];
  readonly trials: readonly TrialResult[];
  /** Two-sided 95 % intervals by arm, set and method; improvements in CVaR-95 on ERM and on delta, paired. */
  readonly intervals: readonly MethodInterval[];
  /** The λ grid where it was run, on the selection seeds, and how λ was chosen. */
  readonly select: HedgingSpec["select"];
  readonly selection: readonly SelectionPoint[];
  readonly probabilities: readonly number[];
  /** Quantiles of P&L by arm, set and method, all seeds pooled, at `probabilities`. */
  readonly quantiles: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>;
  readonly snapshot: string;
  readonly code: string;
  /** Versions of the code that trained or evaluated the trials. */
  readonly codes: readonly string[];
  readonly run: string;
}

/** What running a hedging study needs. */
export interface HedgingRequest {
  readonly study: Study;
  readonly root: string;
  readonly catalog: readonly string[];
  readonly threads: number;
  readonly emit: Emit;
  readonly render: (result: HedgingResult) => Readonly<Record<string, string | Uint8Array>>;
}

/** All trials of a study: per seed and arm the baselines, one pre-training, and each method from there. */
export async function listTrials(spec: HedgingSpec, catalog: Catalog): Promise<HedgingTrial[]> {
  const arms = armsOf(spec);
  const objectives = new Map<string, Objective>();
  for (const name of new Set([
    ...spec.methods,
    ...arms.flatMap((a) => spec.arms[a]!.methods ?? []),
  ])) {
    objectives.set(name, await catalog.load<Objective>("objectives", name));
  }
  return spec.seeds.flatMap((seed) =>
    arms.flatMap((arm): HedgingTrial[] => [
      ...spec.baselines.map((method) => ({
        arm,
        method,
        kind: "baseline" as const,
        lambda: 0,
        seed,
      })),
      { arm, method: "pretrain", kind: "pretrain", lambda: 0, seed },
      ...(spec.arms[arm]!.methods ?? spec.methods).map((method) => ({
        arm,
        method,
        kind: "method" as const,
        lambda: objectives.get(method)!.penalised ? (spec.lambda[method] ?? 1) : 0,
        seed,
      })),
    ]),
  );
}

/** Runs a hedging study into its folder, or reads the folder where that has been done. */
export async function executeHedging(
  request: HedgingRequest,
): Promise<{ folder: RunFolder; result: HedgingResult; fresh: boolean }> {
  const { study, root, emit } = request;
  const asked = resolveHedging(study);
  const catalog = openCatalog(request.catalog);
  const listed = await listTrials(asked, catalog);
  const claims = await catalog.load<HedgeKillTest>("claims", asked.claims);
  const ledger = openLedger(root, asked.study);
  const known = ledger.entries().some((e) => e.kind === "contract" && e.contract === claims.hash);
  if (!known)
    await ledger.append([{ kind: "contract", study: asked.study, contract: claims.hash }]);
  const real = listed.some(({ arm }) => isReal(asked.arms[arm]!));
  let opened: Promise<Market> | undefined;
  const market = () => (opened ??= openData(asked.data, root, catalog, { emit }));
  const remarks = await checkHedging(asked, catalog, market);
  const snapshot = real ? (await market()).snapshot : "";
  const series = real ? realSeries(await market()) : null;
  const definitions = await definitionsOf(asked, catalog);
  const code = codeVersion();
  const identity = { spec: asked, snapshot, code, claims: claims.hash, definitions };
  const name = `${asked.study}-${asked.preset}-${contentHash(identity).slice(0, 10)}`;
  const folder = runFolder(root, name);
  if (isDone(folder)) {
    const result = JSON.parse(readRunFile(folder, "result.json")) as HedgingResult;
    return { folder, result, fresh: false };
  }
  for (const message of remarks) emit({ kind: "warning", code: "TRAINING", message });
  const ground = { ...request, series };
  const tried = await listSelection(asked, listed[0]!.arm, catalog);
  const grid = jobsOf(asked, tried, snapshot, definitions);
  if (asked.select !== "given") await runJobs(grid, ground, asked, ledger);
  const selection = selectionPoints(root, asked, grid);
  const spec =
    asked.select === "given"
      ? asked
      : { ...asked, lambda: chosenLambdas(asked, selection, asked.select) };
  const trials = await listTrials(spec, catalog);
  const jobs = jobsOf(spec, trials, snapshot, definitions);
  await runJobs(jobs, ground, spec, ledger);
  emit({ kind: "stage", name: "judge", detail: claims.name });
  // Arms that come to the same share their trials.
  const results = jobs.map(({ id, trial }) => ({ ...readTrial(root, id)!, trial }));
  const codes = codesOf(results);
  if (codes.length > 1) {
    remarks.push(`Trials of ${codes.length} versions of the code: ${codes.join(", ")}.`);
  }
  const samples = openSamples(root, results);
  const quantiles = quantilesBySet(results, samples);
  const intervals = intervalsOf(spec, results, samples);
  const verdicts = judgeClaims(claims, samples, key(0).fold("claims"));
  const result: HedgingResult = {
    study: spec.study,
    preset: spec.preset,
    title: spec.title,
    notes: [...spec.notes, ...remarks],
    seeds: spec.seeds,
    methods: spec.methods,
    baselines: spec.baselines,
    lambda: spec.lambda,
    arms: [...new Set(trials.map(({ arm }) => arm))],
    lookAhead: spec.contract.peek || spec.contract.lag,
    raw: [...new Set(armsOf(spec).flatMap((arm) => rawNames(spec.arms[arm]!.tests)))],
    killTest: claims.hash,
    verdicts,
    trials: results,
    intervals,
    select: asked.select,
    selection,
    probabilities: PROBABILITIES,
    quantiles,
    snapshot,
    code,
    codes,
    run: name,
  };
  const { preset, ...keys } = spec;
  await writeRun(folder, {
    "spec.yaml": stringify({ kind: "hedging", ...keys, preset, presets: { [preset]: {} } }),
    "manifest.json": toJson(
      { code, codes, snapshot, spec: contentHash(spec), claims: claims.hash, definitions },
      1,
    ),
    "seed_list.txt": `${spec.seeds.join("\n")}\n`,
    "result.json": toJson(result, 1),
    "probes.jsonl": results
      .flatMap((r) => r.probes.map((p) => `${toJson({ ...r.trial, ...p })}\n`))
      .join(""),
    ...request.render(result),
  });
  return { folder, result, fresh: true };
}

/** Versions of the code behind some results. */
function codesOf(results: readonly TrialResult[]): string[] {
  const all = results.flatMap(({ code, trainedBy }) => [code, trainedBy ?? code]);
  return [...new Set(all)].toSorted();
}
