import type { SweepOutcome, SweepPoint } from "#run";
import { heatMapFigure } from "./figures/heat-map.ts";
import type { Figure } from "./figure.ts";
import { renderPage } from "./page.ts";
import { renderPng, standaloneSvg } from "./render.ts";
import { type Table, textTable } from "./table.ts";

/** The metric that a sweep is read by. */
const METRIC = "sharpe";

function value(point: SweepPoint | undefined, metric = METRIC): number {
  return point?.metrics[metric] ?? NaN;
}

function median(values: readonly number[]): number {
  const sorted = values.filter((x) => !Number.isNaN(x)).toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return NaN;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function average(values: readonly number[]): number {
  const known = values.filter((x) => !Number.isNaN(x));
  return known.length === 0 ? NaN : known.reduce((sum, x) => sum + x, 0) / known.length;
}

/** Points that differ from one in a single key by a single step of its values. */
function neighbours(outcome: SweepOutcome, point: SweepPoint): SweepPoint[] {
  const keys = Object.keys(outcome.grid);
  const steps = (other: SweepPoint) =>
    keys.map((key) => {
      const values = outcome.grid[key]!;
      return Math.abs(values.indexOf(other.values[key]!) - values.indexOf(point.values[key]!));
    });
  return outcome.points.filter((other) => steps(other).reduce((sum, x) => sum + x, 0) === 1);
}

/** The best points and how alone they stand: a peak without neighbours is luck. */
export function stabilityTable(outcome: SweepOutcome, most = 10): Table {
  const keys = Object.keys(outcome.grid);
  const best = outcome.points
    .toSorted((a, b) => (value(b) || -Infinity) - (value(a) || -Infinity))
    .slice(0, most);
  const all = outcome.points.map((point) => value(point));
  return {
    title: "The best points beside their neighbours",
    note:
      `${outcome.points.length} points; Sharpe ratio: median ${median(all).toFixed(2)}, ` +
      `above zero ${all.filter((x) => x > 0).length}. Neighbours differ in one key by one step.`,
    columns: [
      ...keys.map((name) => ({ name })),
      { name: "Sharpe", kind: "ratio" },
      { name: "its neighbours", kind: "ratio" },
      { name: "difference", kind: "signedRatio" },
      { name: "CAGR", kind: "percent" },
      { name: "max drawdown", kind: "percent" },
    ],
    rows: best.map((point) => {
      const around = average(neighbours(outcome, point).map((n) => value(n)));
      return [
        ...keys.map((key) => String(point.values[key])),
        value(point),
        around,
        value(point) - around,
        value(point, "cagr"),
        value(point, "maxDrawdown"),
      ];
    }),
  };
}

/** Mean and spread of the metric by each value of each key. */
export function marginalTable(outcome: SweepOutcome): Table {
  const rows = Object.entries(outcome.grid).flatMap(([key, values]) =>
    values.map((v) => {
      const points = outcome.points.filter((point) => point.values[key] === v).map((p) => value(p));
      return [
        key,
        String(v),
        average(points),
        median(points),
        Math.min(...points),
        Math.max(...points),
      ];
    }),
  );
  return {
    title: "Each value over all others",
    note: "Sharpe ratio of all points with that value.",
    columns: [
      { name: "key" },
      { name: "value" },
      { name: "mean", kind: "ratio" },
      { name: "median", kind: "ratio" },
      { name: "lowest", kind: "ratio" },
      { name: "highest", kind: "ratio" },
    ],
    rows,
  };
}

/** Heat map over the first two keys with more than one value; null for other grids. Further keys are averaged. */
export function sweepHeatMap(outcome: SweepOutcome): Figure | null {
  const keys = Object.keys(outcome.grid).filter((key) => outcome.grid[key]!.length > 1);
  const [yKey, xKey] = keys;
  if (yKey === undefined || xKey === undefined) return null;
  const xs = outcome.grid[xKey]!;
  const ys = outcome.grid[yKey]!;
  const at = (x: unknown, y: unknown) =>
    outcome.points.filter((p) => p.values[xKey] === x && p.values[yKey] === y);
  return heatMapFigure({
    id: "sweep",
    title: "Sharpe ratio over the grid",
    note: keys.length > 2 ? "Averaged over the values of the other keys." : "One point a cell.",
    xName: xKey,
    yName: yKey,
    valueName: "Sharpe ratio",
    xs: xs.map(String),
    ys: ys.map(String),
    values: ys.map((y) => xs.map((x) => average(at(x, y).map((p) => value(p))))),
    kind: "ratio",
    scale: "sequential",
  });
}

/** Files of a sweep: points, page, heat map. */
export function renderSweep(outcome: SweepOutcome): Record<string, string | Uint8Array> {
  const heatMap = sweepHeatMap(outcome);
  const keys = Object.keys(outcome.grid);
  const metrics = [...new Set(outcome.points.flatMap((point) => Object.keys(point.metrics)))];
  const lines = outcome.points.map((point) =>
    [
      ...keys.map((key) => String(point.values[key])),
      ...metrics.map((metric) => String(point.metrics[metric] ?? "")),
      point.trial,
    ].join(","),
  );
  const page = renderPage({
    title: `Sweep of ${outcome.study}`,
    subtitle: `preset ${outcome.preset} · ${outcome.points.length} points · N ≥ ${outcome.recorded} trials recorded`,
    simulated: false,
    lookAhead: false,
    sections: [
      {
        title: "The grid",
        blocks: [
          {
            kind: "warning",
            text: `The best of ${outcome.points.length} points is chosen, not found: every one of them counts as a trial.`,
          },
          ...(heatMap ? [{ kind: "figure" as const, figure: heatMap }] : []),
          { kind: "table", table: stabilityTable(outcome) },
          { kind: "table", table: marginalTable(outcome) },
        ],
      },
    ],
    provenance: [{ name: "recorded trials", value: String(outcome.recorded) }],
  });
  return {
    "points.csv": `${[[...keys, ...metrics, "trial"].join(","), ...lines].join("\n")}\n`,
    ...(heatMap && {
      "figures/sweep.svg": standaloneSvg(heatMap),
      "figures/sweep.png": renderPng(heatMap),
    }),
    "report.html": page,
  };
}

/** A sweep as text for a terminal or a pipe. */
export function sweepText(outcome: SweepOutcome): string {
  const tables = [stabilityTable(outcome), marginalTable(outcome)];
  return [
    `sweep of ${outcome.study}, preset ${outcome.preset}: ${outcome.points.length} points, ` +
      `${outcome.evaluated} evaluated now, N ≥ ${outcome.recorded} trials recorded`,
    ...tables.flatMap((table) => [
      "",
      table.title,
      table.note,
      textTable(table.columns, table.rows),
    ]),
  ].join("\n");
}
