import { toDay } from "#core";
import { span } from "./format.ts";
import { metricName, metricNames, metricValue } from "./metric-name.ts";
import type { Cell } from "./format.ts";
import type { Table, TableColumn } from "./table.ts";
import type {
  ConventionRow,
  Difference,
  Drawdown,
  Interval,
  MarketEvent,
  NamedMetrics,
  PresetResult,
  SubPeriod,
} from "./tear-sheet-data.ts";

const CONVENTION =
  "n daily simple returns after costs; annual by 252 sessions; sample deviation; Sharpe without a risk-free rate unless it says T-bills.";

/** Every metric, one a row; series beside one another. */
export function metricsTable(series: readonly NamedMetrics[]): Table {
  const names = metricNames(series.map(({ metrics }) => metrics));
  return {
    title: "Performance",
    note: CONVENTION,
    columns: [{ name: "" }, ...series.map(({ name }): TableColumn => ({ name, kind: "row" }))],
    rows: names.map((name) => [
      metricName(name).label,
      ...series.map(({ metrics }) => metricValue(metrics, name)),
    ]),
    rowKinds: names.map((name) => metricName(name).kind),
  };
}

export function intervalsTable(intervals: readonly Interval[]): Table {
  return {
    title: "Intervals",
    note: "95% intervals from the stationary block bootstrap of daily returns.",
    columns: [{ name: "Series" }, { name: "Metric" }, ...estimateColumns()],
    rows: intervals.map(({ series, metric, estimate, low, high }) => [
      series,
      metricName(metric).label,
      estimate,
      low,
      high,
    ]),
    rowKinds: intervals.map(({ metric }) => metricName(metric).kind),
  };
}

export function differencesTable(differences: readonly Difference[]): Table {
  return {
    title: "Differences to each benchmark",
    note: "Strategy minus benchmark, resampled in pairs on the same days; 95% intervals. An interval that holds nil is no evidence of a difference.",
    columns: [{ name: "Benchmark" }, { name: "Metric" }, ...estimateColumns()],
    rows: differences.map(({ benchmark, metric, estimate, low, high }) => [
      benchmark,
      metricName(metric).label,
      estimate,
      low,
      high,
    ]),
    rowKinds: differences.map(({ metric }) => {
      const { kind } = metricName(metric);
      return kind === "percent" ? "signedPercent" : "signedRatio";
    }),
  };
}

function estimateColumns(): TableColumn[] {
  return [
    { name: "Estimate", kind: "row" },
    { name: "Low", kind: "row" },
    { name: "High", kind: "row" },
  ];
}

const SHORT = ["n", "totalReturn", "cagr", "volatility", "sharpe", "maxDrawdown"];

function shortColumns(): TableColumn[] {
  return SHORT.map((name) => ({ name: metricName(name).label, kind: metricName(name).kind }));
}

function shortRow(metrics: object): Cell[] {
  return SHORT.map((name) => metricValue(metrics, name));
}

export function subPeriodsTable(periods: readonly SubPeriod[]): Table {
  return {
    title: "Sub-periods",
    note: `${CONVENTION} Drawdowns start anew in each period.`,
    columns: [{ name: "Period" }, { name: "Series" }, ...shortColumns()],
    rows: periods.flatMap(({ name, start, end, rows }) =>
      rows.map((row) => [`${name} (${span(start, end)})`, row.name, ...shortRow(row.metrics)]),
    ),
  };
}

export function eventsTable(events: readonly MarketEvent[]): Table {
  return {
    title: "Named events",
    note: "Return and deepest drawdown within the event.",
    columns: [
      { name: "Event" },
      { name: "Series" },
      { name: "Return", kind: "percent" },
      { name: "Drawdown", kind: "percent" },
    ],
    rows: events.flatMap(({ name, start, end, rows }) =>
      rows.map((row) => [`${name} (${span(start, end)})`, row.name, row.return, row.maxDrawdown]),
    ),
  };
}

/** The state of the regime on each session of each event. */
export function eventStatesTable(events: readonly MarketEvent[], regime: string): Table {
  return {
    title: `${regime.charAt(0).toUpperCase()}${regime.slice(1)} through the events`,
    note: "States in order, each with its number of sessions in a row.",
    columns: [{ name: "Event" }, { name: "From" }, { name: "States" }],
    rows: events
      .filter(({ states }) => states.length > 0)
      .map(({ name, states }) => [
        name,
        toDay(states[0]!.day),
        runsOf(states.map(({ state }) => state)),
      ]),
  };
}

/** Runs of equal states: "OPEN 3, CLOSED 12". */
function runsOf(states: readonly string[]): string {
  const runs: { state: string; days: number }[] = [];
  for (const state of states) {
    const last = runs.at(-1);
    if (last?.state === state) last.days++;
    else runs.push({ state, days: 1 });
  }
  return runs.map(({ state, days }) => `${state} ${days}`).join(", ");
}

export function drawdownsTable(drawdowns: readonly Drawdown[], days: Int32Array): Table {
  const last = days.at(-1) ?? NaN;
  const withStates = drawdowns.some(({ stateAtStart }) => stateAtStart !== "");
  return {
    title: "Worst drawdowns",
    note: "From the last close at the high to the close that regains it; length in calendar days.",
    columns: [
      { name: "Rank" },
      { name: "Depth", kind: "percent" },
      { name: "Start", kind: "day" },
      { name: "Trough", kind: "day" },
      { name: "Recovered", kind: "day" },
      { name: "Days", kind: "count" },
      ...(withStates ? [{ name: "State at start" }] : []),
    ],
    rows: drawdowns.map(({ start, trough, recovery, depth, stateAtStart }, i) => [
      String(i + 1),
      depth,
      start,
      trough,
      recovery ?? "not yet",
      (recovery ?? last) - start,
      ...(withStates ? [stateAtStart] : []),
    ]),
  };
}

/** The short set of metrics for rows of any kind. */
export function sensitivityTable(rows: readonly NamedMetrics[]): Table {
  return {
    title: "",
    note: "",
    columns: [{ name: "" }, ...shortColumns()],
    rows: rows.map(({ name, metrics }) => [name, ...shortRow(metrics)]),
  };
}

export function presetsTable(presets: readonly PresetResult[]): Table {
  return {
    title: "",
    note: CONVENTION,
    columns: [{ name: "Preset" }, { name: "Verdict" }, ...shortColumns(), { name: "" }],
    rows: presets.map(({ name, metrics, verdict, lookAhead }) => [
      name,
      verdict,
      ...shortRow(metrics),
      lookAhead ? "LOOK-AHEAD" : " ",
    ]),
  };
}

export function conventionsTable(rows: readonly ConventionRow[]): Table {
  return {
    title: "The same returns, measured by others' rules",
    note: "No other tool was run: these are their published formulas on the returns of this report.",
    columns: [
      { name: "Metric" },
      ...["Volterra", "quantstats", "empyrical", "pyfolio"].map((name): TableColumn => ({
        name,
        kind: "row",
      })),
      { name: "Why they differ" },
    ],
    rows: rows.map(({ metric, ours, quantstats, empyrical, pyfolio, note }) => [
      metricName(metric).label,
      ours,
      quantstats,
      empyrical,
      pyfolio,
      note ?? " ",
    ]),
    rowKinds: rows.map(({ metric }) => metricName(metric).kind),
  };
}
