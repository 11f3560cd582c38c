import type { Figure } from "../figure.ts";
import { count } from "../format.ts";
import { heatMapFigure } from "./heat-map.ts";

export interface ConfusionData {
  readonly id: string;
  readonly title: string;
  readonly names: readonly string[];
  /** `counts[actual][predicted]`. */
  readonly counts: readonly ArrayLike<number>[];
}

/** Share of each actual class that was predicted as each class; rows sum to one. */
export function confusionFigure({ id, title, names, counts }: ConfusionData): Figure {
  const totals = counts.map((row) => Array.from(row).reduce((a, b) => a + b, 0));
  const n = totals.reduce((a, b) => a + b, 0);
  const right = counts.reduce((sum, row, i) => sum + row[i]!, 0);
  return heatMapFigure({
    id,
    title,
    note: `Shares of each row. n = ${count(n)}: ${names.map((name, i) => `${name} ${count(totals[i]!)}`).join(", ")}. On the diagonal: ${n > 0 ? `${((100 * right) / n).toFixed(1)}%` : "–"}.`,
    xName: "predicted",
    yName: "actual",
    valueName: "share of the actual class",
    xs: names,
    ys: names,
    values: counts.map((row, i) => Array.from(row, (c) => (totals[i]! > 0 ? c / totals[i]! : NaN))),
    kind: "percent",
    scale: "sequential",
    range: [0, 1],
    width: Math.min(900, 220 + 110 * names.length),
    rowHeight: 44,
  });
}
