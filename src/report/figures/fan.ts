import { indexOf } from "#core";
import type { Figure } from "../figure.ts";
import { percent } from "../format.ts";
import { wealthOf } from "../series.ts";
import type { Curve, Fan } from "../tear-sheet-data.ts";
import { BASE, INK, PANEL, STRATEGY, instant, legend, line, logAxis, timeAxis } from "../theme.ts";

/** Quantiles of wealth over bootstrap resamples, nested bands around the median, with what happened on top. */
export function fanFigure(fan: Fan | null, days: Int32Array, curve: Curve | undefined): Figure {
  const figure = { id: "fan", title: "Bootstrap fan of growth", width: 900, height: 330 };
  const bands = (fan?.bands ?? [])
    .filter(({ values }) => values.some((v) => v > 0))
    .toSorted((a, b) => a.quantile - b.quantile);
  if (!fan || fan.days.length === 0 || bands.length < 2) {
    return { ...figure, note: "No resamples.", option: null };
  }
  const wealth = curve ? wealthOf(curve.returns) : new Float64Array(0);
  const realised = Array.from(fan.days, (day) => {
    const i = indexOf(days, day);
    return [instant(day), i >= 0 && wealth[i]! > 0 ? wealth[i]! : null] as const;
  });
  const positive = [...bands.flatMap(({ values }) => [...values]), ...realised.map(([, w]) => w)];
  const known = positive.filter((v): v is number => v !== null && v > 0 && v < Infinity);
  const high = known.reduce((a, b) => Math.max(a, b), 1);
  const low = Math.max(
    known.reduce((a, b) => Math.min(a, b), 1),
    high / 1e6,
  );
  const floor = (v: number) => (v > low ? v : low);
  const at = (values: readonly number[]) => values.map((v, i) => [instant(fan.days[i]!), v]);
  const pairs = Math.floor(bands.length / 2);
  const middle = bands.length % 2 === 1 ? bands[pairs]! : null;
  const name = (k: number) =>
    `${percent(bands[k]!.quantile, 0)} … ${percent(bands[bands.length - 1 - k]!.quantile, 0)}`;
  const fills = Array.from({ length: pairs }, (_, k) => {
    const bottom = bands[k]!.values;
    const top = bands[bands.length - 1 - k]!.values;
    const stack = { stack: `band ${k}`, stackStrategy: "all", lineStyle: { opacity: 0 } };
    return [
      line(`low ${k}`, at(Array.from(bottom, floor)), stack),
      line(name(k), at(Array.from(top, (v, i) => floor(v) - floor(bottom[i]!))), {
        ...stack,
        itemStyle: { color: STRATEGY },
        areaStyle: { color: STRATEGY, opacity: 0.16, origin: "start" },
      }),
    ];
  }).flat();
  const option = {
    ...BASE,
    legend: legend([], {
      data: [
        ...Array.from({ length: pairs }, (_, k) => ({
          name: name(k),
          icon: "rect",
          itemStyle: { color: STRATEGY, opacity: 0.16 * (k + 1) },
        })),
        ...(middle ? ["median"] : []),
        ...(curve ? [{ name: curve.name }] : []),
      ],
    }),
    grid: { ...PANEL, top: 50, bottom: 24 },
    xAxis: timeAxis({ first: fan.days[0]!, last: fan.days.at(-1)! + 1 }, {}),
    yAxis: logAxis({ low, high }, { name: "growth of 1 (log scale)" }),
    series: [
      ...fills,
      ...(middle
        ? [
            line("median", at(Array.from(middle.values, floor)), {
              lineStyle: { color: STRATEGY, type: [5, 3], width: 1.2 },
              itemStyle: { color: STRATEGY },
            }),
          ]
        : []),
      ...(curve
        ? [
            line(curve.name, realised, {
              lineStyle: { color: INK, width: 1.8 },
              itemStyle: { color: INK },
            }),
          ]
        : []),
    ],
  };
  const note =
    "Paths of the strategy's own daily returns, resampled in blocks of random length: how differently the same edge could have gone. Bands are pointwise quantiles; no path follows one.";
  return { ...figure, note, option };
}
