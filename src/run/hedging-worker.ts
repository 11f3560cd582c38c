import { parentPort, workerData } from "node:worker_threads";
import { packError } from "#core";
import { openCatalog } from "./catalog.ts";
import { codeVersion } from "./code-version.ts";
import { openArm, type OpenArm, type RealSeries } from "./hedging-arm.ts";
import type { HedgingSpec } from "./hedging-spec.ts";
import { type HedgingJob, type HedgingTrial, runTrial } from "./hedging-trial.ts";

/** What a thread of a hedging study is started with. */
export interface HedgingStart {
  readonly spec: HedgingSpec;
  readonly root: string;
  readonly catalog: readonly string[];
  /** Where an arm is real: a thread that opened a database of its own could not be ended while it reads. */
  readonly series: RealSeries | null;
  readonly threads: number;
}

const port = parentPort!;
const { spec, root, catalog: folders, series, threads } = workerData as HedgingStart;
const catalog = openCatalog(folders);
const code = codeVersion();
let held: { name: string; open: OpenArm } | undefined;

/** The arm of a trial; the last one stays open for the next. */
async function armOf({ arm, seed, heldOut }: HedgingTrial): Promise<OpenArm> {
  const name = `${arm} ${seed} ${heldOut ?? ""}`;
  if (held?.name === name) return held.open;
  await held?.open.close();
  held = undefined;
  held = { name, open: await openArm({ spec, arm, seed, heldOut, catalog, series, threads }) };
  return held.open;
}

port.on("message", (job: HedgingJob) => {
  void (async () => {
    try {
      const open = await armOf(job.trial);
      const progress = (done: number, total: number) =>
        port.postMessage({ progress: { done, total } });
      await runTrial({ ...job, spec, code, root, open, catalog, progress });
      port.postMessage({ done: job.id });
    } catch (error) {
      port.postMessage({ error: packError(error) });
    }
  })();
});
