import { describe, expect, it } from "vitest";
import { toNumber } from "#core";
import {
  barsFigure,
  calibrationFigure,
  confusionFigure,
  equityFigure,
  forestFigure,
  heatMapFigure,
  linesFigure,
  panelsFigure,
  renderPng,
  renderSvg,
  tearSheetFigures,
  type Figure,
} from "#report";
import { distributionFigure } from "../../src/report/figures/distribution.ts";
import { exposureFigure } from "../../src/report/figures/exposure.ts";
import { fanFigure } from "../../src/report/figures/fan.ts";
import { monthlyReturnsFigure } from "../../src/report/figures/monthly-returns.ts";
import { rollingSharpeFigure } from "../../src/report/figures/rolling-sharpe.ts";
import { fullData, walk, weekdays } from "./fixture.ts";

const words = { title: "A & B <c>", note: "How to read it." };

const bricks: Figure[] = [
  barsFigure({
    ...words,
    id: "bars",
    xName: "window",
    yName: "CVaR-95 (% of premium)",
    xs: ["train", "crisis"],
    groups: [
      { name: "ERM", values: [10, NaN], low: [9, NaN], high: [12, NaN] },
      { name: "delta", values: [-3, 4] },
    ],
  }),
  calibrationFigure({
    id: "calibration",
    title: "Calibration",
    curves: [
      {
        name: "logistic",
        bins: [{ forecast: 0.1, observed: 0.12, count: 90, low: 0.05, high: 0.2 }],
      },
      { name: "never", bins: [{ forecast: NaN, observed: NaN, count: 0 }] },
    ],
  }),
  confusionFigure({
    id: "confusion",
    title: "Direction",
    names: ["down", "up"],
    counts: [
      [3, 1],
      [0, 0],
    ],
  }),
  forestFigure({
    ...words,
    id: "forest",
    valueName: "Sharpe (a year)",
    rows: [
      { name: "buy-hold", estimate: 0.1, low: -0.2, high: NaN, threshold: 0.05 },
      { name: "none", estimate: NaN, low: NaN, high: NaN },
    ],
  }),
  heatMapFigure({
    ...words,
    id: "sweep",
    xName: "vol target (%)",
    yName: "threshold",
    valueName: "Sharpe",
    xs: ["5", "10"],
    ys: ["0", "1"],
    values: [
      [0.1, NaN],
      [-0.2, 0.3],
    ],
    kind: "ratio",
    scale: "diverging",
  }),
  linesFigure({
    ...words,
    id: "lines",
    xName: "epoch",
    yName: "loss (log scale)",
    xs: [1, 2, 3],
    logY: true,
    lines: [{ name: "train", values: [1, 0, 0.1], low: [0.9, 0.4, 0.05], high: [1.1, 0.6, 0.2] }],
  }),
  linesFigure({
    ...words,
    id: "lambda",
    xName: "λ",
    yName: "CVaR-95 (%)",
    xs: ["0", "10"],
    points: true,
    lines: [{ name: "crisis", values: [1, NaN] }],
  }),
  panelsFigure({
    ...words,
    id: "panels",
    metrics: ["sharpe", "maxDrawdown"],
    rows: [
      { name: "as-coded", values: [0.6, -0.2], alert: true },
      { name: "corrected", values: [NaN, NaN] },
    ],
  }),
];

const all = [...bricks, ...tearSheetFigures(fullData(600))];

