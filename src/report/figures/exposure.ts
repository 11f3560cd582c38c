import { SESSIONS_PER_YEAR } from "#core";
import { mean } from "#num";
import type { Figure } from "../figure.ts";
import { count, percent } from "../format.ts";
import {
  BASE,
  PANEL,
  STRATEGY,
  instant,
  line,
  lineStyle,
  segments,
  timeAxis,
  yAxis,
} from "../theme.ts";

/** Share of net asset value invested, over the value traded each day. */
export function exposureFigure(
  days: Int32Array,
  exposure: Float64Array,
  turnover: Float64Array,
): Figure {
  const figure = { id: "exposure", title: "Exposure and turnover", width: 900, height: 290 };
  const known = [exposure, turnover].map((row) => row.filter(Number.isFinite));
  if (days.length === 0 || known.every((row) => row.length === 0)) {
    return { ...figure, note: "No positions were recorded.", option: null };
  }
  const range = { first: days[0]!, last: days.at(-1)! + 1 };
  const at = (row: Float64Array) =>
    Array.from(row, (v, i) => [instant(days[i]!), Number.isFinite(v) ? v * 100 : null]);
  const option = {
    ...BASE,
    grid: [
      { ...PANEL, top: 28, height: 118 },
      { ...PANEL, top: 186, height: 76 },
    ],
    xAxis: [timeAxis(range, { gridIndex: 0, labels: false }), timeAxis(range, { gridIndex: 1 })],
    yAxis: [
      yAxis({ name: "invested (% of net asset value)", gridIndex: 0 }),
      yAxis(
        { name: "traded in a day (% of net asset value)", gridIndex: 1 },
        { splitNumber: 3, min: 0 },
      ),
    ],
    series: [
      line("exposure", at(exposure), {
        step: "end",
        sampling: "minmax",
        lineStyle: { color: STRATEGY, width: 1.2 },
        areaStyle: { color: STRATEGY, opacity: 0.14 },
      }),
      segments(
        { color: lineStyle(1).color, width: 1.4 },
        Array.from(turnover).flatMap((v, i) =>
          v > 0
            ? [
                {
                  coords: [
                    [instant(days[i]!), 0],
                    [instant(days[i]!), v * 100],
                  ],
                },
              ]
            : [],
        ),
        { xAxisIndex: 1, yAxisIndex: 1 },
      ),
      // The axis takes its extent from a series with values of its own.
      line("turnover", at(turnover), {
        xAxisIndex: 1,
        yAxisIndex: 1,
        sampling: "max",
        lineStyle: { opacity: 0 },
      }),
    ],
  };
  const note =
    `Exposure at the close, mean ${percent(mean(known[0]!))} (n = ${count(known[0]!.length)}). ` +
    `Traded value one way, buys plus sells; ${percent(mean(known[1]!) * SESSIONS_PER_YEAR, 0)} of net asset value a year (n = ${count(known[1]!.length)}).`;
  return { ...figure, note, option };
}
