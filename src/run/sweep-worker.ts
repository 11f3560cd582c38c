import { parentPort, workerData } from "node:worker_threads";
import { VolterraError } from "#core";
import type { Spec } from "./spec.ts";
import { evaluateSet, openSweep, type SweepStart } from "./sweep-task.ts";

const port = parentPort!;
const bench = openSweep(workerData as SweepStart);

/** Errors of the user keep their code and hint across the thread. */
function described(error: unknown): object {
  const { message, stack } = error as Error;
  if (error instanceof VolterraError) return { message, code: error.code, hint: error.hint };
  return { message: stack ?? message };
}

port.on("message", (specs: readonly Spec[]) => {
  void (async () => {
    try {
      const opened = await bench;
      const results = [];
      for (const spec of specs) results.push(await evaluateSet(opened, spec));
      port.postMessage({ results });
    } catch (error) {
      port.postMessage({ error: described(error) });
    }
  })();
});
