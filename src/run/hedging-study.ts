import type { Worker } from "node:worker_threads";
import { stringify } from "yaml";
import { contentHash, type Emit, key, type PackedError, startThread, unpackError } from "#core";
import {
  type HedgeKillTest,
  type JudgedClaim,
  type Objective,
  type Samples,
  compareMany,
  judgeClaims,
} from "#hedge";
import type { Market } from "#market";
import { type Catalog, openCatalog } from "./catalog.ts";
import { codeVersion } from "./code-version.ts";
import { openData } from "./data.ts";
import { isDone, readRunFile, type RunFolder, runFolder, writeRun } from "./folder.ts";
import { isReal, nameOf, rawNames, type RealSeries, realSeries } from "./hedging-arm.ts";
import { checkHedging } from "./hedging-check.ts";
import { definitionsOf } from "./hedging-definitions.ts";
import { armsOf, type HedgingSpec, resolveHedging } from "./hedging-spec.ts";
import {
  type HedgingJob,
  type HedgingTrial,
  jobsOf,
  readPaths,
  readTrial,
  type TrialResult,
} from "./hedging-trial.ts";
import {
  chosenLambdas,
  listSelection,
  type SelectionPoint,
  selectionPoints,
} from "./hedging-selection.ts";
import type { HedgingStart } from "./hedging-worker.ts";
import { toJson } from "./json.ts";
import { type Ledger, openLedger } from "./ledger.ts";
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

