import { contentHash, VolterraError } from "#core";
import { judgementText, renderJudgement } from "#report";
import { type Judgement, judgeReturns, runFolder, toJson, writeRun } from "#run";
import type { Globals } from "./globals.ts";
import { print } from "./terminal.ts";

/** What `judge` can be told. */
export interface JudgeOptions {
  readonly benchmark?: string;
  readonly trials?: string;
  readonly contract?: string;
  readonly study?: string;
  readonly json?: boolean;
}

/** `judge RETURNS`. */
export async function judgeFile(
  globals: Globals,
  file: string,
  options: JudgeOptions,
): Promise<void> {
  const trials = options.trials === undefined ? undefined : Number(options.trials);
  if (options.trials !== undefined && !/^\d+$/.test(options.trials)) {
    throw new VolterraError(
      "USAGE",
      `--trials is ${options.trials}, not a whole number from 0`,
      "How many others were tried before this one was kept; 0 says none.",
    );
  }
  const judgement = await judgeReturns({
    file,
    root: globals.var,
    ...(options.benchmark !== undefined && { benchmark: options.benchmark }),
    ...(options.contract !== undefined && { contract: options.contract }),
    ...(options.study !== undefined && { study: options.study }),
    ...(trials !== undefined && { trials }),
  });
  const { name, series, verdict } = judgement;
  const hash = contentHash({ returns: series.returns, verdict }).slice(0, 10);
  const folder = runFolder(globals.var, `judge-${name}-${hash}`);
  const { metrics, benchmarkMetrics, intervals, differences, conventions, ledger } = judgement;
  const answer = {
    name,
    metrics,
    benchmarkMetrics,
    intervals,
    differences,
    verdict,
    conventions,
    ledger,
    run: folder.path,
  };
  await writeRun(folder, {
    "judgement.json": toJson(answer, 1),
    "report.html": renderJudgement(judgement),
  });
  print(options.json ? toJson(answer, 1) : judgementText(judgement));
  if (!options.json) print(`\n${familyText(judgement, options.study !== undefined)}`);
  if (!options.json) print(`report: ${folder.path}/report.html`);
}

/** Which trials were counted, so that nobody counts too few without knowing. */
function familyText({ ledger: { family, recorded } }: Judgement, isNamed: boolean): string {
  const others = recorded === 1 ? "no other trial" : `${recorded - 1} other trials`;
  const by = isNamed ? "" : ", named after the file: judge variants under one --study NAME";
  return `ledger: ${family} holds ${others}${by}`;
}
