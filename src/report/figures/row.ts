import type { Figure } from "../figure.ts";
import { FONT, INK, PANEL } from "../theme.ts";

export interface RowData {
  readonly id: string;
  readonly title: string;
  readonly note: string;
  readonly height: number;
  /** Figures of one pair of axes each; their titles stand above them. The empty ones leave no gap. */
  readonly figures: readonly Figure[];
}

const WIDTH = 900;
const TOP = 66;

/** The parts of an option that a figure of one pair of axes has. */
interface Parts {
  readonly grid: { left: number; right: number; height?: number };
  readonly xAxis: object;
  readonly yAxis: object;
  readonly series: readonly object[];
  readonly legend?: { data: readonly string[] };
}

/** Figures side by side in one picture. They share the legend of the first that has one. */
export function rowFigure({ figures, ...data }: RowData): Figure {
  const drawn = figures.filter(({ option }) => option !== null);
  const figure = { id: data.id, title: data.title, width: WIDTH, height: data.height };
  if (drawn.length === 0) return { ...figure, note: "No values.", option: null };
  const parts = drawn.map(({ option }) => option as unknown as Parts);
  const width = WIDTH / parts.length;
  const legends = parts.findIndex((part) => part.legend?.data.length);
  const option = {
    ...drawn[0]!.option,
    ...(legends >= 0 && { legend: { ...parts[legends]!.legend, top: 20, left: legends * width } }),
    title: drawn.map(({ title }, k) => ({
      text: title,
      left: k * width - 5,
      top: -5,
      textStyle: { fontSize: 12, fontWeight: "bold", color: INK, fontFamily: FONT },
    })),
    grid: parts.map(({ grid: { left, right, height } }, k) => ({
      left: k * width + left,
      width: width - left - right,
      top: TOP,
      height: height ?? data.height - TOP - 46,
      outerBoundsMode: PANEL.outerBoundsMode,
    })),
    xAxis: parts.map((part, k) => ({ ...part.xAxis, gridIndex: k })),
    yAxis: parts.map((part, k) => ({ ...part.yAxis, gridIndex: k })),
    series: parts.flatMap((part, k) =>
      part.series.map((one) => ({ ...one, xAxisIndex: k, yAxisIndex: k })),
    ),
  };
  return { ...figure, note: data.note, option };
}