/** CVaR-95 of a method on a set with its interval. */
export interface MethodInterval {
  readonly arm: string;
  readonly set: string;
  readonly method: string;
  readonly cvar: Range;
  readonly onErm: Range | null;
  readonly onDelta: Range | null;
}
export interface Range {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
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

const PROBABILITIES = [
  0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8,
  0.9, 0.95, 0.99,
];

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

/** What trials are run with. */
interface HedgingGround extends Pick<HedgingRequest, "root" | "catalog" | "threads" | "emit"> {
  readonly series: RealSeries | null;
}

/**
 * How many of the open trials can keep a thread busy at a time: methods wait for their pre-training, and rules are quick. A
 * thread that would wait helps another's training instead.
 */
function widest(open: readonly HedgingJob[]): number {
  const count = (kind: HedgingTrial["kind"]) =>
    open.filter(({ trial }) => trial.kind === kind).length;
  return Math.max(count("pretrain"), count("method")) || open.length;
}

/** Versions of the code behind some results. */
function codesOf(results: readonly TrialResult[]): string[] {
  const all = results.flatMap(({ code, trainedBy }) => [code, trainedBy ?? code]);
  return [...new Set(all)].toSorted();
}

/**
 * Runs what is not finished on worker threads, pre-trainings first. A finished trial has its file; intents are in the
 * ledger before, results after, so that a killed study goes on where it stopped.
 */
export async function runJobs(
  jobs: readonly HedgingJob[],
  { root, catalog, threads, emit, series }: HedgingGround,
  spec: HedgingSpec,
  ledger: Ledger,
): Promise<void> {
  const entries = ledger.entries();
  const seen = new Set(entries.flatMap((e) => (e.kind === "intent" ? [e.trial] : [])));
  const told = new Set(entries.flatMap((e) => (e.kind === "result" ? [e.trial] : [])));
  const unique = [...new Map(jobs.map((job) => [job.id, job])).values()];
  await ledger.append(
    unique
      .filter(({ id }) => !seen.has(id))
      .map(({ id, trial }) => ({
        kind: "intent" as const,
        study: spec.study,
        trial: id,
        label: `${trial.arm} ${trial.method} λ=${trial.lambda} seed=${trial.seed}${trial.heldOut ? ` without ${trial.heldOut}` : ""}`,
      })),
  );
  const record = ({ id, sets }: TrialResult) => {
    const metrics = Object.fromEntries(
      Object.entries(sets).map(([name, m]) => [`${name}.cvar`, m.cvar]),
    );
    return { kind: "result" as const, study: spec.study, trial: id, metrics };
  };
  const [finished, open] = [[] as TrialResult[], [] as HedgingJob[]];
  for (const job of unique) {
    const found = readTrial(root, job.id);
    if (found) finished.push(found);
    else open.push(job);
  }
  await ledger.append(finished.filter(({ id }) => !told.has(id)).map(record));
  let done = finished.length;
  const warned = new Set<string>();
  const team = Math.max(1, Math.min(threads, widest(open)));
  const start: HedgingStart = {
    spec,
    root,
    catalog,
    series,
    threads: Math.max(1, Math.floor(threads / team)),
  };
  if (open.length === 0) return;
  const workers = Array.from({ length: team }, () =>
    startThread(import.meta.url, "./hedging-worker", { workerData: start }),
  );
  try {
    const queue = readyQueue(open);
    await Promise.all(
      workers.map(async (worker) => {
        for (let job = await queue.next(); job; job = await queue.next(job)) {
          const { arm, method, seed } = job.trial;
          emit({ kind: "stage", name: "trial", detail: `${arm} ${method} seed ${seed}` });
          await ask(worker, job);
          queue.finish(job);
          const found = readTrial(root, job.id)!;
          await ledger.append([record(found)]);
          for (const warning of found.warnings.filter((text) => !warned.has(text))) {
            warned.add(warning);
            const message = `${arm} ${method} seed ${seed}: ${warning}`;
            emit({ kind: "warning", code: "TRIAL", message });
          }
          emit({ kind: "progress", name: "trials", done: ++done, total: unique.length });
        }
      }),
    );
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

/** What a worker has open for a trial: its arm, of its seed, without what is left out. */
const placeOf = ({ trial: { arm, seed, heldOut = "" } }: HedgingJob) => `${arm} ${seed} ${heldOut}`;

/**
 * Jobs in order, each once its pre-training is finished. A worker stays with the arm it has open, else takes one that no
 * other has begun, else helps.
 */
function readyQueue(jobs: readonly HedgingJob[]) {
  const waiting = [...jobs];
  const training = new Set(
    jobs.filter(({ trial }) => trial.kind === "pretrain").map(({ checkpoint }) => checkpoint),
  );
  const begun = new Set<string>();
  let wake: (() => void)[] = [];
  const isReady = ({ trial, pretrained }: HedgingJob) =>
    trial.kind !== "method" || !training.has(pretrained);
  return {
    async next(last?: HedgingJob): Promise<HedgingJob | undefined> {
      while (waiting.length > 0) {
        const place = last && placeOf(last);
        const job =
          waiting.find((other) => placeOf(other) === place && isReady(other)) ??
          waiting.find((other) => !begun.has(placeOf(other)) && isReady(other)) ??
          waiting.find(isReady);
        if (job) {
          waiting.splice(waiting.indexOf(job), 1);
          begun.add(placeOf(job));
          return job;
        }
        await new Promise<void>((resolve) => wake.push(resolve));
      }
      return undefined;
    },
    finish({ checkpoint, trial }: HedgingJob): void {
      if (trial.kind !== "pretrain") return;
      training.delete(checkpoint);
      for (const go of wake) go();
      wake = [];
    },
  };
}

type Answer = {
  done?: string;
  progress?: object;
  error?: PackedError;
};

/** One trial on one thread; rejects with the error that the thread met. */
function ask(worker: Worker, job: HedgingJob): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = ({ done, error }: Answer): void => {
      if (!done && !error) return;
      worker.off("message", settle);
      worker.off("error", reject);
      if (error) reject(unpackError(error));
      else resolve();
    };
    worker.on("message", settle);
    worker.on("error", reject);
    worker.postMessage(job);
  });
}

/**
 * Numbers a path by method, set and seed, read when asked for: those of one arm at a time stay in memory, since thirty
 * seeds of all arms would not fit.
 */
