import type { Figure } from "../figure.ts";
import { BASE, INK, categoryAxis, legend, lineStyle, segments, yAxis } from "../theme.ts";

export interface BarsData {
  readonly id: string;
  readonly title: string;
  readonly note: string;
  readonly xName: string;
  readonly yName: string;
  readonly xs: readonly string[];
  readonly groups: readonly {
    readonly name: string;
    /** As long as `xs`, NaN where missing. */
    readonly values: ArrayLike<number>;
    /** Ends of the error bars. */
    readonly low?: ArrayLike<number>;
    readonly high?: ArrayLike<number>;
  }[];
  readonly height?: number;
}

/** Bars with error bars, several groups side by side. */
export function barsFigure(data: BarsData): Figure {
  const figure = { id: data.id, title: data.title, width: 900, height: data.height ?? 320 };
  const { groups } = data;
  if (!groups.some(({ values }) => Array.from(values).some(Number.isFinite))) {
    return { ...figure, note: "No values.", option: null };
  }
  const known = groups.flatMap(({ values, low, high }) =>
    [values, low, high].flatMap((row) => Array.from(row ?? []).filter(Number.isFinite)),
  );
  // Bars fill 70 % of a category; their centres are known, so the error bars can stand on them.
  const centre = (i: number, k: number) => i + ((k + 0.5) / groups.length - 0.5) * 0.7;
  // A dozen names that do not fit side by side are slanted; of more, some are left out.
  const longest = Math.max(...data.xs.map((x) => x.length));
  const slanted = data.xs.length <= 16 && 6.5 * longest > 840 / data.xs.length;
  const option = {
    ...BASE,
    legend: legend(groups.length > 1 ? groups.map(({ name }) => name) : [], {
      itemWidth: 12,
      itemStyle: { opacity: 1 },
    }),
    grid: { left: 48, right: 12, top: groups.length > 1 ? 50 : 28, bottom: slanted ? 70 : 46 },
    xAxis: [
      categoryAxis(
        data.xs,
        { name: slanted ? "" : data.xName },
        {
          axisLabel: {
            fontSize: 11,
            ...(slanted ? { interval: 0, rotate: 25 } : { hideOverlap: true }),
          },
        },
      ),
      { type: "value", show: false, min: -0.5, max: data.xs.length - 0.5 },
    ],
    yAxis: yAxis({ name: data.yName }, extentWithNil(known)),
    series: [
      ...groups.map(({ name, values }, k) => ({
        type: "bar",
        name,
        silent: true,
        barCategoryGap: "30%",
        barGap: "0%",
        itemStyle: { color: lineStyle(k).color, opacity: 0.85 },
        data: Array.from(values, (v) => (Number.isFinite(v) ? v : null)),
        markLine: k === 0 ? NIL : undefined,
      })),
      segments(
        { color: INK, width: 1.2 },
        groups.flatMap(({ low, high }, k) =>
          data.xs.flatMap((_, i) => errorBar(centre(i, k), low?.[i] ?? NaN, high?.[i] ?? NaN)),
        ),
        { xAxisIndex: 1, z: 5 },
      ),
    ],
  };
  return { ...figure, note: data.note, option };
}

const NIL = {
  silent: true,
  symbol: "none",
  label: { show: false },
  lineStyle: { color: "#5b6673", type: "solid", width: 1 },
  data: [{ yAxis: 0 }],
};

function errorBar(x: number, low: number, high: number): { coords: number[][] }[] {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return [];
  const cap = 0.05;
  return [
    {
      coords: [
        [x, low],
        [x, high],
      ],
    },
    {
      coords: [
        [x - cap, low],
        [x + cap, low],
      ],
    },
    {
      coords: [
        [x - cap, high],
        [x + cap, high],
      ],
    },
  ];
}

function extentWithNil(known: readonly number[]): { min?: number; max?: number } {
  const low = Math.min(0, ...known);
  const high = Math.max(0, ...known);
  const step = 10 ** Math.floor(Math.log10(Math.max(high - low, 1e-9)));
  return {
    min: Math.floor(low / step) * step,
    max: Math.ceil(high / step) * step,
  };
}