/** What a browser or a printer would choke on. */
function expectSound(svg: string): void {
  expect(svg).toMatch(/^<svg [^]*<\/svg>$/);
  expect(svg).not.toMatch(/NaN|undefined|Infinity|\[object/);
  expect(svg).not.toMatch(/<script|<style|href=|zr\d/);
  const ids = [...svg.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]!);
  expect(new Set(ids).size).toBe(ids.length);
  for (const [, id] of svg.matchAll(/url\(#([^)]+)\)/g)) expect(ids).toContain(id);
}

describe.each(all.map((figure) => [figure.id, figure] as const))("%s", (_, figure) => {
  it("is JSON, and equal JSON gives equal bytes whatever was drawn before", () => {
    const copy: Figure = JSON.parse(JSON.stringify(figure));
    const first = renderSvg(figure);
    renderSvg(all[0]!);
    expect(renderSvg(copy)).toBe(first);
  });

  it("draws something sound and says how to read it", () => {
    expect(figure.option).not.toBeNull();
    expect(figure.note).not.toBe("");
    expectSound(renderSvg(figure));
  });
});

it("names the unit of every value axis", () => {
  for (const { id, option } of all) {
    const axes = [option!["xAxis"], option!["yAxis"]].flat() as {
      type: string;
      name?: string;
      show?: boolean;
      axisLabel?: { show?: boolean };
    }[];
    for (const axis of axes) {
      if (axis.type === "time" || axis.type === "category") continue;
      if (axis.show === false || axis.axisLabel?.show === false) continue;
      expect(axis.name, `${id}: an axis of type ${axis.type}`).not.toBe("");
    }
  }
});

it("puts days where they belong, whatever the time zone", () => {
  const days = weekdays(4);
  const curve = {
    name: "x",
    role: "strategy" as const,
    returns: Float64Array.of(0.01, 0.02, -0.01, 0),
  };
  const svg = renderSvg(equityFigure({ days, curves: [curve], regime: null }));
  const labels = [...svg.matchAll(/translate\(([\d.]+) [\d.]+\)"[^>]*>(2010-01-\d\d)</g)];
  expect(labels.length).toBeGreaterThan(3);
  // The axis runs from the eve of the first day to the end of the last, 840 pixels from the 48th.
  for (const [, x, day] of labels) {
    const at = 48 + (840 * (toNumber(day!) - days[0]! + 1)) / 5;
    expect(Number(x), day!).toBeCloseTo(at, 0);
  }
});

describe("degenerate series", () => {
  const days = weekdays(300);
  const cases: Record<string, Float64Array> = {
    "all missing": new Float64Array(300).fill(NaN),
    flat: new Float64Array(300),
    "all losses": new Float64Array(300).fill(-0.01),
    ruin: walk("ruin", 300).map((r, i) => (i === 150 ? -1 : r)),
    "worse than ruin": walk("ruin", 300).map((r, i) => (i === 150 ? -1.4 : r)),
    "astronomical gains": new Float64Array(300).fill(5),
    "ruin on the first day": new Float64Array(300).fill(-1),
  };
  it.each(Object.entries(cases))("%s", (_, returns) => {
    const curve = { name: "x", role: "strategy" as const, returns };
    const values = new Float64Array(300).fill(NaN);
    const figures = [
      equityFigure({ days, curves: [curve], regime: null }),
      equityFigure({ days, curves: [curve], regime: { name: "gate", values, names: ["OPEN"] } }),
      rollingSharpeFigure(days, [curve]),
      monthlyReturnsFigure(days, curve),
      distributionFigure([curve]),
      exposureFigure(days, returns, returns),
      fanFigure(
        { days, bands: [0.1, 0.9].map((quantile) => ({ quantile, values: returns })) },
        days,
        curve,
      ),
    ];
    for (const figure of figures) expectSound(renderSvg(figure));
  });

  it("one day, and none", () => {
    for (const n of [0, 1]) {
      const returns = new Float64Array(n).fill(0.01);
      const curve = { name: "x", role: "strategy" as const, returns };
      const none = weekdays(n);
      const equity = equityFigure({ days: none, curves: [curve], regime: null });
      expect(equity.option === null).toBe(n === 0);
      const others = [
        rollingSharpeFigure(none, [curve]),
        distributionFigure([curve]),
        fanFigure(null, none, curve),
      ];
      for (const figure of [equity, ...others]) expectSound(renderSvg(figure));
      for (const figure of others) {
        expect(figure.option).toBeNull();
        expect(figure.note).not.toBe("");
      }
    }
  });

  it("says that a ruined line ends", () => {
    const curve = { name: "short-vx", role: "strategy" as const, returns: cases["ruin"]! };
    expect(equityFigure({ days, curves: [curve], regime: null }).note).toContain(
      "short-vx loses everything",
    );
  });
});

it("stands each step of the histogram over its own bin", () => {
  const returns = Float64Array.from({ length: 400 }, (_, i) =>
    i < 300 ? 0 : i < 390 ? 0.01 : 0.03,
  );
  const { option } = distributionFigure([{ name: "x", role: "strategy", returns }]);
  const [steps] = option!["series"] as { step: string; data: [number, number][] }[];
  expect(steps!.step).toBe("start"); // the line is at the height of the right end of each step
  const over = (x: number) => steps!.data[steps!.data.findIndex(([end]) => end > x)]![1];
  expect([over(0.0001), over(1.0001), over(2), over(2.999)]).toEqual([300, 90, 0.5, 10]);
  const total = steps!.data.slice(1).reduce((sum, [, n]) => sum + (n > 0.5 ? n : 0), 0);
  expect(total).toBe(400);
});

it("states a bounded regime as shade and ribbon", () => {
  const { days, curves, regime } = fullData(600);
  const svg = renderSvg(equityFigure({ days, curves, regime }));
  for (const name of regime!.names) expect(svg).toContain(`>${name}</text>`);
  const bare = renderSvg(equityFigure({ days, curves, regime: null }));
  expect(bare).not.toContain(">OPEN</text>");
});

describe("PNG", () => {
  it("has the size it should and is not blank", () => {
    const figure = bricks[0]!;
    const png = renderPng(figure, 1);
    const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
    expect([...png.subarray(1, 4)]).toEqual([0x50, 0x4e, 0x47]);
    expect(view.getUint32(16)).toBe(figure.width + 32);
    const silent = renderPng({ ...figure, title: "", note: "" }, 1);
    expect(png.length).toBeGreaterThan(silent.length + 500);
  });

  it("draws an empty state", () => {
    const png = renderPng({ ...bricks[0]!, option: null }, 1);
    expect(png.length).toBeGreaterThan(1000);
  });
});
