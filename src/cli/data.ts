import { suggest, VolterraError } from "#core";
import {
  checkQuality,
  type Finding,
  importSource,
  type ImportReport,
  listSnapshots,
  openLake,
  openMarket,
  openSnapshot,
  seriesSpec,
  type Snapshot,
  type Source,
} from "#market";
import { textTable } from "#report";
import { lakeDir, openCatalog, takeSnapshot, toJson } from "#run";
import type { Globals } from "./globals.ts";
import { print, remark, showEvents } from "./terminal.ts";

/** Revisions shown before the rest is counted. */
const SHOWN = 10;

async function importFrom(
  globals: Globals,
  name: string,
  options: Record<string, string>,
): Promise<void> {
  const source = await openCatalog(globals.catalog).load<Source>("sources", name);
  const strange = Object.keys(options).find((o) => source.options?.includes(o) === false);
  if (strange !== undefined) {
    const hint = suggest(strange, source.options!);
    throw new VolterraError("USAGE", `source ${name} has no option "${strange}"`, hint);
  }
  const { emit, clear } = showEvents();
  const signal = new AbortController().signal;
  const report = await importSource(openLake(lakeDir(globals.var)), source, {
    options,
    signal,
    emit,
  });
  clear();
  printImport(report);
}

function printImport(report: ImportReport): void {
  const { snapshot, parent, revisions } = report;
  const state = snapshot === parent ? "nothing new; the snapshot stays" : "snapshot";
  print(`${state} ${snapshot.slice(0, 12)}`);
  print(
    `${report.series.length} series, ${report.rows} rows: ${report.added} added, ` +
      `${report.unchanged} unchanged, ${report.retained} retained, ${revisions.length} values revised`,
  );
  for (const r of revisions.slice(0, SHOWN)) {
    print(`  revision ${r.series} ${r.key} ${r.column}: ${r.before} → ${r.after}`);
  }
  if (revisions.length > SHOWN) {
    print(`  … and ${revisions.length - SHOWN} more; the earlier state stays in its snapshot`);
  }
}

/** `data import FOLDER`. */
export async function importFolder(globals: Globals, folder: string): Promise<void> {
  await importFrom(globals, "folder", { path: folder });
}

/** `data fetch SOURCE [option=value…]`. */
export async function fetchSource(
  globals: Globals,
  source: string,
  pairs: readonly string[],
): Promise<void> {
  const options: Record<string, string> = {};
  for (const pair of pairs) {
    const equals = pair.indexOf("=");
    if (equals < 1) throw new VolterraError("USAGE", `"${pair}" is not option=value`);
    options[pair.slice(0, equals)] = pair.slice(equals + 1);
  }
  await importFrom(globals, source, options);
}

/** `data status`. */
export async function status(globals: Globals, options: { json?: boolean }): Promise<void> {
  const lake = openLake(lakeDir(globals.var));
  const current = await openSnapshot(lake);
  const series = Object.entries(current.states).map(([name, state]) => ({
    name,
    kind: seriesSpec(name).kind,
    ...state,
  }));
  const snapshots = listSnapshots(lake);
  if (options.json) {
    print(toJson({ snapshot: current.id, simulated: current.simulated, snapshots, series }, 1));
    return;
  }
  print(
    `snapshot ${current.id.slice(0, 12)}, the newest of ${snapshots.length}, in ${lake.dir}` +
      (current.simulated ? " · SIMULATED" : ""),
  );
  print(
    textTable(
      [
        { name: "series" },
        { name: "kind" },
        { name: "rows", kind: "count" },
        { name: "first" },
        { name: "last" },
        { name: "hash" },
      ],
      series.map((s) => [s.name, s.kind, s.rows, s.first, s.last, s.hash.slice(0, 12)]),
    ),
  );
}

async function takeFolder(globals: Globals, folder: string): Promise<Snapshot> {
  const source = await openCatalog(globals.catalog).load<Source>("sources", "folder");
  const { emit, clear } = showEvents();
  const snapshot = await takeSnapshot(source, { path: folder }, emit);
  clear();
  return snapshot;
}

/** `data check [FOLDER]`: exits non-zero where a finding is critical. */
export async function check(
  globals: Globals,
  folder: string | undefined,
  options: { json?: boolean; all?: boolean },
): Promise<void> {
  const market = await openMarket(
    folder === undefined
      ? await openSnapshot(openLake(lakeDir(globals.var)))
      : await takeFolder(globals, folder),
  );
  const sources = market.series.filter((name) => name !== "vx");
  const findings = checkQuality(market, sources, market.sessions.at(-1)!);
  if (options.json) print(toJson({ snapshot: market.snapshot, findings }, 1));
  else printFindings(findings, options.all ?? false);
  const critical = findings.filter((f) => f.severity === "critical").length;
  if (critical > 0) {
    remark(
      `${critical} critical: a run that reads these series stops, unless --allow names the code`,
    );
    process.exitCode = 1;
  }
}

function printFindings(findings: readonly Finding[], all: boolean): void {
  if (findings.length === 0) {
    print("no findings");
    return;
  }
  print(
    textTable(
      [
        { name: "severity" },
        { name: "series" },
        { name: "code" },
        { name: "rows", kind: "count" },
        { name: "what" },
      ],
      findings.map((f) => [f.severity, f.series, f.code, f.rows.length, f.message]),
    ),
  );
  for (const f of all ? findings : []) print(`${f.series} ${f.code}: ${f.rows.join(", ")}`);
}
