import { contentHash, VolterraError } from "#core";
import { judgementText, renderJudgement } from "#report";
import { judgeReturns, runFolder, toJson, writeRun } from "#run";
import type { Globals } from "./globals.ts";
import { print } from "./terminal.ts";

/** `judge RETURNS`. */
export async function judgeFile(
  globals: Globals,
  file: string,
  options: { benchmark?: string; trials?: string; contract?: string; json?: boolean },
): Promise<void> {
  const trials = options.trials === undefined ? undefined : Number(options.trials);
  if (trials !== undefined && !(Number.isInteger(trials) && trials >= 0)) {
    throw new VolterraError("USAGE", `--trials is ${options.trials}, not a whole number`);
  }
  const judgement = await judgeReturns({
    file,
    root: globals.var,
    ...(options.benchmark !== undefined && { benchmark: options.benchmark }),
    ...(options.contract !== undefined && { contract: options.contract }),
    ...(trials !== undefined && { trials }),
  });
  const { name, series, metrics, verdict, conventions } = judgement;
  const hash = contentHash({ returns: series.returns, verdict }).slice(0, 10);
  const folder = runFolder(globals.var, `judge-${name}-${hash}`);
  const answer = { name, metrics, verdict, conventions, run: folder.path };
  await writeRun(folder, {
    "judgement.json": toJson(answer, 1),
    "report.html": renderJudgement(judgement),
  });
  print(options.json ? toJson(answer, 1) : judgementText(judgement));
  if (!options.json) print(`\nreport: ${folder.path}/report.html`);
}
