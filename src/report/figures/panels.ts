import type { Figure } from "../figure.ts";
import { formatCell } from "../format.ts";
import { metricName } from "../metric-name.ts";
import { textWidth } from "../text-width.ts";
import { ALERT, BASE, FONT, INK, STRATEGY, categoryAxis, xAxis } from "../theme.ts";

export interface PanelsData {
  readonly id: string;
  readonly title: string;
  readonly note: string;
  readonly rows: readonly {
    readonly name: string;
    /** One value a metric, NaN where missing. */
    readonly values: readonly number[];
    /** Drawn in the colour of warnings: not comparable with the others. */
    readonly alert?: boolean;
  }[];
  /** Names as in `metricName`. */
  readonly metrics: readonly string[];
}

/** Rows side by side, one panel of bars a metric, each bar with its number: presets, costs, delays. */
export function panelsFigure(data: PanelsData): Figure {
  const n = data.rows.length;
  const figure = { id: data.id, title: data.title, width: 900, height: 58 + 26 * n };
  const known = data.rows.some(({ values }) => values.some(Number.isFinite));
  if (!known) return { ...figure, note: "No values.", option: null };
  const left = 20 + Math.max(...data.rows.map(({ name }) => textWidth(name, 11)));
  const gap = 26;
  const width = (figure.width - left - 12 - gap * (data.metrics.length - 1)) / data.metrics.length;
  const option = {
    ...BASE,
    title: data.metrics.map((metric, k) => ({
      text: metricName(metric).label,
      left: left + k * (width + gap) - 5,
      top: 0,
      textStyle: { fontSize: 12, fontWeight: "bold", color: INK, fontFamily: FONT },
    })),
    grid: data.metrics.map((_, k) => ({
      left: left + k * (width + gap),
      width,
      top: 30,
      height: 26 * n,
    })),
    xAxis: data.metrics.map((_, k) => ({
      ...xAxis({ name: "", gridIndex: k }, rangeOf(data.rows.map(({ values }) => values[k]!))),
      axisLabel: { show: false },
      axisTick: { show: false },
      axisLine: { show: false },
      splitLine: { show: false },
    })),
    yAxis: data.metrics.map((_, k) =>
      categoryAxis(
        data.rows.map(({ name }) => name),
        { name: "", gridIndex: k, labels: k === 0 },
        {
          inverse: true,
          axisLine: { show: true, onZero: true, lineStyle: { color: "#aab2bb" } },
          axisLabel: { show: k === 0, color: INK, fontSize: 11, fontFamily: FONT, interval: 0 },
        },
      ),
    ),
    series: data.metrics.map((metric, k) => ({
      type: "bar",
      xAxisIndex: k,
      yAxisIndex: k,
      silent: true,
      barWidth: 11,
      data: data.rows.map(({ values, alert }) => {
        const value = values[k]!;
        return {
          value: Number.isFinite(value) ? value : null,
          itemStyle: { color: alert ? ALERT : STRATEGY, opacity: 0.82 },
          label: {
            show: Number.isFinite(value),
            position: value < 0 ? "left" : "right",
            formatter: formatCell(value, metricName(metric).kind),
            fontSize: 11,
            fontFamily: FONT,
            color: INK,
          },
        };
      }),
    })),
  };
  return { ...figure, note: data.note, option };
}

/** Nil is always there, and room for the numbers beside the bars. */
function rangeOf(values: readonly number[]): { min: number; max: number } {
  const known = values.filter(Number.isFinite);
  const low = Math.min(0, ...known);
  const high = Math.max(0, ...known);
  const span = high - low || 1;
  return {
    min: low < 0 ? low - 0.4 * span : 0,
    max: high > 0 ? high + 0.4 * span : low < 0 ? 0 : 1,
  };
}
