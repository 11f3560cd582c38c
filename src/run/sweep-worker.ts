import { parentPort, workerData } from "node:worker_threads";
import { packError } from "#core";
import type { Spec } from "./spec.ts";
import { evaluateSet, openSweep, type SweepStart } from "./sweep-task.ts";

const port = parentPort!;
const bench = openSweep(workerData as SweepStart);

port.on("message", (specs: readonly Spec[]) => {
  void (async () => {
    try {
      const opened = await bench;
      const results = [];
      for (const spec of specs) results.push(await evaluateSet(opened, spec));
      port.postMessage({ results });
    } catch (error) {
      port.postMessage({ error: packError(error) });
    }
  })();
});
