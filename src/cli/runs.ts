import { existsSync } from "node:fs";
import path from "node:path";
import { VolterraError } from "#core";
import {
  comparisonAdvice,
  filterText,
  forecastComparison,
  forecastText,
  renderFilter,
  renderForecast,
  renderRun,
  textTable,
} from "#report";
import {
  type FilterResult,
  type ForecastResult,
  listRuns,
  readKind,
  readMonitoring,
  readRun,
  runFolder,
  type RunFiles,
  type RunResult,
  toJson,
  writeRun,
} from "#run";
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

/** What results of every kind may have. */
type AnyResult = Partial<Pick<RunResult, "period" | "simulated" | "lookAhead">> & {
  readonly kind?: string;
  readonly verdict?: { readonly outcome: string } | null;
  readonly metrics?: Readonly<Record<"sharpe" | "cagr" | "maxDrawdown", number>>;
};

function rows(root: string, names: readonly string[]) {
  return names.map((name) => {
    const { result } = readKind<AnyResult>(root, name);
    const { period, metrics } = result;
    return {
      run: name,
      period: period ? `${period.start} … ${period.end}` : "",
      simulated: result.simulated ?? false,
      lookAhead: result.lookAhead ?? false,
      verdict: result.verdict?.outcome ?? "",
      sharpe: metrics?.sharpe ?? NaN,
      cagr: metrics?.cagr ?? NaN,
      maxDrawdown: metrics?.maxDrawdown ?? NaN,
    };
  });
}

function printRows(found: ReturnType<typeof rows>, json: boolean): void {
  if (json) print(toJson({ runs: found }, 1));
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
  const { folder, result } = readKind<AnyResult>(globals.var, name);
  const text =
    result.kind === "forecast"
      ? forecastText(result as ForecastResult)
      : result.kind === "filter"
        ? filterText(result as FilterResult)
        : undefined;
  if (text === undefined) printRun(readRun(globals.var, name), options.json ?? false);
  else if (options.json) print(toJson({ ...result, run: folder.path }, 1));
  else print(`${text}\nreport: ${folder.path}/report.html`);
}

/** `runs compare RUN RUN…`. */
export function compare(
  globals: Globals,
  names: readonly string[],
  options: { json?: boolean },
): void {
  const found = names.map((name) => readKind<AnyResult>(globals.var, name));
  const forecasts = found.flatMap(({ result }) =>
    result.kind === "forecast" ? [result as ForecastResult] : [],
  );
  if (forecasts.length === 0) {
    const folders = found.map(({ folder }) => folder.name);
    printRows(rows(globals.var, folders), options.json ?? false);
    return;
  }
  if (forecasts.length < found.length) {
    throw new VolterraError(
      "USAGE",
      "forecasts and other runs have no figures in common",
      "Compare them apart.",
    );
  }
  const table = forecastComparison(forecasts);
  const advice = comparisonAdvice(forecasts);
  if (options.json) {
    const { columns, rows: cells } = table;
    print(toJson({ columns: columns.map((column) => column.name), rows: cells, advice }, 1));
  } else print([textTable(table.columns, table.rows), "", ...advice].join("\n"));
}

/** `report RUN`: writes the report of a run again. */
export async function report(globals: Globals, name: string): Promise<void> {
  const { folder, result } = readKind<AnyResult>(globals.var, name);
  await writeRun(folder, renderAgain(globals.var, name, result));
  print(path.join(folder.path, "report.html"));
}

function renderAgain(root: string, name: string, result: AnyResult): RunFiles {
  if (result.kind === "forecast") return renderForecast(result as ForecastResult);
  if (result.kind === "filter") {
    return renderFilter(result as FilterResult, readMonitoring(root, name));
  }
  const stored = readRun(root, name);
  return renderRun(stored.result, stored.series);
}
