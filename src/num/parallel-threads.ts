import {
  MessageChannel,
  type MessagePort,
  type Worker,
  receiveMessageOnPort,
} from "node:worker_threads";
import { type PackedError, startThread, unpackError } from "#core";
import { MAX_ARGS, type Pool, type PoolOptions, runnerOf, taskOf } from "./parallel.ts";

/** Places in the control block, 32-bit words; the arguments follow as f64. */
export const CONTROL = {
  /** Number of the current job; a change starts the workers. */
  job: 0,
  ready: 1,
  /** The next shard to take. */
  next: 2,
  /** Workers that are done with the current job. */
  done: 3,
  /** Shards that threw. */
  failed: 4,
  task: 5,
  shards: 6,
  closing: 7,
  /** Workers that have ended. */
  ended: 8,
} as const;
export const ARGS_AT = 64;

/** What a worker is started with. */
export interface WorkerStart {
  readonly memory: WebAssembly.Memory;
  readonly module: WebAssembly.Module;
  readonly control: SharedArrayBuffer;
  readonly thread: number;
  readonly setup: string;
  readonly data: unknown;
  readonly errors: MessagePort;
}

interface Member {
  readonly worker: Worker;
  readonly errors: MessagePort;
}

/** Spins before the calling thread sleeps: about 50 µs, several times what a barrier takes. */
const SPINS = 20_000;
/** Milliseconds without a sign of life from a worker in the middle of a job. */
const PATIENCE = 600_000;

/**
 * Starts `threads` − 1 workers beside the calling thread, which works too. They are started once, sleep between jobs,
 * end with `close`, and do not keep the process alive.
 */
export async function startPool(options: PoolOptions): Promise<Pool> {
  const { engine, threads, setup, module, data } = options;
  if (!(Number.isInteger(threads) && threads >= 2)) {
    throw new RangeError(`threads is a positive integer, not ${threads}`);
  }
  const control = new SharedArrayBuffer(ARGS_AT + 8 * MAX_ARGS);
  const words = new Int32Array(control);
  const numbers = new Float64Array(control, ARGS_AT);
  const team = Array.from({ length: threads - 1 }, (_, i) => {
    const { port1, port2 } = new MessageChannel();
    const start = { memory: engine.arena.memory, module: engine.module, control };
    const more = { thread: i + 1, setup: module, data, errors: port2 };
    return { worker: startWorker({ ...start, ...more }), errors: port1 };
  });
  await allReady(team, words);

  const tasks = setup({ engine, thread: 0, data });
  const names = Object.keys(tasks);
  const runHere = runnerOf(tasks, numbers);
  let closed = false;
  return {
    engine,
    threads,
    run(task, shards, ...args) {
      if (closed) throw new RangeError("the pool is closed");
      if (shards === 1) {
        runHere(task, 1, ...args);
        return;
      }
      const work = taskOf(tasks, task);
      numbers.set(args);
      words[CONTROL.task] = names.indexOf(task);
      words[CONTROL.shards] = shards;
      words[CONTROL.failed] = 0;
      Atomics.store(words, CONTROL.next, 0);
      Atomics.store(words, CONTROL.done, 0);
      Atomics.add(words, CONTROL.job, 1);
      Atomics.notify(words, CONTROL.job);
      let own: unknown;
      try {
        for (;;) {
          const shard = Atomics.add(words, CONTROL.next, 1);
          if (shard >= shards) break;
          work(shard, numbers);
        }
      } catch (error) {
        own = error;
      }
      waitForWorkers(words, threads - 1);
      if (own !== undefined) throw own;
      if (words[CONTROL.failed]! > 0) throw firstFailure(team.map(({ errors }) => errors));
    },
    runHere,
    async close() {
      closed = true;
      Atomics.store(words, CONTROL.closing, 1);
      Atomics.add(words, CONTROL.job, 1);
      Atomics.notify(words, CONTROL.job);
      await Promise.all(team.map(({ worker }) => worker.terminate()));
      for (const { errors } of team) errors.close();
    },
  };
}

function startWorker(start: WorkerStart): Worker {
  return startThread(import.meta.url, "./parallel-worker", {
    workerData: start,
    transferList: [start.errors],
  });
}

/** Resolves when every worker has set its tasks up; rejects with the error of one that could not. */
function allReady(team: readonly Member[], words: Int32Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const isReady = (): void => {
      if (Atomics.load(words, CONTROL.ready) < team.length) return;
      for (const { worker } of team) worker.unref();
      resolve();
    };
    for (const { worker, errors } of team) {
      errors.once("message", isReady);
      worker.on("error", (error) => {
        reject(error);
        for (const other of team) void other.worker.terminate();
      });
    }
  });
}

/** Spins, then sleeps, until every worker is done with the job. */
function waitForWorkers(words: Int32Array, workers: number): void {
  for (let spins = 0; spins < SPINS; spins++) {
    if (Atomics.load(words, CONTROL.done) === workers) return;
  }
  for (;;) {
    const done = Atomics.load(words, CONTROL.done);
    if (done === workers) return;
    if (Atomics.load(words, CONTROL.ended) > 0)
      throw new RangeError("a worker has ended in the middle of a job");
    const woken = Atomics.wait(words, CONTROL.done, done, PATIENCE);
    if (woken === "timed-out") throw new RangeError(`a worker was silent for ${PATIENCE / 1000} s`);
  }
}

/** Takes what every worker said of this job, one error at most of each, and gives the first. */
function firstFailure(ports: readonly MessagePort[]): Error {
  const [first] = ports.flatMap((port) => receiveMessageOnPort(port) ?? []);
  if (!first) return new RangeError("a worker failed without saying why");
  return unpackError(first.message as PackedError);
}
