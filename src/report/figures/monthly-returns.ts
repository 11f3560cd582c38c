import type { Figure } from "../figure.ts";
import { monthlyReturns } from "../series.ts";
import type { Curve } from "../tear-sheet-data.ts";
import { heatMapFigure } from "./heat-map.ts";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Return of each calendar month, and of the year in the last column; colours are cut at ±10%. */
export function monthlyReturnsFigure(days: Int32Array, curve: Curve | undefined): Figure {
  const { years, months, totals } = monthlyReturns(days, curve?.returns ?? new Float64Array(0));
  return heatMapFigure({
    id: "monthly-returns",
    title: `Monthly returns${curve ? `, ${curve.name}` : ""}`,
    note: "Simple returns compounded within the calendar month, the last column within the year; the first and last may be partial. Colours are cut at ±10%.",
    xName: "month",
    yName: "year",
    valueName: "return",
    xs: [...MONTHS, "Year"],
    ys: years.map(String),
    values: months.map((row, i) => Array.from(row).concat(totals[i]!)),
    kind: "percent",
    scale: "diverging",
    range: [-0.1, 0.1],
    rowHeight: 21,
  });
}
