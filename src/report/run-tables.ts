import type { Metrics, Verdict } from "#evidence";
import type { RunResult, RunSeries } from "#run";
import { type Cell, percent, ratio } from "./format.ts";
import { criterionKind } from "./html-verdict.ts";
import { publishedOf } from "./published-table.ts";
import { type TableColumn, textTable } from "./table.ts";

const METRIC_COLUMNS: readonly TableColumn[] = [
  { name: "" },
  { name: "return", kind: "percent" },
  { name: "CAGR", kind: "percent" },
  { name: "vol", kind: "percent" },
  { name: "Sharpe", kind: "ratio" },
  { name: "over bills", kind: "ratio" },
  { name: "max drawdown", kind: "percent" },
  { name: "Calmar", kind: "ratio" },
];

function metricCells(name: string, m: Metrics): Cell[] {
  return [
    name,
    m.totalReturn,
    m.cagr,
    m.volatility,
    m.sharpe,
    m.sharpeExcess,
    m.maxDrawdown,
    m.calmar,
  ];
}

/** Metrics side by side, as text. */
export function metricsText(rows: readonly (readonly [name: string, Metrics])[]): string {
  return textTable(
    METRIC_COLUMNS,
    rows.map(([name, m]) => metricCells(name, m)),
  );
}

/** A run as text for a terminal or a pipe: the verdict first. */
export function runTables(result: RunResult, series: RunSeries): string {
  const stamps = [
    result.simulated ? "SIMULATED MARKET" : "",
    result.lookAhead ? "LOOK-AHEAD" : "",
  ].filter((stamp) => stamp !== "");
  const name = series.curves[0]?.name ?? result.study;
  const { start, end, sessions } = result.period;
  return [
    `${result.title} · preset ${result.preset} · ${start} … ${end} · ${sessions} sessions`,
    ...(stamps.length > 0 ? [`*** ${stamps.join(" · ")} ***`] : []),
    "",
    ...(result.verdict ? [verdictText(result.verdict), ""] : []),
    metricsText([[name, result.metrics], ...Object.entries(result.benchmarks)]),
    "",
    figuresText(result),
    "",
    textTable(
      [
        { name: "period" },
        { name: "Sharpe", kind: "ratio" },
        { name: "drawdown", kind: "percent" },
        { name: "benchmark" },
        { name: "its Sharpe", kind: "ratio" },
        { name: "its drawdown", kind: "percent" },
      ],
      [...result.subPeriods, ...result.events].map((p) => {
        const [benchmark, m] = Object.entries(p.benchmarks)[0] ?? ["", undefined];
        return [
          p.name,
          p.metrics.sharpe,
          p.metrics.maxDrawdown,
          benchmark,
          m?.sharpe ?? null,
          m?.maxDrawdown ?? null,
        ];
      }),
    ),
    "",
    textTable(
      [...METRIC_COLUMNS, { name: "verdict" }],
      result.presets.map((p) => [
        ...metricCells(p.preset, p.metrics),
        `${p.verdict?.outcome ?? ""}${p.lookAhead ? " (look-ahead)" : ""}`,
      ]),
    ),
    "",
    ...publishedOf(result).flatMap(({ columns, rows }) => [textTable(columns, rows), ""]),
    ...result.notes,
  ].join("\n");
}

function figuresText(r: RunResult): string {
  const { sharpe } = r.intervals;
  const parts = [
    `Sharpe ${ratio(sharpe.estimate)} [${ratio(sharpe.low)}, ${ratio(sharpe.high)}]`,
    `${r.trades} trades`,
    `in the market ${percent(r.timeInMarket)}`,
    `mean exposure ${percent(r.meanExposure)}`,
    `correlation ${ratio(r.correlation)}`,
  ];
  if (r.gate) {
    parts.push(
      `gate OPEN ${percent(r.gate.open)}, REDUCE ${percent(r.gate.reduce)}, CLOSED ${percent(r.gate.closed)}`,
    );
  }
  if (r.vrp) parts.push(`VRP mean ${ratio(r.vrp.mean)}, above zero ${percent(r.vrp.positive)}`);
  return parts.join(" · ");
}

/** The verdict in lines: outcome, trials, then every criterion with its bounds. */
export function verdictText(verdict: Verdict): string {
  const { trials } = verdict;
  const declared = trials.declared === null ? "none declared" : `${trials.declared} declared`;
  return [
    `${verdict.outcome}  (${verdict.killTest}; N ≥ ${trials.atLeast}: ${trials.recorded} recorded, ${declared}; ` +
      `deflated Sharpe probability ${percent(verdict.deflatedSharpe)})`,
    textTable(
      [
        { name: "criterion" },
        { name: "outcome" },
        { name: "estimate", kind: "row" },
        { name: "lower", kind: "row" },
        { name: "upper", kind: "row" },
        { name: "threshold", kind: "row" },
        { name: "detectable", kind: "row" },
        { name: "power", kind: "percent" },
      ],
      verdict.criteria.map((c) => [
        c.criterion.name,
        c.outcome,
        c.estimate,
        c.lower,
        c.upper,
        c.criterion.threshold,
        c.minimumDetectableEffect,
        c.power,
      ]),
      verdict.criteria.map(criterionKind),
    ),
    ...verdict.reasons.map((reason) => `- ${reason}`),
    ...verdict.whatWouldDecide.map((what) => `? ${what}`),
  ].join("\n");
}
