import { packageFile, readStudy } from "#run";
import type { Globals } from "./globals.ts";
import { runStudy } from "./run.ts";

/** `demo`: the first study on the simulated market. */
export async function demo(
  globals: Globals,
  options: { seed: string; json?: boolean },
): Promise<void> {
  const study = readStudy(packageFile("studies/vrp-erp.yaml"), [
    "data.source=simulated",
    `data.seed=${options.seed}`,
  ]);
  await runStudy(globals, study, options);
}
