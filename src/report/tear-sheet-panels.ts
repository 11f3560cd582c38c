import { forestFigure } from "./figures/forest.ts";
import { panelsFigure } from "./figures/panels.ts";
import type { Figure } from "./figure.ts";
import { metricName, metricValue } from "./metric-name.ts";
import type { Difference, PresetResult, TearSheetData } from "./tear-sheet-data.ts";

const PANELS = ["sharpe", "cagr", "maxDrawdown", "volatility"];

/** One forest a metric, a benchmark a row. */
export function differenceFigures(differences: readonly Difference[]): Figure[] {
  return [...new Set(differences.map(({ metric }) => metric))].map((metric) => {
    const { label, kind } = metricName(metric);
    const inPercent = kind === "percent";
    return forestFigure({
      id: `difference-${metric.replace(/[^a-z0-9]+/gi, "-").toLowerCase()}`,
      title: `${label}: strategy minus benchmark`,
      note: "Estimate and interval of the paired difference on the same days; right of the line the strategy is higher.",
      valueName: inPercent ? `${label}, difference (percentage points)` : `${label}, difference`,
      factor: inPercent ? 100 : 1,
      rows: differences
        .filter((one) => one.metric === metric)
        .map(({ benchmark, estimate, low, high }) => ({
          name: `v ${benchmark}`,
          estimate,
          low,
          high,
        })),
    });
  });
}

function values(metrics: object): number[] {
  return PANELS.map((name) => metricValue(metrics, name));
}

/** What the result becomes when trading costs more or less. */
export function costsFigure(rows: TearSheetData["costSensitivity"]): Figure {
  return panelsFigure({
    id: "costs",
    title: "If trading cost more",
    note: "Commissions and slippage times 0, 1, 2, 3; 1× is the result above.",
    metrics: PANELS,
    rows: rows.map(({ multiple, metrics }) => ({
      name: costsName(multiple),
      values: values(metrics),
    })),
  });
}

export function costsName(multiple: number): string {
  return `${multiple}× costs`;
}

/** What the result becomes when every decision is carried out later. */
export function delayFigure(rows: TearSheetData["delaySensitivity"]): Figure {
  return panelsFigure({
    id: "delay",
    title: "If decisions came later",
    note: "Sessions between a decision and the order it gives; 0 is the normal fill at the next session. An edge that dies with a day of delay is fragile or was look-ahead.",
    metrics: PANELS,
    rows: rows.map(({ delay, metrics }) => ({ name: delayName(delay), values: values(metrics) })),
  });
}

export function delayName(delay: number): string {
  return `${delay} session${delay === 1 ? "" : "s"}`;
}

/** Presets side by side; those that look ahead in the colour of warnings. */
export function presetsFigure(presets: readonly PresetResult[]): Figure {
  return panelsFigure({
    id: "presets",
    title: "Presets side by side",
    note: "The same window, snapshot and commissions, each preset with its own rules of prices, cash and financing; a preset in the colour of warnings looks ahead and is shown for comparison with published numbers only.",
    metrics: PANELS,
    rows: presets.map(({ name, metrics, lookAhead }) => ({
      name: lookAhead ? `${name} (LOOK-AHEAD)` : name,
      values: values(metrics),
      alert: lookAhead,
    })),
  });
}
