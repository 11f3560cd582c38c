import { existsSync } from "node:fs";
import path from "node:path";
import { renderRun, textTable } from "#report";
import { listRuns, readRun, runFolder, toJson, writeRun } from "#run";
import type { Globals } from "./globals.ts";
import { printRun } from "./run.ts";
import { print } from "./terminal.ts";

const COLUMNS = [
  { name: "run" },
  { name: "period" },
  { name: "verdict" },
  { name: "Sharpe", kind: "ratio" as const },
  { name: "CAGR", kind: "percent" as const },
  { name: "max drawdown", kind: "percent" as const },
];

function rows(root: string, names: readonly string[]) {
  return names.map((name) => {
    const { result } = readRun(root, name);
    return {
      run: name,
      period: `${result.period.start} … ${result.period.end}`,
      simulated: result.simulated,
      lookAhead: result.lookAhead,
      verdict: result.verdict?.outcome ?? "",
      sharpe: result.metrics.sharpe,
      cagr: result.metrics.cagr,
      maxDrawdown: result.metrics.maxDrawdown,
    };
  });
}

function printRows(found: ReturnType<typeof rows>, json: boolean): void {
  if (json) print(toJson(found, 1));
  else if (found.length === 0) print("no runs yet: volterra run studies/vrp-erp.yaml");
  else {
    print(
      textTable(
        COLUMNS,
        found.map((r) => [
          r.run,
          r.period,
          [r.verdict, r.simulated ? "SIMULATED" : "", r.lookAhead ? "LOOK-AHEAD" : ""]
            .filter((part) => part !== "")
            .join(" · "),
          r.sharpe,
          r.cagr,
          r.maxDrawdown,
        ]),
      ),
    );
  }
}

/** `runs list`. */
export function list(globals: Globals, options: { json?: boolean }): void {
  // Sweeps and pages over several runs have no result of their own.
  const names = listRuns(globals.var).filter((name) =>
    existsSync(path.join(runFolder(globals.var, name).path, "result.json")),
  );
  printRows(rows(globals.var, names), options.json ?? false);
}

/** `runs show RUN`. */
export function show(globals: Globals, name: string, options: { json?: boolean }): void {
  printRun(readRun(globals.var, name), options.json ?? false);
}

/** `runs compare RUN RUN…`. */
export function compare(
  globals: Globals,
  names: readonly string[],
  options: { json?: boolean },
): void {
  const found = names.map((name) => readRun(globals.var, name).folder.name);
  printRows(rows(globals.var, found), options.json ?? false);
}

/** `report RUN`: writes the report of a run again. */
export async function report(globals: Globals, name: string): Promise<void> {
  const { folder, result, series } = readRun(globals.var, name);
  await writeRun(folder, renderRun(result, series));
  print(path.join(folder.path, "report.html"));
}
