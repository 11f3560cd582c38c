import type { Figure } from "../figure.ts";
import { textWidth } from "../text-width.ts";
import { BASE, FONT, INK, MUTED, STRATEGY, categoryAxis, xAxis } from "../theme.ts";

export interface StripData {
  readonly id: string;
  readonly title: string;
  readonly note: string;
  /** Quantity and unit of the points. */
  readonly valueName: string;
  readonly rows: readonly { readonly name: string; readonly values: readonly number[] }[];
}

/** Every value as a point, one row a name: for samples too small to sum up. */
export function stripFigure(data: StripData): Figure {
  const rows = data.rows.map(({ name, values }) => ({
    name,
    values: values.filter(Number.isFinite),
  }));
  const n = rows.length;
  const figure = { id: data.id, title: data.title, width: 900, height: 64 + 24 * n };
  if (rows.every(({ values }) => values.length === 0)) {
    return { ...figure, note: "No values.", option: null };
  }
  const left = 24 + Math.max(...rows.map(({ name }) => textWidth(name, 11)));
  const option = {
    ...BASE,
    grid: { left, right: 16, top: 8, height: 24 * n },
    xAxis: xAxis({ name: data.valueName }, { scale: true }),
    yAxis: categoryAxis(
      rows.map(({ name }) => name),
      { name: "" },
      {
        inverse: true,
        axisLine: { show: false },
        axisLabel: { color: INK, fontSize: 11, fontFamily: FONT, interval: 0 },
        splitLine: { show: true, lineStyle: { color: "#eef0f2" } },
      },
    ),
    series: [
      {
        type: "scatter",
        silent: true,
        symbolSize: 8,
        itemStyle: { color: STRATEGY, opacity: 0.55 },
        data: rows.flatMap(({ values }, i) => values.map((v) => [v, i])),
        markLine: {
          silent: true,
          symbol: "none",
          label: { show: false },
          lineStyle: { color: MUTED, type: "solid", width: 1 },
          data: [{ xAxis: 0 }],
        },
      },
    ],
  };
  return { ...figure, note: data.note, option };
}
