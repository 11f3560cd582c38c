import type { Figure } from "../figure.ts";
import { count } from "../format.ts";
import { BASE, MUTED, legend, line, lineStyle, segments, xAxis, yAxis } from "../theme.ts";

export interface CalibrationData {
  readonly id: string;
  readonly title: string;
  readonly curves: readonly {
    readonly name: string;
    readonly bins: readonly {
      /** Mean forecast of the bin. */
      readonly forecast: number;
      /** Share of events. */
      readonly observed: number;
      readonly count: number;
      /** Interval of the share, where known. */
      readonly low?: number;
      readonly high?: number;
    }[];
  }[];
}

/** Forecast probability against the share that happened; on the diagonal the forecast means what it says. */
export function calibrationFigure({ id, title, curves }: CalibrationData): Figure {
  const figure = { id, title, width: 520, height: 460 };
  const drawn = curves
    .map(({ name, bins }) => ({ name, bins: bins.filter(({ count: n }) => n > 0) }))
    .filter(({ bins }) => bins.length > 0);
  if (drawn.length === 0) return { ...figure, note: "No forecasts.", option: null };
  const most = Math.max(...drawn.flatMap(({ bins }) => bins.map((bin) => bin.count)));
  // Rare events would else sit in a corner.
  const largest = Math.max(
    ...drawn.flatMap(({ bins }) => bins.flatMap((bin) => [bin.forecast, bin.high ?? bin.observed])),
  );
  const top = Math.min(100, Math.max(10, Math.ceil(11 * largest) * 10));
  const unit = { min: 0, max: top };
  const option = {
    ...BASE,
    legend: legend(drawn.map(({ name }) => name)),
    grid: { left: 48, right: 18, top: 50, bottom: 48 },
    xAxis: xAxis({ name: "forecast probability (%)" }, unit),
    yAxis: yAxis({ name: "share that happened (%)" }, unit),
    series: [
      line(
        "calibrated",
        [
          [0, 0],
          [top, top],
        ],
        { lineStyle: { color: MUTED, type: [4, 3], width: 1 } },
      ),
      ...drawn.flatMap(({ name, bins }, k) => {
        const style = lineStyle(k);
        return [
          segments(
            { color: style.color, width: 1 },
            bins.flatMap(({ forecast, low, high }) =>
              low === undefined || high === undefined
                ? []
                : [
                    {
                      coords: [
                        [forecast * 100, low * 100],
                        [forecast * 100, high * 100],
                      ],
                    },
                  ],
            ),
          ),
          line(
            name,
            bins.map((bin) => ({
              value: [bin.forecast * 100, bin.observed * 100],
              symbolSize: 4 + 8 * Math.sqrt(bin.count / most),
            })),
            {
              symbol: "circle",
              showSymbol: true,
              lineStyle: style,
              itemStyle: { color: style.color },
            },
          ),
        ];
      }),
    ],
  };
  const n = drawn.map(
    ({ name, bins }) => `${name} n = ${count(bins.reduce((sum, bin) => sum + bin.count, 0))}`,
  );
  return {
    ...figure,
    note: `Equal bins of forecasts; the size of a mark is the size of its bin. ${n.join(", ")}.`,
    option,
  };
}
