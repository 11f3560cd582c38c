import { toDay } from "#core";
import { drawdowns, type ConventionRow } from "#evidence";
import type { Judgement } from "#run";
import type { TearSheetData } from "./tear-sheet-data.ts";
import { renderTearSheet } from "./tear-sheet.ts";
import { metricName } from "./metric-name.ts";
import { textTable } from "./table.ts";
import { differenceRows, intervalRows } from "./intervals.ts";
import { metricsText, verdictText } from "./run-tables.ts";

/** How intervals are made. */
export const INTERVALS =
  "Intervals: stationary block bootstrap, 95 %, block length by Politis and White; differences are paired.";

/** The tear sheet of somebody's returns. */
export function renderJudgement(judgement: Judgement): string {
  const { name, series, benchmark, metrics, benchmarkMetrics, verdict } = judgement;
  const data: TearSheetData = {
    title: name,
    study: judgement.ledger.family,
    preset: "returns as given",
    simulated: false,
    lookAhead: false,
    verdict,
    days: series.days,
    curves: [
      { name, role: "strategy", returns: series.returns },
      ...(benchmark
        ? [{ name: "benchmark", role: "benchmark" as const, returns: benchmark.returns }]
        : []),
    ],
    regime: null,
    exposure: new Float64Array(0),
    turnover: new Float64Array(0),
    metrics: [
      { name, metrics },
      ...(benchmarkMetrics ? [{ name: "benchmark", metrics: benchmarkMetrics }] : []),
    ],
    intervals: intervalRows(name, judgement.intervals),
    differences: differenceRows(judgement.differences),
    subPeriods: [],
    events: [],
    drawdowns: drawdowns(series, 5).map(({ depth, peak, trough, recovery }) => ({
      depth,
      start: peak,
      trough,
      recovery,
      stateAtStart: "",
    })),
    costSensitivity: [],
    delaySensitivity: [],
    fan: { days: series.days, bands: judgement.fan },
    presets: [],
    conventions: conventionRows(judgement.conventions),
    provenance: [
      { name: "contract", value: verdict.hash },
      { name: "ledger", value: judgement.ledger.family },
    ],
    notes: [
      "Returns are judged as given: their costs, fills and data are the owner's word.",
      INTERVALS,
    ],
    moreTables: [],
    moreFigures: [],
  };
  return renderTearSheet(data);
}

/** The rows of the conventions table of a tear sheet. */
export function conventionRows(rows: readonly ConventionRow[]): TearSheetData["conventions"] {
  return rows.map(({ metric, volterra, quantstats, empyrical, pyfolio, why }) => ({
    metric,
    ours: volterra,
    quantstats,
    empyrical,
    pyfolio,
    note: why,
  }));
}

/** The judgement as text for a terminal or a pipe. */
export function judgementText(judgement: Judgement): string {
  const { name, series, metrics, benchmarkMetrics, verdict, conventions } = judgement;
  const { days } = series;
  return [
    `${name} · ${toDay(days[0]!)} … ${toDay(days.at(-1)!)} · ${days.length} returns`,
    "",
    verdictText(verdict),
    "",
    metricsText([
      [name, metrics],
      ...(benchmarkMetrics ? [["benchmark", benchmarkMetrics] as const] : []),
    ]),
    "",
    intervalsText(judgement),
    "",
    textTable(
      [
        { name: "metric" },
        { name: "volterra", kind: "row" },
        { name: "quantstats", kind: "row" },
        { name: "empyrical", kind: "row" },
        { name: "pyfolio", kind: "row" },
      ],
      conventions.map((c) => [
        metricName(c.metric).label,
        c.volterra,
        c.quantstats,
        c.empyrical,
        c.pyfolio,
      ]),
      conventions.map((c) => metricName(c.metric).kind),
    ),
  ].join("\n");
}

/** The intervals as text: of the returns, then of their differences to the benchmark. */
function intervalsText({ name, intervals, differences }: Judgement): string {
  const own = intervalRows(name, intervals);
  const less = differenceRows(differences).map(({ benchmark, ...row }) => ({
    series: `less ${benchmark}`,
    ...row,
  }));
  const rows = [...own, ...less];
  return textTable(
    [
      { name: "95 % interval" },
      { name: "of" },
      { name: "estimate", kind: "row" },
      { name: "low", kind: "row" },
      { name: "high", kind: "row" },
    ],
    rows.map(({ series, metric, estimate, low, high }) => [
      metricName(metric).label,
      series,
      estimate,
      low,
      high,
    ]),
    rows.map(({ metric }) => metricName(metric).kind),
  );
}
