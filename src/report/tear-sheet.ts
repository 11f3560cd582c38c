import { toDay } from "#core";
import { distributionFigure } from "./figures/distribution.ts";
import { equityFigure } from "./figures/equity.ts";
import { exposureFigure } from "./figures/exposure.ts";
import { fanFigure } from "./figures/fan.ts";
import { monthlyReturnsFigure } from "./figures/monthly-returns.ts";
import { rollingSharpeFigure } from "./figures/rolling-sharpe.ts";
import type { Figure } from "./figure.ts";
import { count, formatCell } from "./format.ts";
import type { Fact } from "./html-facts.ts";
import { metricName, metricValue } from "./metric-name.ts";
import { renderPage, type Block, type ReportPage } from "./page.ts";
import type { Table } from "./table.ts";
import type { Curve, TearSheetData } from "./tear-sheet-data.ts";
import {
  costsFigure,
  costsName,
  delayFigure,
  delayName,
  differenceFigures,
  presetsFigure,
} from "./tear-sheet-panels.ts";
import {
  conventionsTable,
  differencesTable,
  drawdownsTable,
  eventStatesTable,
  eventsTable,
  intervalsTable,
  metricsTable,
  presetsTable,
  sensitivityTable,
  subPeriodsTable,
} from "./tear-sheet-tables.ts";

/** Data → one self-contained HTML document. Equal data give equal bytes. */
export function renderTearSheet(data: TearSheetData): string {
  return renderPage(tearSheetPage(data));
}

/** Data → the figures of a tear sheet, for files of their own. */
export function tearSheetFigures(data: TearSheetData): Figure[] {
  return tearSheetPage(data).sections.flatMap(({ blocks }) =>
    blocks.flatMap((block) => (block.kind === "figure" ? [block.figure] : [])),
  );
}

/** Data → the bricks of a tear sheet: the verdict first. Throws `RangeError` for rows of unequal length. */
export function tearSheetPage(data: TearSheetData): ReportPage {
  checkLengths(data);
  const { days } = data;
  const main = data.curves.filter((curve) => curve.role !== "preset");
  const judged = main.find((curve) => curve.role === "strategy");
  const presetCurves = data.curves.filter((curve) => curve.role === "preset");
  const beside = [judged, main.find((curve) => curve.role === "benchmark")].filter(
    (curve): curve is Curve => curve !== undefined,
  );
  const costs = data.costSensitivity.map(({ multiple, metrics }) => ({
    name: costsName(multiple),
    metrics,
  }));
  const delays = data.delaySensitivity.map(({ delay, metrics }) => ({
    name: delayName(delay),
    metrics,
  }));
  const window = days.length > 0 ? `${toDay(days[0]!)} … ${toDay(days.at(-1)!)}` : "no days";
  return {
    title: data.title,
    subtitle: `${data.study} · preset ${data.preset} · ${window} · ${count(days.length)} sessions`,
    simulated: data.simulated,
    lookAhead: data.lookAhead,
    sections: [
      {
        title: "Verdict",
        blocks: [
          ...implausible(data),
          { kind: "verdict", verdict: data.verdict },
          ...some(data.metrics, () => ({ kind: "facts", facts: headline(data) })),
        ],
      },
      {
        title: "Growth and risk",
        blocks: [
          figure(equityFigure({ days, curves: main, regime: data.regime })),
          ...tables(data.metrics, metricsTable(data.metrics)),
        ],
      },
      {
        title: "How sure",
        blocks: [
          ...some(data.fan?.bands ?? [], () => figure(fanFigure(data.fan, days, judged))),
          ...tables(data.intervals, intervalsTable(data.intervals)),
          ...differenceFigures(data.differences).map(figure),
          ...tables(data.differences, differencesTable(data.differences)),
        ],
      },
      {
        title: "Sub-periods and events",
        blocks: [
          ...tables(data.subPeriods, subPeriodsTable(data.subPeriods)),
          ...tables(data.events, eventsTable(data.events)),
          ...tables(
            data.events.filter(({ states }) => states.length > 0),
            eventStatesTable(data.events, data.regime?.name ?? "regime"),
          ),
        ],
      },
      {
        title: "Through time",
        blocks: [
          figure(rollingSharpeFigure(days, beside)),
          figure(monthlyReturnsFigure(days, judged)),
          ...tables(data.drawdowns, drawdownsTable(data.drawdowns, days)),
        ],
      },
      { title: "Daily returns", blocks: [figure(distributionFigure(beside))] },
      {
        title: "Positions",
        blocks: [figure(exposureFigure(days, data.exposure, data.turnover))],
      },
      {
        title: "Costs and delay",
        blocks: [
          ...some(costs, () => figure(costsFigure(data.costSensitivity))),
          ...tables(costs, sensitivityTable(costs)),
          ...some(delays, () => figure(delayFigure(data.delaySensitivity))),
          ...tables(delays, sensitivityTable(delays)),
        ],
      },
      {
        title: "Presets",
        blocks: [
          ...some(data.presets, () => figure(presetsFigure(data.presets))),
          ...some(presetCurves, () =>
            figure({
              ...equityFigure({
                days,
                curves: [...(judged ? [judged] : []), ...presetCurves],
                regime: null,
              }),
              id: "presets-equity",
              title: "Growth of 1 and drawdown by preset",
            }),
          ),
          ...tables(data.presets, presetsTable(data.presets)),
        ],
      },
      {
        title: "Under other tools' conventions",
        blocks: tables(data.conventions ?? [], conventionsTable(data.conventions ?? [])),
      },
      {
        title: "Of this study",
        blocks: [
          ...data.moreTables.map((table): Block => ({ kind: "table", table })),
          ...data.moreFigures.map(figure),
        ],
      },
      {
        title: "Notes",
        blocks: some(data.notes, () => ({ kind: "notes", notes: data.notes })),
      },
    ],
    provenance: data.provenance,
  };
}

