import type { Figure } from "../figure.ts";
import { formatCell } from "../format.ts";
import type { CellKind } from "../format.ts";
import { textWidth } from "../text-width.ts";
import { BASE, DIVERGING, FONT, INK, MUTED, SEQUENTIAL, categoryAxis } from "../theme.ts";

export interface HeatMapData {
  readonly id: string;
  readonly title: string;
  readonly note: string;
  /** Quantity and unit of the columns, rows and cells. */
  readonly xName: string;
  readonly yName: string;
  readonly valueName: string;
  readonly xs: readonly string[];
  readonly ys: readonly string[];
  /** `values[row][column]`, NaN where missing; the first row is drawn at the top. */
  readonly values: readonly ArrayLike<number>[];
  readonly kind: CellKind;
  /** Diverging colours are symmetric about nil. */
  readonly scale: "sequential" | "diverging";
  /** Fixed ends of the colours; the extent of the values unless given. */
  readonly range?: readonly [number, number];
  readonly width?: number;
  /** Fixed height of a row in pixels. */
  readonly rowHeight?: number;
}

const MISSING_FILL = "#f0f1f3";

/**
 * A table of numbers as colours: sweeps over two parameters, months, confusion matrices, surfaces. Cells wide
 * enough carry their number.
 */
export function heatMapFigure(data: HeatMapData): Figure {
  const { xs, ys, values, kind, scale } = data;
  const width = data.width ?? 900;
  const rowHeight = data.rowHeight ?? Math.max(5, Math.min(30, 420 / Math.max(1, ys.length)));
  const height = Math.round(ys.length * rowHeight) + 118;
  const figure = { id: data.id, title: data.title, width, height };
  const known = values.flatMap((row) => Array.from(row).filter((v) => Number.isFinite(v)));
  if (known.length === 0) return { ...figure, note: "No values.", option: null };
  const [low, high] = data.range ?? extent(known, scale);
  const left = 22 + Math.max(...ys.map((y) => textWidth(y, 11)), 20);
  const cell = (width - left - 16) / xs.length;
  const text = (v: number) => formatCell(v, kind);
  const fontSize = cell < 44 ? 10 : 11;
  const fits =
    rowHeight >= 15 && Math.max(...known.map((v) => textWidth(text(v), fontSize))) <= cell - 4;
  const option = {
    ...BASE,
    grid: {
      left,
      right: 16,
      top: 30,
      height: ys.length * rowHeight,
      show: true,
      borderWidth: 0,
      backgroundColor: MISSING_FILL,
    },
    xAxis: categoryAxis(xs, { name: data.xName }, axisOf(xs, cell)),
    yAxis: categoryAxis(
      ys,
      { name: data.yName },
      {
        inverse: true,
        nameLocation: "start",
        nameGap: 12,
        nameTextStyle: {
          color: MUTED,
          fontSize: 11,
          fontFamily: FONT,
          align: "left",
          padding: [0, 0, 0, 10 - left],
        },
        ...thinned(ys.length, Math.ceil(14 / rowHeight)),
      },
    ),
    visualMap: {
      type: "continuous",
      min: low,
      max: high,
      calculable: false,
      orient: "horizontal",
      left: "right",
      bottom: 0,
      itemWidth: 10,
      itemHeight: 160,
      text: [`${text(high)}  ${data.valueName}`, text(low)],
      textStyle: { color: MUTED, fontSize: 11, fontFamily: FONT },
      inRange: { color: scale === "sequential" ? SEQUENTIAL : DIVERGING },
      hoverLink: false,
    },
    series: [
      {
        type: "heatmap",
        silent: true,
        emphasis: { disabled: true },
        itemStyle: { borderColor: "#ffffff", borderWidth: fits ? 1 : 0 },
        data: values.flatMap((row, i) =>
          xs.flatMap((_, j) => {
            const value = row[j] ?? NaN;
            if (!Number.isFinite(value)) return [];
            const color = contrast(value, low, high, scale);
            const label = { show: fits, formatter: text(value), fontSize, fontFamily: FONT, color };
            return [{ value: [j, i, value], label }];
          }),
        ),
      },
    ],
  };
  return { ...figure, note: data.note, option };
}

function extent(known: readonly number[], scale: HeatMapData["scale"]): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const v of known) {
    low = Math.min(low, v);
    high = Math.max(high, v);
  }
  if (scale === "diverging") {
    const far = Math.max(Math.abs(low), Math.abs(high), 1e-12);
    return [-far, far];
  }
  return low === high ? [low, low + Math.max(Math.abs(low), 1e-12)] : [low, high];
}

/** White on dark cells. */
function contrast(v: number, low: number, high: number, scale: HeatMapData["scale"]): string {
  const share = (v - low) / (high - low);
  const dark = scale === "sequential" ? share > 0.6 : share < 0.12 || share > 0.88;
  return dark ? "#ffffff" : INK;
}

/** Labels that would touch are thinned out. */
function axisOf(names: readonly string[], cell: number) {
  const widest = Math.max(...names.map((name) => textWidth(name, 11)));
  return thinned(names.length, Math.ceil((widest + 8) / cell));
}

function thinned(n: number, every: number) {
  const interval = Math.max(1, Math.min(n, every)) - 1;
  return { axisLabel: { color: MUTED, fontSize: 11, fontFamily: FONT, interval } };
}
