import type { Worker } from "node:worker_threads";
import { type Emit, type PackedError, startThread, unpackError } from "#core";
import type { RealSeries } from "./hedging-arm.ts";
import type { HedgingSpec } from "./hedging-spec.ts";
import {
  type HedgingJob,
  type HedgingTrial,
  readTrial,
  type TrialResult,
} from "./hedging-trial.ts";
import type { HedgingStart } from "./hedging-worker.ts";
import type { Ledger } from "./ledger.ts";
import { newIntents } from "./trials.ts";

/** What trials are run with. */
interface HedgingGround {
  readonly root: string;
  readonly catalog: readonly string[];
  readonly threads: number;
  readonly emit: Emit;
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
  const told = new Set(entries.flatMap((e) => (e.kind === "result" ? [e.trial] : [])));
  const unique = [...new Map(jobs.map((job) => [job.id, job])).values()];
  const trials = unique.map(({ id, trial }) => ({ study: spec.study, id, label: labelOf(trial) }));
  await ledger.append(newIntents(ledger, trials));
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

function labelOf({ arm, method, lambda, seed, heldOut }: HedgingTrial): string {
  return `${arm} ${method} λ=${lambda} seed=${seed}${heldOut ? ` without ${heldOut}` : ""}`;
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