function openSamples(root: string, results: readonly TrialResult[]): Samples {
  let open = "";
  let kept = new Map<string, Record<string, Float32Array>[]>();
  return (what, arm, method, set) => {
    if (open !== arm) {
      kept = new Map();
      open = arm;
    }
    if (!kept.has(method)) {
      const own = results.filter(
        ({ trial }) => trial.arm === arm && trial.method === method && trial.kind !== "pretrain",
      );
      kept.set(
        method,
        own.map(({ id }) => readPaths(root, id)),
      );
    }
    const found = kept.get(method)!.map((paths) => paths[`${what}.${set}`]);
    if (found.length === 0 || found.some((x) => x === undefined)) return null;
    return found.map((values) => Float64Array.from(values!));
  };
}

/** Methods of an arm that have results, in their order. */
function methodsIn(results: readonly TrialResult[], arm: string): string[] {
  const own = results.filter(({ trial }) => trial.arm === arm && trial.kind !== "pretrain");
  return [...new Set(own.map(({ trial }) => trial.method))];
}

/** Quantiles of the P&L of every method on every set, all seeds together. */
function quantilesBySet(results: readonly TrialResult[], samples: Samples) {
  const out: Record<string, Record<string, number[]>> = {};
  for (const arm of new Set(results.map(({ trial }) => trial.arm))) {
    const { sets } = results.find(({ trial }) => trial.arm === arm)!;
    for (const method of methodsIn(results, arm)) {
      for (const set of Object.keys(sets)) {
        const seeds = samples("pnl", arm, method, set);
        if (!seeds) continue;
        const pooled = joined(seeds).toSorted();
        (out[`${arm} ${set}`] ??= {})[method] = PROBABILITIES.map(
          (p) => pooled[Math.min(pooled.length - 1, Math.floor(p * pooled.length))]!,
        );
      }
    }
  }
  return out;
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const out = new Float64Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/**
 * Intervals of every method on the pooled training environments, on validation, tests and tests at stressed costs; not of
 * raw windows, whose few overlapping paths would count one episode often.
 */
function intervalsOf(
  spec: HedgingSpec,
  results: readonly TrialResult[],
  samples: Samples,
): MethodInterval[] {
  return [...new Set(results.map(({ trial }) => trial.arm))].flatMap((arm) => {
    const { validation, tests, probed } = spec.arms[arm]!;
    const raw = rawNames(tests);
    const sets = [
      "training",
      ...[...validation, ...tests].map(nameOf).filter((name) => !raw.includes(name)),
      ...probed.map((p) => `${p}-costs`),
    ];
    return sets.flatMap((set): MethodInterval[] => {
      const own = methodsIn(results, arm).flatMap((method) => {
        const sample = samples("pnl", arm, method, set);
        return sample ? [{ method, sample }] : [];
      });
      if (own.length === 0) return [];
      const placeOfMethod = (name: string) => own.findIndex(({ method }) => method === name);
      const against = (m: number, rival: string) => {
        const r = placeOfMethod(rival);
        return (tails: readonly number[]) => (r < 0 || r === m ? NaN : 1 - tails[m]! / tails[r]!);
      };
      const statistics = own.flatMap((_, m) => [
        (tails: readonly number[]) => tails[m]!,
        against(m, "erm"),
        against(m, "delta"),
      ]);
      const options = { key: key(0).fold("intervals", arm, set), alpha: 0.025, resamples: 400 };
      const found = compareMany(
        own.map(({ sample }) => sample),
        statistics,
        options,
      );
      return own.map(({ method }, m): MethodInterval => {
        const [cvar, onErm, onDelta] = found.slice(3 * m, 3 * m + 3).map(rangeOf);
        return { arm, set, method, cvar: cvar!, onErm: orNull(onErm!), onDelta: orNull(onDelta!) };
      });
    });
  });
}

function orNull(range: Range): Range | null {
  return Number.isNaN(range.estimate) ? null : range;
}

function rangeOf({ estimate, low, high }: Range): Range {
  return { estimate, low, high };
}
