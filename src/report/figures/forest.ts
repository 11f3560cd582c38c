import type { Figure } from "../figure.ts";
import { textWidth } from "../text-width.ts";
import {
  ALERT,
  BASE,
  FONT,
  INK,
  MUTED,
  STRATEGY,
  categoryAxis,
  segments,
  xAxis,
} from "../theme.ts";

export interface ForestData {
  readonly id: string;
  readonly title: string;
  readonly note: string;
  /** Quantity and unit of the intervals. */
  readonly valueName: string;
  /** Values are multiplied by this for the axis: 100 for percent. */
  readonly factor?: number;
  readonly rows: readonly {
    readonly name: string;
    readonly estimate: number;
    /** NaN where not bounded: the line then runs to the edge. */
    readonly low: number;
    readonly high: number;
    /** What to clear; drawn as a tick on the row. */
    readonly threshold?: number;
  }[];
  /** A line through all rows; 0 unless given. */
  readonly reference?: number;
}

/** One interval a row: estimate, bounds and what they must clear. */
export function forestFigure(data: ForestData): Figure {
  const n = data.rows.length;
  const factor = data.factor ?? 1;
  const figure = { id: data.id, title: data.title, width: 900, height: 64 + 28 * n };
  const known = data.rows.flatMap(({ estimate, low, high, threshold }) =>
    [estimate, low, high, threshold ?? NaN].filter(Number.isFinite),
  );
  if (known.length === 0) return { ...figure, note: "No intervals.", option: null };
  const reference = data.reference ?? 0;
  const ends = [...known, reference].map((v) => v * factor);
  const margin = (Math.max(...ends) - Math.min(...ends)) * 0.06 || 1;
  const min = Math.min(...ends) - margin;
  const max = Math.max(...ends) + margin;
  const left = 24 + Math.max(...data.rows.map(({ name }) => textWidth(name, 11)));
  const bounded = (v: number, edge: number) => (Number.isFinite(v) ? v * factor : edge);
  const option = {
    ...BASE,
    grid: { left, right: 16, top: 8, height: 28 * n },
    xAxis: xAxis(
      { name: data.valueName },
      {
        min,
        max,
        axisLabel: {
          color: MUTED,
          fontSize: 11,
          fontFamily: FONT,
          showMinLabel: false,
          showMaxLabel: false,
        },
      },
    ),
    yAxis: categoryAxis(
      data.rows.map(({ name }) => name),
      { name: "" },
      {
        inverse: true,
        axisLine: { show: false },
        axisLabel: { color: INK, fontSize: 11, fontFamily: FONT, interval: 0 },
      },
    ),
    series: [
      segments(
        { color: STRATEGY, width: 2 },
        data.rows.flatMap(({ estimate, low, high }, i) =>
          Number.isFinite(estimate)
            ? [
                {
                  coords: [
                    [bounded(low, min), i],
                    [bounded(high, max), i],
                  ],
                },
              ]
            : [],
        ),
      ),
      {
        type: "scatter",
        silent: true,
        symbol: "circle",
        symbolSize: 9,
        itemStyle: { color: STRATEGY, borderColor: "#ffffff", borderWidth: 1.5, opacity: 1 },
        data: data.rows.map(({ estimate }, i) => [
          Number.isFinite(estimate) ? estimate * factor : null,
          i,
        ]),
        markLine: {
          silent: true,
          symbol: "none",
          label: { show: false },
          lineStyle: { color: MUTED, type: "solid", width: 1 },
          data: [{ xAxis: reference * factor }],
        },
      },
      {
        type: "scatter",
        silent: true,
        symbol: "rect",
        symbolSize: [2.5, 17],
        itemStyle: { color: ALERT, opacity: 1 },
        data: data.rows.flatMap(({ threshold }, i) =>
          threshold !== undefined && Number.isFinite(threshold) ? [[threshold * factor, i]] : [],
        ),
      },
    ],
  };
  const clear = data.rows.some(({ threshold }) => threshold !== undefined);
  const note = `${data.note}${clear ? " Upright mark: what the interval must clear." : ""}`;
  return { ...figure, note, option };
}
