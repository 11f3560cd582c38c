import { toNumber } from "#core";
import { GATE_NAMES } from "#features";
import type { RunResult, RunSeries, SubPeriod } from "#run";
import { criterionKind } from "./html-verdict.ts";
import { differenceRows, intervalRows } from "./intervals.ts";
import { conventionRows, INTERVALS } from "./judgement-report.ts";
import { metricValue } from "./metric-name.ts";
import { publishedOf } from "./published-table.ts";
import { renderPng, standaloneSvg } from "./render.ts";
import type { Table } from "./table.ts";
import type { NamedMetrics, SubPeriod as Period, TearSheetData } from "./tear-sheet-data.ts";
import { renderTearSheet, tearSheetFigures } from "./tear-sheet.ts";

/** Files of a run's report: the page, and each figure as SVG and PNG. */
export function renderRun(
  result: RunResult,
  series: RunSeries,
): Record<string, string | Uint8Array> {
  const data = tearSheetOf(result, series);
  const files: Record<string, string | Uint8Array> = {};
  for (const figure of tearSheetFigures(data)) {
    files[`figures/${figure.id}.svg`] = standaloneSvg(figure);
    files[`figures/${figure.id}.png`] = renderPng(figure);
  }
  return { ...files, "report.html": renderTearSheet(data) };
}

/** A stored run as the data of a tear sheet. */
export function tearSheetOf(result: RunResult, series: RunSeries): TearSheetData {
  const name = series.curves[0]?.name ?? result.study;
  return {
    title: result.title,
    study: result.study,
    preset: result.preset,
    simulated: result.simulated,
    lookAhead: result.lookAhead,
    verdict: result.verdict,
    days: series.days,
    curves: series.curves,
    regime: regimeOf(series),
    exposure: series.exposure,
    turnover: series.turnover,
    metrics: [
      { name, metrics: { ...result.metrics, ...tradingMetrics(result) } },
      ...named(result.benchmarks),
      ...(result.exPostMix
        ? [{ name: "constant mix, ex post (shown only)", metrics: result.exPostMix }]
        : []),
    ],
    intervals: intervalRows(name, result.intervals),
    differences: differenceRows(result.differences),
    subPeriods: result.subPeriods.map((period) => periodOf(name, period, result)),
    events: result.events.map((event) => ({
      ...periodOf(name, event, result),
      rows: periodOf(name, event, result).rows.map(({ name: row, metrics }) => ({
        name: row,
        return: metricValue(metrics, "totalReturn"),
        maxDrawdown: metricValue(metrics, "maxDrawdown"),
      })),
      states: event.gate.map(({ day, state }) => ({ day: toNumber(day), state })),
    })),
    drawdowns: result.drawdowns.map(({ depth, peak, trough, recovery, gate }) => ({
      depth,
      start: toNumber(peak),
      trough: toNumber(trough),
      recovery: recovery === null ? null : toNumber(recovery),
      stateAtStart: gate,
    })),
    costSensitivity: result.sensitivity.costs,
    delaySensitivity: result.sensitivity.delays,
    fan: { days: series.days, bands: series.fan },
    presets: result.presets.map(({ preset, metrics, verdict, lookAhead }) => ({
      name: preset,
      metrics,
      verdict: verdict?.outcome ?? "",
      lookAhead,
    })),
    conventions: conventionRows(result.conventions),
    provenance: [
      { name: "run", value: result.run },
      { name: "snapshot", value: result.snapshot },
      { name: "code", value: result.code },
      ...result.verdicts.map((v) => ({ name: `contract ${v.killTest}`, value: v.hash })),
    ],
    notes: notesOf(result),
    moreTables: [...publishedOf(result), ...gateTable(result), ...verdictsTable(result)],
    moreFigures: [],
  };
}

function named(metrics: RunResult["benchmarks"]): NamedMetrics[] {
  return Object.entries(metrics).map(([name, m]) => ({ name, metrics: m }));
}

