import type { Worker } from "node:worker_threads";
import {
  contentHash,
  type Emit,
  type PackedError,
  silent,
  startThread,
  unpackError,
  VolterraError,
} from "#core";
import { countTrials, type Origin } from "#evidence";
import { openCatalog } from "./catalog.ts";
import { codeVersion } from "./code-version.ts";
import { openSpecified } from "./data.ts";
import { keepSealed, sealRecords } from "./holdout.ts";
import { openLedger } from "./ledger.ts";
import { resolveSpec, type Spec } from "./spec.ts";
import type { Study } from "./study.ts";
import type { SweepResult, SweepStart, SweepTask } from "./sweep-task.ts";
import {
  fillSpec,
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

/** A finished sweep, in the order of the grid: every point by the same data and code. */
export interface SweepOutcome extends Origin {
  readonly study: string;
  readonly preset: string;
  readonly grid: Grid;
  readonly points: readonly SweepPoint[];
  /** Distinct trials that this call evaluated; of the others the ledger held a result by the same data and code. */
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
 * Evaluates every point of a grid on worker threads. No intent is written before every point has been checked: what
 * cannot be evaluated is no trial. Results are in the ledger after each chunk, so a sweep that is killed goes on where it
 * stopped and no finished trial is repeated or counted twice. A result by other data or other code is none of this sweep:
 * its trial is evaluated again, which counts it no second time.
 */
export async function sweep(request: SweepRequest): Promise<SweepOutcome> {
  const { grid, root, emit, catalog } = request;
  const points = await resolvePoints(request);
  const first = points[0]!.spec;
  const ledger = openLedger(root, ledgerFamily(first));
  const trials = points.map(({ trial }) => trial);
  const { id: snapshot } = await openSpecified(first.data, root, openCatalog(catalog), silent);
  const origin: Origin = { snapshot, code: codeVersion(catalog) };
  const finished = finishedTrials(ledger, origin);
  const open = new Map(points.map((point) => [point.trial.id, point]));
  const todo = [...open.values()].filter(({ trial }) => !finished.has(trial.id));
  if (todo.length > 0) {
    const specs = points.map(({ spec }) => spec);
    await ledger.append(sealRecords(ledger, specs));
    const to = keepSealed(specs, ledger);
    // Threads open the snapshot that was found here, whatever is imported meanwhile.
    const data = first.data.source === "lake" ? { ...first.data, snapshot } : first.data;
    const start: SweepStart = { root, catalog, data, ...(to && { to }) };
    const team = Array.from(
      { length: Math.min(request.threads, Math.ceil(todo.length / CHUNK)) },
      () => startThread(import.meta.url, "./sweep-worker", { workerData: start }),
    );
    try {
      await check(todo, team);
      await ledger.append(newIntents(ledger, distinct(trials)));
      let done = 0;
      await evaluate(todo, team, async (results) => {
        const records = results.map(({ trial, metrics, months }) =>
          resultOf(trial, metrics, months, origin),
        );
        await ledger.append(records);
        for (const { trial, metrics } of records) finished.set(trial, metrics);
        emit({
          kind: "progress",
          name: "sweep",
          done: (done += results.length),
          total: todo.length,
        });
      });
    } finally {
      await Promise.all(team.map((worker) => worker.terminate()));
    }
  }
  return {
    study: first.study,
    preset: first.preset,
    ...origin,
    grid,
    points: points.map(({ values, trial }) => ({
      values,
      trial: trial.id,
      metrics: finished.get(trial.id)!,
    })),
    evaluated: todo.length,
    recorded: countTrials(ledger.entries()).recorded,
  };
}

/** The points of a grid with their specs. Throws `VolterraError("USAGE")` for a grid that is not one of trials. */
async function resolvePoints({
  study,
  grid,
  catalog,
}: SweepRequest): Promise<(Todo & Pick<SweepPoint, "values">)[]> {
  if (study.kind !== "strategy") {
    throw new VolterraError(
      "USAGE",
      `${study.file} is a study of kind "${study.kind}"`,
      "sweep takes studies of one strategy; run STUDY key=value runs this one otherwise.",
    );
  }
  for (const [key, values] of Object.entries(grid)) {
    if (values.length > 0 && values.every((value) => typeof value !== "object")) continue;
    throw new VolterraError("USAGE", `${key} is no list of numbers or texts`);
  }
  // Names and types need no data; threads check the rest on them.
  const entries = openCatalog(catalog);
  const points: (Todo & Pick<SweepPoint, "values">)[] = [];
  for (const values of expandGrid(grid)) {
    const overrides = Object.entries(values).map(([k, v]) => `${k}=${v}`);
    const spec = await fillSpec(entries, resolveSpec(study.with(overrides)));
    points.push({ values, spec, trial: trialOf(spec, label(values)) });
  }
  const data = new Set(points.map(({ spec }) => contentHash([spec.study, spec.data])));
  if (data.size > 1) {
    throw new VolterraError(
      "USAGE",
      "the points of a sweep are of one study on the same data",
      "Give one value for each key of data, and sweep again for another.",
    );
  }
  for (const [key, values] of Object.entries(grid)) {
    // Equal trials for different values: the key is none that an evaluation depends on.
    const [base, ...others] = values.map((value) =>
      points.filter((point) => point.values[key] === value).map(({ trial }) => trial.id),
    );
    if (others.length > 0 && others.every((ids) => ids.every((id, i) => id === base![i]))) {
      throw new VolterraError(
        "USAGE",
        `${key} changes nothing that is evaluated`,
        "Trials differ in strategy, execution, account and window.",
      );
    }
  }
  return points;
}

/** Names a sweep: equal study, preset, grid, data and code give equal names. */
export function sweepName({ study, preset, grid, points, snapshot, code }: SweepOutcome): string {
  const trials = points.map(({ trial }) => trial);
  const identity = contentHash({ grid, trials, snapshot, code });
  return `${study}-${preset}-sweep-${identity.slice(0, 10)}`;
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

/** Rejects with the first fault of a point that cannot be evaluated. */
async function check(todo: readonly Todo[], team: readonly Worker[]): Promise<void> {
  const share = Math.ceil(todo.length / team.length);
  await Promise.all(
    team.map((worker, i) => {
      const specs = todo.slice(i * share, (i + 1) * share).map(({ spec }) => spec);
      return ask(worker, { check: true, specs });
    }),
  );
}

/** Hands chunks to threads until none is left; what comes back is recorded by this thread alone. */
async function evaluate(
  todo: readonly Todo[],
  team: readonly Worker[],
  record: (results: readonly (SweepResult & Pick<Todo, "trial">)[]) => Promise<void>,
): Promise<void> {
  let next = 0;
  const work = async (worker: Worker): Promise<void> => {
    while (next < todo.length) {
      const chunk = todo.slice(next, next + CHUNK);
      next += chunk.length;
      const results = await ask(worker, { check: false, specs: chunk.map(({ spec }) => spec) });
      await record(results.map((result, i) => ({ ...result, trial: chunk[i]!.trial })));
    }
  };
  await Promise.all(team.map(work));
}

/** One question to a thread; rejects with the error that the thread met. */
function ask(worker: Worker, task: SweepTask): Promise<readonly SweepResult[]> {
  return new Promise((resolve, reject) => {
    const settle = (answer: { results?: SweepResult[]; error?: PackedError }) => {
      worker.off("error", reject);
      if (answer.results) resolve(answer.results);
      else reject(unpackError(answer.error!));
    };
    worker.once("message", settle);
    worker.once("error", reject);
    worker.postMessage(task);
  });
}
