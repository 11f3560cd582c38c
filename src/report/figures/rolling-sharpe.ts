import { SESSIONS_PER_YEAR } from "#core";
import type { Figure } from "../figure.ts";
import { rollingSharpe } from "../series.ts";
import type { Curve } from "../tear-sheet-data.ts";
import {
  BASE,
  PANEL,
  STRATEGY,
  instant,
  legend,
  line,
  lineStyle,
  timeAxis,
  yAxis,
} from "../theme.ts";

/**
 * Annual Sharpe ratio of the last `window` sessions with a 95% band, of the first curve, and without a band of
 * the second. Band: ± 1.96 · √((1 + s²/2) / window) · √252 with s the daily ratio (Lo, "The statistics of
 * Sharpe ratios", Financial Analysts Journal 58(4), 2002, eq. 9: independent normal returns).
 */
export function rollingSharpeFigure(
  days: Int32Array,
  curves: readonly Curve[],
  window: number = SESSIONS_PER_YEAR,
): Figure {
  const [judged, other] = curves;
  const values = judged ? rollingSharpe(judged.returns, window) : new Float64Array(0);
  const figure = {
    id: "rolling-sharpe",
    title: `Rolling Sharpe ratio, ${window} sessions`,
    width: 900,
    height: 270,
  };
  if (!judged || values.every(Number.isNaN)) {
    return { ...figure, note: `Fewer than ${window} returns in a row.`, option: null };
  }
  const half = values.map((sharpe) => halfWidth(sharpe, window));
  const at = (row: Float64Array) =>
    Array.from(row, (v, i) => [instant(days[i]!), Number.isNaN(v) ? null : v]);
  const low = values.map((v, i) => v - half[i]!);
  const band = { stack: "band", stackStrategy: "all", lineStyle: { opacity: 0 } };
  const option = {
    ...BASE,
    legend: legend([judged.name, ...(other ? [other.name] : [])]),
    grid: { ...PANEL, top: 50, bottom: 24 },
    xAxis: timeAxis({ first: days[0]!, last: days.at(-1)! + 1 }),
    yAxis: yAxis({ name: "Sharpe ratio (a year)" }),
    series: [
      line("low", at(low), band),
      line("band", at(half.map((h) => 2 * h)), {
        ...band,
        areaStyle: { color: STRATEGY, opacity: 0.13 },
      }),
      ...(other
        ? [
            line(other.name, at(rollingSharpe(other.returns, window)), {
              lineStyle: lineStyle(1),
              itemStyle: { color: lineStyle(1).color },
            }),
          ]
        : []),
      line(judged.name, at(values), {
        lineStyle: { color: STRATEGY, width: 1.8 },
        itemStyle: { color: STRATEGY },
        markLine: {
          silent: true,
          symbol: "none",
          label: { show: false },
          lineStyle: { color: "#5b6673", type: "solid", width: 1 },
          data: [{ yAxis: 0 }],
        },
      }),
    ],
  };
  const note =
    `Mean over deviation of simple daily returns times √252, no risk-free rate; each point uses ${window} returns. ` +
    `Band: 95% for one point alone if returns were independent and normal (Lo 2002); overlapping windows are not independent.`;
  return { ...figure, note, option };
}

function halfWidth(sharpe: number, window: number): number {
  const daily = sharpe / Math.sqrt(SESSIONS_PER_YEAR);
  return 1.96 * Math.sqrt((1 + (daily * daily) / 2) / window) * Math.sqrt(SESSIONS_PER_YEAR);
}