function tradingMetrics({ trades, timeInMarket, turnover }: RunResult): object {
  return { trades, timeInMarket, turnover };
}

/** A stretch with the days that the data cover of it, its own days where they cover none. */
function periodOf(
  name: string,
  { metrics, benchmarks, ...span }: SubPeriod,
  { period }: RunResult,
): Period {
  const start = span.start < period.start ? period.start : span.start;
  const end = span.end > period.end ? period.end : span.end;
  const rows = [{ name, metrics }, ...named(benchmarks)];
  return start > end ? { ...span, rows } : { ...span, start, end, rows };
}

/** Calm to severe is the order of the colours: OPEN, REDUCE, CLOSED. */
function regimeOf({ gate }: RunSeries): TearSheetData["regime"] {
  if (gate.length === 0) return null;
  const names = GATE_NAMES.toReversed();
  return { name: "Regime gate", values: gate.map((state) => names.length - 1 - state), names };
}

function notesOf(result: RunResult): string[] {
  const notes = [
    ...result.notes,
    "Returns are simple, daily and after costs; Sharpe ratios are mean over deviation times √252.",
    INTERVALS,
    "Delay 0 is the normal fill at the next session's open.",
  ];
  if (result.lookAhead) {
    notes.unshift(
      "LOOK-AHEAD: this preset fills at the open what the close of the same day decided, as its original did. " +
        "Nobody could have traded it.",
    );
  }
  if (result.simulated)
    notes.unshift("SIMULATED: prices of the built-in simulated market, not real ones.");
  if (result.allowed.length > 0)
    notes.push(`Quality findings let through: ${result.allowed.join(", ")}.`);
  return notes;
}

function gateTable({ gate, vrp }: RunResult): Table[] {
  if (!gate) return [];
  const rows: [string, number, string][] = [
    ["OPEN, share of sessions", gate.open, ""],
    ["REDUCE, share of sessions", gate.reduce, ""],
    ["CLOSED, share of sessions", gate.closed, ""],
    ["crisis sessions not OPEN", gate.crisisDetected, "≥ 80 %"],
    ["other sessions not OPEN (false positives)", gate.falsePositives, "≤ 30 %"],
    ["mean spell, sessions", gate.meanSpell, "≥ 5"],
    ["mean OPEN spell, sessions", gate.meanOpenSpell, ""],
    ["changes in an OPEN–CLOSED–OPEN within 5 sessions", gate.flipFlops, "≤ 10 %"],
  ];
  const premium: [string, number, string][] = vrp
    ? [
        ["VRP, mean, points", vrp.mean, ""],
        ["VRP, deviation, points", vrp.std, ""],
        ["VRP above zero, share of sessions", vrp.positive, ""],
      ]
    : [];
  return [
    {
      title: "The gate and the premium",
      note: `${gate.sessions} sessions, ${gate.crisisSessions} of them inside the named events.`,
      columns: [{ name: "figure" }, { name: "value", kind: "row" }, { name: "wanted" }],
      rows: [...rows, ...premium],
      rowKinds: [...rows, ...premium].map(([figure]) =>
        figure.includes("mean") || figure.includes("points") ? "ratio" : "percent",
      ),
    },
  ];
}

function verdictsTable({ verdicts }: RunResult): Table[] {
  if (verdicts.length < 2) return [];
  return [
    {
      title: "All contracts",
      note: "The first decides; the others are shown.",
      columns: [
        { name: "contract" },
        { name: "criterion" },
        { name: "outcome" },
        { name: "estimate", kind: "row" },
        { name: "lower", kind: "row" },
        { name: "upper", kind: "row" },
        { name: "threshold", kind: "row" },
      ],
      rows: verdicts.flatMap((verdict) =>
        verdict.criteria.map((c) => [
          verdict.killTest,
          c.criterion.name,
          c.outcome,
          c.estimate,
          c.lower,
          c.upper,
          c.criterion.threshold,
        ]),
      ),
      rowKinds: verdicts.flatMap(({ criteria }) => criteria.map(criterionKind)),
    },
  ];
}
