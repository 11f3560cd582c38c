import { parentPort, workerData } from "node:worker_threads";
import { packError, silent } from "#core";
import { openCatalog } from "./catalog.ts";
import { openData } from "./data.ts";
import { openArm, type OpenArm } from "./hedging-arm.ts";
import type { HedgingSpec } from "./hedging-spec.ts";
import { type HedgingTrial, runTrial } from "./hedging-trial.ts";

/** What a thread of a hedging study is started with. */
export interface HedgingStart {
  readonly spec: HedgingSpec;
  readonly root: string;
  readonly catalog: readonly string[];
  readonly threads: number;
}

/** One trial to run, with the identities of its weights and of those it starts from. */
export interface HedgingJob {
  readonly trial: HedgingTrial;
  readonly id: string;
  readonly checkpoint: string;
  readonly pretrained: string;
}

const port = parentPort!;
const { spec, root, catalog: folders, threads } = workerData as HedgingStart;
const catalog = openCatalog(folders);
let held: { name: string; open: OpenArm } | undefined;

/** The arm of a trial; the last one stays open for the next. */
async function armOf({ arm, seed, heldOut }: HedgingTrial): Promise<OpenArm> {
  const name = `${arm} ${seed} ${heldOut ?? ""}`;
  if (held?.name === name) return held.open;
  await held?.open.close();
  held = undefined;
  const market = () => openData(spec.data, root, catalog, { emit: silent });
  held = { name, open: await openArm({ spec, arm, seed, heldOut, catalog, market, threads }) };
  return held.open;
}

port.on("message", ({ trial, ...ids }: HedgingJob) => {
  void (async () => {
    try {
      const open = await armOf(trial);
      const progress = (done: number, total: number) =>
        port.postMessage({ progress: { done, total } });
      await runTrial({ spec, trial, ...ids, root, open, catalog, progress });
      port.postMessage({ done: ids.id });
    } catch (error) {
      port.postMessage({ error: packError(error) });
    }
  })();
});
