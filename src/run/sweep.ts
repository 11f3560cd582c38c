import type { Worker } from "node:worker_threads";
import { contentHash, type Emit, type PackedError, startThread, unpackError } from "#core";
import { type Ledger, openLedger } from "./ledger.ts";
import { resolveSpec, type Spec } from "./spec.ts";
import type { Study } from "./study.ts";
import type { SweepResult, SweepStart } from "./sweep-task.ts";
import {
  finishedTrials,
  ledgerFamily,
  newIntents,
  resultOf,
  type Trial,
  trialOf,
} from "./trials.ts";

/** Parameter sets that a thread evaluates before it reports; what a kill can lose. */
const CHUNK = 25;

/** Values by dotted key: `{ "strategy.params.volTarget": [0.08, 0.1] }`. */
export type Grid = Readonly<Record<string, readonly (string | number | boolean)[]>>;

/** One point of a grid. */
export interface SweepPoint {
  readonly values: Readonly<Record<string, string | number | boolean>>;
  readonly trial: string;
  readonly metrics: Readonly<Record<string, number | null>>;
}

/** A finished sweep, in the order of the grid. */
export interface SweepOutcome {
  readonly study: string;
  readonly preset: string;
  readonly grid: Grid;
  readonly points: readonly SweepPoint[];
  /** Distinct trials that this call evaluated; the others were in the ledger. */
  readonly evaluated: number;
  readonly recorded: number;
}

/** What a sweep needs. */
export interface SweepRequest {
  readonly study: Study;
  readonly grid: Grid;
  readonly root: string;
  readonly catalog: readonly string[];
  readonly threads: number;
  readonly emit: Emit;
}

/** Every combination of a grid's values, the last key running fastest. */
export function expandGrid(grid: Grid): SweepPoint["values"][] {
  return Object.entries(grid).reduce<SweepPoint["values"][]>(
    (points, [key, values]) =>
      points.flatMap((point) => values.map((value) => ({ ...point, [key]: value }))),
    [{}],
  );
}

/**
 * Evaluates every point of a grid on worker threads. Intents are in the ledger before, results after each chunk, so a
 * sweep that is killed goes on where it stopped and no finished trial is repeated or counted twice.
 */
export async function sweep(request: SweepRequest): Promise<SweepOutcome> {
  const { grid, root, emit } = request;
  const points = expandGrid(grid).map((values) => {
    const spec = resolveSpec(
      request.study.with(Object.entries(values).map(([k, v]) => `${k}=${v}`)),
    );
    return { values, spec, trial: trialOf(spec, label(values)) };
  });
  const first = points[0]!.spec;
  const ledger = openLedger(root, ledgerFamily(first));
  await ledger.append(newIntents(ledger, distinct(points.map(({ trial }) => trial))));

  const finished = finishedTrials(ledger);
  const open = new Map(points.map((point) => [point.trial.id, point]));
  const todo = [...open.values()].filter(({ trial }) => !finished.has(trial.id));
  if (todo.length > 0) {
    const start: SweepStart = { root, catalog: request.catalog, data: first.data };
    await evaluate(
      todo,
      start,
      Math.min(request.threads, Math.ceil(todo.length / CHUNK)),
      ledger,
      emit,
    );
  }

  const metrics = new Map<string, SweepPoint["metrics"]>();
  for (const entry of ledger.entries()) {
    if (entry.kind === "result") metrics.set(entry.trial, entry.metrics);
  }
  return {
    study: first.study,
    preset: first.preset,
    grid,
    points: points.map(({ values, trial }) => ({
      values,
      trial: trial.id,
      metrics: metrics.get(trial.id)!,
    })),
    evaluated: todo.length,
    recorded: new Set(ledger.entries().flatMap((e) => ("trial" in e ? [e.trial] : []))).size,
  };
}

/** Names a sweep: equal study, preset, grid and data give equal names. */
export function sweepName({ study, preset, grid, points }: SweepOutcome): string {
  const trials = points.map(({ trial }) => trial);
  return `${study}-${preset}-sweep-${contentHash({ grid, trials }).slice(0, 10)}`;
}

interface Todo {
  readonly spec: Spec;
  readonly trial: Trial;
}

function label(values: SweepPoint["values"]): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}=${value}`)
    .join(" ");
}

function distinct(trials: readonly Trial[]): Trial[] {
  return [...new Map(trials.map((trial) => [trial.id, trial])).values()];
}

/** Hands chunks to threads until none is left; the ledger is written by this thread alone. */
async function evaluate(
  todo: readonly Todo[],
  start: SweepStart,
  threads: number,
  ledger: Ledger,
  emit: Emit,
): Promise<void> {
  let next = 0;
  let done = 0;
  const team = Array.from({ length: threads }, () =>
    startThread(import.meta.url, "./sweep-worker", { workerData: start }),
  );
  const work = async (worker: Worker): Promise<void> => {
    while (next < todo.length) {
      const chunk = todo.slice(next, next + CHUNK);
      next += chunk.length;
      const results = await ask(
        worker,
        chunk.map(({ spec }) => spec),
      );
      await ledger.append(
        results.map(({ metrics, months }, i) => resultOf(chunk[i]!.trial, metrics, months)),
      );
      done += chunk.length;
      emit({ kind: "progress", name: "sweep", done, total: todo.length });
    }
  };
  try {
    await Promise.all(team.map(work));
  } finally {
    await Promise.all(team.map((worker) => worker.terminate()));
  }
}

/** One question to a thread; rejects with the error that the thread met. */
function ask(worker: Worker, specs: readonly Spec[]): Promise<readonly SweepResult[]> {
  return new Promise((resolve, reject) => {
    const settle = (answer: { results?: SweepResult[]; error?: PackedError }) => {
      worker.off("error", reject);
      if (answer.results) resolve(answer.results);
      else reject(unpackError(answer.error!));
    };
    worker.once("message", settle);
    worker.once("error", reject);
    worker.postMessage(specs);
  });
}
