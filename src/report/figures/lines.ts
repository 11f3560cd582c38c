import type { Figure } from "../figure.ts";
import { BASE, categoryAxis, legend, line, lineStyle, logAxis, xAxis, yAxis } from "../theme.ts";

export interface LinesData {
  readonly id: string;
  readonly title: string;
  readonly note: string;
  readonly xName: string;
  readonly yName: string;
  /** Numbers, or names where the steps have none (they are then evenly spaced). */
  readonly xs: readonly number[] | readonly string[];
  readonly lines: readonly {
    readonly name: string;
    /** As long as `xs`, NaN where missing. */
    readonly values: ArrayLike<number>;
    /** Ends of a band around the line. */
    readonly low?: ArrayLike<number>;
    readonly high?: ArrayLike<number>;
  }[];
  readonly logX?: boolean;
  readonly logY?: boolean;
  /** Marks each point, for few of them. */
  readonly points?: boolean;
  /** Names written beside the points instead of in a legend: for lines of one point each. */
  readonly named?: boolean;
  readonly height?: number;
}

/** A family of lines over one axis, with bands: training curves, sweeps of one parameter. */
export function linesFigure(data: LinesData): Figure {
  const figure = { id: data.id, title: data.title, width: 900, height: data.height ?? 320 };
  const lines = data.lines.filter(({ values }) => Array.from(values).some(Number.isFinite));
  if (lines.length === 0) return { ...figure, note: "No values.", option: null };
  const named = typeof data.xs[0] === "string";
  const at = (values: ArrayLike<number>) =>
    Array.from(values, (v, i) => [
      named ? i : data.xs[i]!,
      Number.isFinite(v) && (!data.logY || v > 0) ? v : null,
    ]);
  const option = {
    ...BASE,
    legend: legend(data.named ? [] : lines.map(({ name }) => name)),
    grid: { left: 48, right: 24, top: 50, bottom: 46 },
    xAxis: named
      ? categoryAxis(data.xs as readonly string[], { name: data.xName }, { boundaryGap: true })
      : xAxis(
          { name: data.xName },
          data.named
            ? { type: "value", scale: true }
            : { type: data.logX ? "log" : "value", min: "dataMin", max: "dataMax" },
        ),
    yAxis: data.logY
      ? logAxis(positiveExtent(lines), { name: data.yName })
      : yAxis({ name: data.yName }, { scale: true }),
    series: lines.flatMap((one, k) => {
      const style = lineStyle(k);
      const mark = data.points ? { symbol: "circle", symbolSize: 6, showSymbol: true } : {};
      const label = {
        show: true,
        position: SIDES[k % SIDES.length],
        formatter: one.name,
        color: style.color,
      };
      const drawn = line(one.name, at(one.values), {
        lineStyle: style,
        itemStyle: { color: style.color },
        z: 4,
        ...mark,
        ...(data.named && { label }),
      });
      return one.low && one.high ? bandOf(k, at(one.low), at(one.high)).concat(drawn) : [drawn];
    }),
  };
  return { ...figure, note: data.note, option };
}

/** Neighbours write their names on different sides. */
const SIDES = ["top", "bottom", "left", "right"] as const;

/** Area between two lines of points, in the colour of the k-th line. */
function bandOf(k: number, low: unknown[][], high: unknown[][]): object[] {
  const color = lineStyle(k).color;
  const stack = { stack: `band ${k}`, stackStrategy: "all", lineStyle: { opacity: 0 } };
  const gap = high.map(([x, top], i) => {
    const bottom = low[i]![1];
    return [x, typeof top === "number" && typeof bottom === "number" ? top - bottom : null];
  });
  return [
    line(`low ${k}`, low, stack),
    line(`high ${k}`, gap, { ...stack, areaStyle: { color, opacity: 0.13 } }),
  ];
}

function positiveExtent(lines: LinesData["lines"]): { low: number; high: number } {
  let low = Infinity;
  let high = 0;
  for (const { values, low: bottom, high: top } of lines) {
    for (const row of [values, bottom, top]) {
      for (const v of Array.from(row ?? [])) {
        if (!(v > 0) || v === Infinity) continue;
        low = Math.min(low, v);
        high = Math.max(high, v);
      }
    }
  }
  return high > 0 ? { low, high } : { low: 0.1, high: 1 };
}