function checkLengths({ days, curves, regime, exposure, turnover }: TearSheetData): void {
  const rows: [string, Float64Array][] = curves.map(({ name, returns }) => [name, returns]);
  if (regime) rows.push([regime.name, regime.values]);
  if (exposure.length > 0) rows.push(["exposure", exposure]);
  if (turnover.length > 0) rows.push(["turnover", turnover]);
  for (const [name, row] of rows) {
    if (row.length !== days.length) {
      throw new RangeError(`${name} has ${row.length} rows, not ${days.length}`);
    }
  }
}

function figure(one: Figure): Block {
  return { kind: "figure", figure: one };
}

/** A block where there is something to show, else none. */
function some(items: readonly unknown[], block: () => Block): Block[] {
  return items.length > 0 ? [block()] : [];
}

function tables(items: readonly unknown[], table: Table): Block[] {
  return some(items, () => ({ kind: "table", table }));
}

/** Results too good to be true have a bug behind them more often than an edge. */
function implausible({ metrics }: TearSheetData): Block[] {
  return metrics.flatMap(({ name, metrics: m }): Block[] => {
    const sharpe = metricValue(m, "sharpe");
    const cagr = metricValue(m, "cagr");
    if (!(sharpe > 4) && !(cagr > 2)) return [];
    const text = `${name}: Sharpe ${formatCell(sharpe, "ratio")}, CAGR ${formatCell(cagr, "percent")}. Results like this come from a mistake (look-ahead, a wrong price, a missing cost) far more often than from an edge.`;
    return [{ kind: "warning", text }];
  });
}

const HEADLINE = ["sharpe", "cagr", "maxDrawdown", "volatility", "timeInMarket"];

/** The first series' main numbers with their intervals. */
function headline({ metrics, intervals }: TearSheetData): Fact[] {
  const { name: series, metrics: first } = metrics[0]!;
  const n = metricValue(first, "n");
  return HEADLINE.flatMap((metric) => {
    const value = metricValue(first, metric);
    if (Number.isNaN(value) && metric === "timeInMarket") return [];
    const { label, kind } = metricName(metric);
    const interval = intervals.find((one) => one.series === series && one.metric === metric);
    const note = interval
      ? `${formatCell(interval.low, kind)} … ${formatCell(interval.high, kind)}`
      : `n = ${count(n)}`;
    return [{ name: label, value: formatCell(value, kind), note }];
  });
}
