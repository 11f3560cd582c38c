import { parentPort, workerData } from "node:worker_threads";
import { packError } from "#core";
import { answer, openSweep, type SweepStart, type SweepTask } from "./sweep-task.ts";

const port = parentPort!;
const bench = openSweep(workerData as SweepStart);

port.on("message", (task: SweepTask) => {
  void (async () => {
    try {
      port.postMessage({ results: await answer(await bench, task) });
    } catch (error) {
      port.postMessage({ error: packError(error) });
    }
  })();
});
