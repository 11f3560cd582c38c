import type { Figure } from "../figure.ts";
import { count } from "../format.ts";
import { regimeRuns, type Regime } from "../regime-runs.ts";
import { underwater, wealthOf } from "../series.ts";
import type { Curve } from "../tear-sheet-data.ts";
import {
  BASE,
  GRID,
  PANEL,
  instant,
  legend,
  line,
  lineStyle,
  logAxis,
  stateColor,
  timeAxis,
  yAxis,
} from "../theme.ts";

export interface EquityData {
  readonly days: Int32Array;
  readonly curves: readonly Curve[];
  readonly regime: Regime | null;
}

const RIBBON_AXIS = {
  ...yAxis({ name: "", gridIndex: 2, labels: false }),
  min: 0,
  max: 1,
  splitLine: { show: false },
};

/**
 * Growth of 1 on a logarithmic axis over the distance below the highest so far, with the regime as a ribbon
 * between them and as shade behind both wherever it is not the calmest.
 */
export function equityFigure({ days, curves, regime }: EquityData): Figure {
  const drawn = curves.filter((curve) => curve.returns.some((r) => !Number.isNaN(r)));
  const wealths = drawn.map((curve) => wealthOf(curve.returns));
  const depths = wealths.map(underwater);
  const figure = {
    id: "equity",
    title: "Growth of 1 and drawdown",
    width: 900,
    height: 500,
  };
  if (days.length === 0 || drawn.length === 0) {
    return { ...figure, note: "No returns in this window.", option: null };
  }
  const ruined = drawn.filter((_, k) => wealths[k]!.some((w) => w <= 0));
  const runs = regime ? regimeRuns(days, regime) : [];
  const ribboned = runs.length > 0;
  const range = { first: days[0]! - 1, last: days.at(-1)! + 1 };
  const styles = curveStyles(drawn);
  const option = {
    ...BASE,
    legend: [
      legend(drawn.map((curve) => curve.name)),
      ...(regime && ribboned ? [regimeLegend(regime)] : []),
    ],
    grid: [
      { ...PANEL, top: 50, height: 268 },
      { ...PANEL, top: ribboned ? 364 : 350, height: 104 },
      ...(ribboned ? [{ ...PANEL, top: 326, height: 9 }] : []),
    ],
    xAxis: [
      timeAxis(range, { gridIndex: 0, labels: false }),
      timeAxis(range, { gridIndex: 1 }),
      ...(ribboned ? [timeAxis(range, { gridIndex: 2, labels: false })] : []),
    ],
    yAxis: [
      logAxis(extentOf(wealths), { name: "growth of 1 (log scale)", gridIndex: 0 }),
      yAxis(
        { name: "drawdown (%)", gridIndex: 1 },
        { min: floorOf(depths), max: 0, splitNumber: 4 },
      ),
      ...(ribboned ? [RIBBON_AXIS] : []),
    ],
    series: [
      ...drawn.map((curve, k) =>
        line(
          curve.name,
          points(days, [1, ...wealths[k]!], (w) => (w > 0 ? w : null)),
          {
            ...styles[k]!.full,
            sampling: "minmax",
            markArea: k === 0 ? shade(runs, regime) : undefined,
          },
        ),
      ),
      ...(regime && ribboned ? ribbon(runs, regime) : []),
      ...drawn.map((curve, k) =>
        line(
          curve.name,
          points(days, [0, ...depths[k]!], (u) => u * 100),
          {
            ...styles[k]!.thin,
            xAxisIndex: 1,
            yAxisIndex: 1,
            sampling: "minmax",
            areaStyle: k === 0 ? { opacity: 0.14 } : undefined,
          },
        ),
      ),
    ],
  };
  return { ...figure, note: noteOf(drawn[0]!.returns, ruined, regime), option };
}

function noteOf(
  returns: Float64Array,
  ruined: readonly { name: string }[],
  regime: Regime | null,
): string {
  const n = returns.filter((r) => !Number.isNaN(r)).length;
  return [
    `Simple daily returns, compounded, after costs; n = ${count(n)}.`,
    ...(regime ? [`Ribbon and shade: ${regime.name} at the close of the day.`] : []),
    ...ruined.map((curve) => `${curve.name} loses everything: its line ends there.`),
  ].join(" ");
}

/** The judged curve in its own colour and in front, the others in the order of the list. */
function curveStyles(curves: readonly Curve[]) {
  const judged = curves[0]!.role === "strategy";
  return curves.map((_, k) => {
    const style = lineStyle(judged ? k : k + 1);
    const common = { itemStyle: { color: style.color }, z: judged && k === 0 ? 5 : 3 };
    return {
      full: { lineStyle: style, ...common },
      thin: { lineStyle: { ...style, width: style.width * 0.7 }, ...common },
    };
  });
}

/** Values of the evening before the first day and of every day. */
function points(
  days: Int32Array,
  values: readonly number[],
  shown: (value: number) => number | null,
): (number | null)[][] {
  return values.map((value, i) => [instant(i === 0 ? days[0]! - 1 : days[i - 1]!), shown(value)]);
}

function extentOf(wealths: readonly Float64Array[]): { low: number; high: number } {
  let low = 1;
  let high = 1;
  for (const wealth of wealths) {
    for (const w of wealth) {
      if (w > 0 && w < low) low = w;
      if (w > high) high = w;
    }
  }
  const margin = high / low < 1.02 ? 1.02 : 1;
  return { low: Math.max(low / margin, high / 1e8), high: high * margin };
}

/** Where the axis of drawdowns ends; undefined leaves it to the chart. */
function floorOf(depths: readonly Float64Array[]): number | undefined {
  const deepest = Math.min(...depths.map((row) => row.reduce((a, b) => Math.min(a, b), 0)));
  if (deepest === 0) return -1;
  return deepest >= -1 && deepest < -0.8 ? -100 : undefined;
}

function shade(runs: ReturnType<typeof regimeRuns>, regime: Regime | null) {
  if (!regime) return undefined;
  return {
    silent: true,
    data: runs
      .filter((run) => run.state > 0)
      .map((run) => [
        {
          xAxis: run.from,
          itemStyle: { color: stateColor(run.state, regime.names.length), opacity: 0.16 },
        },
        { xAxis: run.to },
      ]),
  };
}

/** One series a state, so that the legend can name it. */
function ribbon(runs: ReturnType<typeof regimeRuns>, regime: Regime) {
  return regime.names.map((name, state) => ({
    ...line(name, []),
    xAxisIndex: 2,
    yAxisIndex: 2,
    itemStyle: { color: stateColor(state, regime.names.length) },
    markArea: {
      silent: true,
      itemStyle: { color: stateColor(state, regime.names.length), opacity: 1 },
      data: runs
        .filter((run) => run.state === state)
        .map((run) => [{ xAxis: run.from }, { xAxis: run.to }]),
    },
  }));
}

function regimeLegend(regime: Regime) {
  return legend(regime.names, {
    data: regime.names.map((name) => ({ name, icon: "rect" })),
    left: "right",
    itemWidth: 12,
    itemStyle: { opacity: 1, borderWidth: 1, borderColor: GRID },
  });
}
