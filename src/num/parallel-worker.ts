import { workerData } from "node:worker_threads";
import { type PackedError, packError } from "#core";
import { joinEngine } from "./kernels/engine.ts";
import type { Setup } from "./parallel.ts";
import { ARGS_AT, CONTROL, type WorkerStart } from "./parallel-threads.ts";

/** Spins between two jobs before a worker sleeps; a training step is a few jobs in a row. */
const SPINS = 20_000;

const { memory, module, control, thread, setup, data, errors } = workerData as WorkerStart;
const words = new Int32Array(control);
const numbers = new Float64Array(control, ARGS_AT);

process.on("exit", () => {
  Atomics.add(words, CONTROL.ended, 1);
  Atomics.notify(words, CONTROL.done);
});

const { setup: make } = (await import(setup)) as { readonly setup: Setup };
const tasks = Object.values(make({ engine: joinEngine(module, memory), thread, data }));
Atomics.add(words, CONTROL.ready, 1);
say("ready");

for (let job = 1; ; job++) {
  waitForJob(job);
  if (Atomics.load(words, CONTROL.closing)) break;
  work();
  Atomics.add(words, CONTROL.done, 1);
  Atomics.notify(words, CONTROL.done);
}

function say(message: PackedError | "ready"): void {
  errors.postMessage(message, []);
}

function waitForJob(job: number): void {
  for (let spins = 0; spins < SPINS; spins++) {
    if (Atomics.load(words, CONTROL.job) >= job) return;
  }
  while (Atomics.load(words, CONTROL.job) < job) Atomics.wait(words, CONTROL.job, job - 1);
}

function work(): void {
  const task = tasks[words[CONTROL.task]!]!;
  const shards = words[CONTROL.shards]!;
  try {
    for (;;) {
      const shard = Atomics.add(words, CONTROL.next, 1);
      if (shard >= shards) return;
      task(shard, numbers);
    }
  } catch (error) {
    say(packError(error));
    Atomics.add(words, CONTROL.failed, 1);
  }
}
