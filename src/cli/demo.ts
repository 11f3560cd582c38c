import { fileURLToPath } from "node:url";
import { readStudy } from "#run";
import type { Globals } from "./globals.ts";
import { runStudy } from "./run.ts";

/** The study that the demonstration runs. */
const STUDY = fileURLToPath(new URL("../../../studies/vrp-erp.yaml", import.meta.url));

/** `demo`: the first study on the simulated market. */
export async function demo(
  globals: Globals,
  options: { seed: string; json?: boolean },
): Promise<void> {
  const study = readStudy(STUDY, ["data.source=simulated", `data.seed=${options.seed}`]);
  await runStudy(globals, study, options);
}
