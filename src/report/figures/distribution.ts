import { mean, normalQuantile, std } from "#num";
import type { Figure } from "../figure.ts";
import { count } from "../format.ts";
import type { Curve } from "../tear-sheet-data.ts";
import { BASE, MUTED, legend, line, lineStyle, logAxis, xAxis, yAxis } from "../theme.ts";

/**
 * Left: histogram of daily returns on a logarithmic axis, where a normal distribution is a parabola and fat
 * tails stand out. Right: sorted returns against normal quantiles; the diagonal is normal.
 */
export function distributionFigure(curves: readonly Curve[]): Figure {
  const samples = curves.slice(0, 2).flatMap((curve, k) => {
    const sorted = curve.returns.filter(Number.isFinite).toSorted();
    const moments = { n: sorted.length, mean: mean(sorted), deviation: std(sorted, 1) };
    return moments.deviation > 1e-12 ? [{ name: curve.name, sorted, moments, k }] : [];
  });
  const figure = {
    id: "distribution",
    title: "Distribution of daily returns and its tails",
    width: 900,
    height: 350,
  };
  const first = samples[0];
  if (!first) {
    return { ...figure, note: "Fewer than two different returns.", option: null };
  }
  const bins = binsOf(samples.map(({ sorted }) => sorted));
  const normal = { color: MUTED, type: [4, 3], width: 1.2 };
  const most = Math.max(...samples.map(({ sorted }) => Math.max(...countIn(sorted, bins))));
  const far = Math.max(
    ...samples.map(({ sorted, moments }) =>
      Math.max(
        ...quantilePairs(sorted, moments).map(([x, y]) => Math.max(Math.abs(x), Math.abs(y))),
      ),
    ),
  );
  const option = {
    ...BASE,
    legend: legend([...samples.map(({ name }) => name), "normal of equal mean and deviation"]),
    grid: [
      { left: 48, width: 385, top: 50, bottom: 48 },
      { left: 505, right: 14, top: 50, bottom: 48 },
    ],
    xAxis: [
      xAxis({ name: "daily return (%)", gridIndex: 0 }, { splitLine: { show: false } }),
      xAxis({ name: "normal quantile (deviations)", gridIndex: 1 }, { splitLine: { show: false } }),
    ],
    yAxis: [
      logAxis({ low: 0.5, high: Math.max(1, most) }, { name: "days (log scale)", gridIndex: 0 }),
      yAxis({ name: "return (deviations from the mean)", gridIndex: 1 }),
    ],
    series: [
      ...samples.map(({ name, sorted, k }) =>
        line(name, staircase(countIn(sorted, bins), bins), {
          step: "start",
          lineStyle: lineStyle(k),
          itemStyle: { color: lineStyle(k).color },
          areaStyle: k === 0 ? { opacity: 0.12, origin: "start" } : undefined,
        }),
      ),
      line("normal of equal mean and deviation", bellOf(first.moments, bins), {
        lineStyle: normal,
        itemStyle: { color: MUTED },
      }),
      line(
        "normal of equal mean and deviation",
        [
          [-far, -far],
          [far, far],
        ].map(([x, y]) => [Math.max(-4.2, Math.min(4.2, x!)), Math.max(-4.2, Math.min(4.2, y!))]),
        {
          xAxisIndex: 1,
          yAxisIndex: 1,
          lineStyle: normal,
        },
      ),
      ...samples.map(({ name, sorted, moments, k }) => ({
        type: "scatter",
        name,
        xAxisIndex: 1,
        yAxisIndex: 1,
        silent: true,
        symbol: k === 0 ? "circle" : "diamond",
        symbolSize: k === 0 ? 4 : 5,
        itemStyle: { color: lineStyle(k).color, opacity: 0.75 },
        data: quantilePairs(sorted, moments),
      })),
    ],
  };
  const note = `Simple daily returns; ${samples.map(({ name, moments }) => `${name}: n = ${count(moments.n)}`).join(", ")}. Right: each return in standard deviations from its mean against the normal quantile of its rank; below the diagonal on the left means losses beyond the normal.`;
  return { ...figure, note, option };
}

interface Moments {
  readonly n: number;
  readonly mean: number;
  readonly deviation: number;
}

interface Bins {
  readonly start: number;
  readonly width: number;
  readonly count: number;
}

function binsOf(samples: readonly Float64Array[]): Bins {
  const low = Math.min(...samples.map((sorted) => sorted[0]!));
  const high = Math.max(...samples.map((sorted) => sorted.at(-1)!));
  const most = Math.max(...samples.map((sorted) => sorted.length));
  const count = Math.max(8, Math.min(60, Math.ceil(4 * Math.cbrt(most))));
  const width = (high - low) / count;
  return { start: low, width, count };
}

function countIn(sorted: Float64Array, bins: Bins): number[] {
  const counts = Array.from({ length: bins.count }, () => 0);
  for (const value of sorted) {
    counts[Math.min(bins.count - 1, Math.floor((value - bins.start) / bins.width))]! += 1;
  }
  return counts;
}

/** Corners of the histogram; empty bins lie below the axis. */
function staircase(counts: readonly number[], bins: Bins): [number, number][] {
  return [counts[0]!, ...counts].map((heightAbove, i) => [
    (bins.start + i * bins.width) * 100,
    Math.max(heightAbove, 0.5),
  ]);
}

function bellOf({ n, mean, deviation }: Moments, bins: Bins): [number, number | null][] {
  return Array.from({ length: 4 * bins.count + 1 }, (_, i) => {
    const x = bins.start + (i / 4) * bins.width;
    const z = (x - mean) / deviation;
    const expected =
      (n * bins.width * Math.exp((-z * z) / 2)) / (deviation * Math.sqrt(2 * Math.PI));
    return [x * 100, expected >= 0.5 ? expected : null];
  });
}

/** Ranks → pairs of normal quantile and standardised value; at most about 400, all of both tails. */
function quantilePairs(sorted: Float64Array, { n, mean, deviation }: Moments): [number, number][] {
  const pairs: [number, number][] = [];
  const every = Math.max(1, Math.floor(n / 200));
  for (let i = 0; i < n; i++) {
    if (i >= 100 && i < n - 100 && i % every !== 0) continue;
    pairs.push([normalQuantile((i + 0.5) / n), (sorted[i]! - mean) / deviation]);
  }
  return pairs;
}
