import { availableParallelism } from "node:os";
import path from "node:path";
import { writeWhole } from "#core";
import { hedgingText, renderHedging } from "#report";
import { executeHedging, type HedgingResult, readStudy, type Study, toJson } from "#run";
import type { Globals } from "./globals.ts";
import { print, remark, showEvents } from "./terminal.ts";

/** Runs or finds a hedging study, then prints its verdicts and tables. */
export async function runHedging(
  globals: Globals,
  study: Study,
  { json }: { json?: boolean },
): Promise<void> {
  const { result, folder, fresh } = await execute(globals, study);
  if (!fresh) remark(`this run exists already: ${folder.path}`);
  print(json ? toJson({ ...result, run: folder.path }, 1) : hedgingText(result));
  if (!json) print(`\nreport: ${folder.path}/report.html`);
}

async function execute(globals: Globals, study: Study) {
  const { emit, clear } = showEvents();
  const outcome = await executeHedging({
    study,
    root: globals.var,
    catalog: globals.catalog ?? [],
    threads: availableParallelism(),
    emit,
    render: renderHedging,
  });
  clear();
  return outcome;
}

/** Columns of the summary, as the original named them. */
const COLUMNS = ["cvar", "mean_pnl", "turnover", "max_drawdown", "sharpe"] as const;

/** `baseline`: trains and tests plain ERM and writes `outputs/_baseline_erm_v1/summary.csv`. */
export async function baseline(
  globals: Globals,
  file: string,
  overrides: readonly string[],
): Promise<void> {
  const only = [
    "methods=[erm]",
    "run=[synthetic]",
    "arms.synthetic.probed=[]",
    "arms.synthetic.tests=[crisis]",
  ];
  const study = readStudy(file, [...only, ...overrides]);
  const { result } = await execute(globals, study);
  const summary = path.join(globals.var, "outputs", "_baseline_erm_v1", "summary.csv");
  writeWhole(globals.var, summary, baselineCsv(result));
  print(summary);
}

/** One row a run and seed: risk and P&L for 100 of spot, as the original reckoned. */
function baselineCsv({ trials, run }: HedgingResult): string {
  const head = ["run", "seed", "steps", ...COLUMNS.map((name) => `test/crisis_${name}`)];
  const rows = trials
    .filter(({ trial }) => trial.kind !== "pretrain")
    .map(({ trial, sets, notes }) => {
      const m = sets.crisis!;
      const unit = m.cvar100 / m.cvar;
      const values = [m.cvar100, m.mean * unit, m.turnover, m.drawdown * unit, m.sharpe];
      return [`${run}/${trial.method}`, trial.seed, notes.at(-1)?.update ?? 0, ...values];
    });
  return `${[head, ...rows].map((row) => row.join(",")).join("\n")}\n`;
}
