/**
 * Colours, type and axes shared by every figure. Light ground; hues from the palette of Okabe and Ito
 * (distinct for the colour-blind), lines told apart by dashes too, states by lightness, so that a grey print
 * is still readable.
 */
import { timeTicks, wealthTicks } from "./ticks.ts";

export const INK = "#1d2733";
export const MUTED = "#5b6673";
export const GRID = "#e4e7eb";
export const FONT = "'Helvetica Neue', Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif";

/** The judged strategy. */
export const STRATEGY = "#0b5394";
/** Losses, thresholds, warnings. */
export const ALERT = "#c2410c";

const SERIES = ["#d9730d", "#6b7280", "#00856f", "#a3478f", "#3b9bd6", "#8a6d00", "#7a3b12"];
const DASHES: readonly (string | number[])[] = ["solid", [7, 3], [2, 3], [9, 3, 2, 3]];

/** Colour and dash of the k-th line; 0 is the judged strategy. */
export function lineStyle(k: number): { color: string; type: string | number[]; width: number } {
  if (k === 0) return { color: STRATEGY, type: "solid", width: 1.8 };
  const i = k - 1;
  return { color: SERIES[i % SERIES.length]!, type: DASHES[i % DASHES.length]!, width: 1.3 };
}

/** From calm to severe. */
const STATES = ["#e3edf5", "#f6d98f", "#d9683c", "#8f2d3f", "#3d1c3a"];

/** Colour of a state among `count`, spread over the scale from calm to severe. */
export function stateColor(state: number, count: number): string {
  if (count <= 3) return STATES[state]!;
  return STATES[Math.min(STATES.length - 1, Math.round((state / (count - 1)) * 4))]!;
}

/** Low to high. */
export const SEQUENTIAL = ["#f7fbff", "#c6dbef", "#6baed6", "#2171b5", "#08306b"];
/** Negative, nil, positive. */
export const DIVERGING = [
  "#b35806",
  "#f1a340",
  "#fee0b6",
  "#f7f7f7",
  "#c7ddf0",
  "#6ea6d3",
  "#1f5f9e",
];

const LABEL = { color: MUTED, fontSize: 11, fontFamily: FONT };

/** What every option starts with: no animation, no interaction, one type. */
export const BASE = {
  animation: false,
  backgroundColor: "transparent",
  textStyle: { fontFamily: FONT, color: INK, fontSize: 12 },
  useUTC: true,
};

/** Sides of a panel; panels above one another keep them whatever their labels. */
export const PANEL = { left: 48, right: 12, outerBoundsMode: "none" };

export interface AxisText {
  /** Quantity and unit, shown above the axis of y and below that of x. */
  readonly name: string;
  readonly gridIndex?: number;
  readonly labels?: boolean;
}

/** An axis from the first to the last of two days; data are milliseconds, see `instant`. */
export function timeAxis(
  range: { first: number; last: number },
  text: Omit<AxisText, "name"> = {},
) {
  const { days, template } = timeTicks(range.first, range.last);
  const customValues = days.map(instant);
  const labels = text.labels !== false;
  return {
    type: "time",
    gridIndex: text.gridIndex ?? 0,
    min: instant(range.first),
    max: instant(range.last),
    axisLine: { show: true, onZero: false, lineStyle: { color: "#aab2bb" } },
    axisTick: { show: labels, customValues, lineStyle: { color: "#aab2bb" } },
    axisLabel: {
      ...LABEL,
      show: labels,
      customValues,
      formatter: template,
      hideOverlap: true,
      // A label in the middle of a mark at the very edge would leave the picture.
      alignMinLabel: near(days[0], range.first, range) ? "left" : "center",
      alignMaxLabel: near(days.at(-1), range.last, range) ? "right" : "center",
    },
    splitLine: { show: false },
  };
}

function near(
  day: number | undefined,
  edge: number,
  { first, last }: { first: number; last: number },
): boolean {
  return day !== undefined && Math.abs(day - edge) < 0.03 * (last - first);
}

/** Day number → the milliseconds of a time axis. */
export function instant(day: number): number {
  return day * 86_400_000;
}

/** A linear axis of x. */
export function xAxis(text: AxisText, more: object = {}) {
  return {
    type: "value",
    gridIndex: text.gridIndex ?? 0,
    name: text.name,
    nameLocation: "middle",
    nameGap: 28,
    nameTextStyle: LABEL,
    axisLine: { show: true, onZero: false, lineStyle: { color: "#aab2bb" } },
    axisTick: { show: true, lineStyle: { color: "#aab2bb" } },
    axisLabel: { ...LABEL, hideOverlap: true },
    splitLine: { show: true, lineStyle: { color: GRID } },
    ...more,
  };
}

/** A linear axis of y: name above, to the left; grid lines, no line of its own. */
export function yAxis(text: AxisText, more: object = {}) {
  return {
    type: "value",
    gridIndex: text.gridIndex ?? 0,
    name: text.name,
    nameLocation: "end",
    nameGap: 9,
    nameTextStyle: { ...LABEL, align: "left", padding: [0, 0, 0, -38] },
    axisLine: { show: false, onZero: false },
    axisTick: { show: false },
    axisLabel: { ...LABEL, show: text.labels !== false, hideOverlap: true },
    splitLine: { show: true, lineStyle: { color: GRID } },
    ...more,
  };
}

/** A logarithmic axis of y for wealth between `low` and `high`, with ticks at round numbers. */
export function logAxis(range: { low: number; high: number }, text: AxisText) {
  const customValues = wealthTicks(range.low, range.high);
  return yAxis(text, {
    type: "log",
    min: customValues[0],
    max: customValues.at(-1),
    axisTick: { show: false, customValues },
    axisLabel: { ...LABEL, customValues, hideOverlap: true },
  });
}

/** A category axis with every name shown. */
export function categoryAxis(names: readonly string[], text: AxisText, more: object = {}) {
  return {
    type: "category",
    gridIndex: text.gridIndex ?? 0,
    data: names,
    name: text.name,
    nameLocation: "middle",
    nameGap: 30,
    nameTextStyle: LABEL,
    axisLine: { show: true, onZero: false, lineStyle: { color: "#aab2bb" } },
    axisTick: { show: false },
    axisLabel: { ...LABEL, show: text.labels !== false, interval: 0 },
    splitLine: { show: false },
    ...more,
  };
}

/** A legend of lines at the top left; boxes need `itemStyle: { opacity: 1 }`, the lines have no symbols. */
export function legend(names: readonly string[], more: object = {}) {
  return {
    show: true,
    data: names,
    top: 0,
    left: 0,
    itemWidth: 22,
    itemHeight: 9,
    itemGap: 16,
    selectedMode: false,
    itemStyle: { opacity: 0 },
    textStyle: { ...LABEL, color: INK },
    ...more,
  };
}

/** A line without symbols. */
export function line(name: string, data: readonly unknown[], more: object = {}) {
  return {
    type: "line",
    name,
    data,
    symbol: "none",
    silent: true,
    emphasis: { disabled: true },
    ...more,
  };
}

/** Straight segments on a pair of axes: error bars, spikes. */
export function segments(
  style: object,
  data: readonly { coords: number[][] }[],
  more: object = {},
) {
  return {
    type: "lines",
    coordinateSystem: "cartesian2d",
    silent: true,
    lineStyle: { opacity: 1, ...style },
    data,
    ...more,
  };
}
