import { toDay } from "#core";
import { drawdowns, type ConventionRow } from "#evidence";
import type { Judgement } from "#run";
import type { TearSheetData } from "./tear-sheet-data.ts";
import { renderTearSheet } from "./tear-sheet.ts";
import { metricName } from "./metric-name.ts";
import { textTable } from "./table.ts";
import { percent, ratio } from "./format.ts";
import { verdictText } from "./run-tables.ts";

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
    intervals: [],
    differences: [],
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
    fan: null,
    presets: [],
    conventions: conventionRows(judgement.conventions),
    provenance: [
      { name: "contract", value: verdict.hash },
      { name: "ledger", value: judgement.ledger.family },
    ],
    notes: ["Returns are judged as given: their costs, fills and data are the owner's word."],
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
export function judgementText({ name, series, metrics, verdict, conventions }: Judgement): string {
  const { days } = series;
  return [
    `${name} · ${toDay(days[0]!)} … ${toDay(days.at(-1)!)} · ${days.length} returns`,
    "",
    verdictText(verdict),
    "",
    `Sharpe ${ratio(metrics.sharpe)} · CAGR ${percent(metrics.cagr)} · volatility ${percent(metrics.volatility)} · ` +
      `max drawdown ${percent(metrics.maxDrawdown)}`,
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
