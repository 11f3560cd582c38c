import type { ForecastResult } from "#run";
import type { Figure } from "./figure.ts";
import { ALERT, BASE, FONT, INK, SEQUENTIAL, categoryAxis, lineStyle, yAxis } from "./theme.ts";

const WIDTH = 400;
const HEIGHT = 220;
const GAP = { x: 72, y: 84 };

function place(k: number): object {
  return {
    left: 52 + (k % 2) * (WIDTH + GAP.x),
    top: 48 + Math.floor(k / 2) * (HEIGHT + GAP.y),
    width: WIDTH,
    height: HEIGHT,
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}

/** Bars of panel k. */
function bars(k: number, name: string, data: readonly number[], more: object = {}) {
  return {
    type: "bar",
    name,
    xAxisIndex: k,
    yAxisIndex: k,
    silent: true,
    itemStyle: {
      color: lineStyle(name === "validation" || name === "test" ? 1 : 0).color,
      opacity: 0.85,
    },
    data: data.map((value) => (Number.isFinite(value) ? value : null)),
    ...more,
  };
}

/** A line across a panel. */
function mark(y: number) {
  return {
    markLine: {
      silent: true,
      symbol: "none",
      lineStyle: { color: ALERT, type: "dashed" },
      label: { show: false },
      data: [{ yAxis: y }],
    },
  };
}

/** Each seed's accuracy on each fold. */
function seedDots(folds: ForecastResult["folds"]) {
  return {
    type: "scatter",
    xAxisIndex: 0,
    yAxisIndex: 0,
    silent: true,
    symbolSize: 5,
    itemStyle: { color: "#ffffff", borderColor: INK, borderWidth: 1 },
    data: folds.flatMap(({ accuracies }, fold) => accuracies.map((value) => [fold, value])),
  };
}

/** The loss at an epoch, the last one where none was chosen. */
function kept(losses: readonly number[], epoch: number | null | undefined): number {
  return losses[Math.min(losses.length, epoch || losses.length) - 1] ?? NaN;
}

/** Accuracy by fold, last losses, confusion matrix and fold sizes in one picture. */
export function forecastPanel(result: ForecastResult): Figure {
  const { folds, classes, confusion, reference, seeds } = result;
  const xs = folds.map(({ fold }) => String(fold));
  const titles = [
    "Accuracy by fold",
    "Loss at the kept epoch",
    "Happened, against named",
    "Rows by fold",
  ];
  const totals = confusion.map((row) => row.reduce((sum, n) => sum + n, 0));
  const cells = confusion.flatMap((row, actual) =>
    row.map((n, named) => {
      const share = totals[actual]! > 0 ? n / totals[actual]! : 0;
      const label = { show: true, formatter: String(n), color: share > 0.5 ? "#ffffff" : INK };
      return { value: [named, actual, share], label };
    }),
  );
  const option = {
    ...BASE,
    title: titles.map((text, k) => {
      const { left, top } = place(k) as { left: number; top: number };
      return {
        text,
        left: left - 40,
        top: top - 46,
        textStyle: { fontSize: 13, fontFamily: FONT, color: INK },
      };
    }),
    grid: titles.map((_, k) => place(k)),
    xAxis: [0, 1, 2, 3].map((k) =>
      categoryAxis(k === 2 ? classes : xs, { name: k === 2 ? "named" : "fold", gridIndex: k }),
    ),
    yAxis: [
      yAxis(
        { name: `share named right; dots: seeds, line: ${reference.name}`, gridIndex: 0 },
        { min: 0 },
      ),
      yAxis({ name: "cross-entropy: training, validation", gridIndex: 1 }, { min: 0 }),
      categoryAxis(classes, { name: "", gridIndex: 2 }, { inverse: true }),
      yAxis({ name: "sequences: training, test", gridIndex: 3 }, { min: 0 }),
    ],
    visualMap: { show: false, min: 0, max: 1, seriesIndex: 3, inRange: { color: SEQUENTIAL } },
    series: [
      bars(
        0,
        "accuracy",
        folds.map(({ accuracies }) => mean(accuracies)),
        mark(reference.accuracy),
      ),
      bars(
        1,
        "training",
        folds.map((fold) => kept(fold.trainingLoss, fold.bestEpochs[0])),
      ),
      bars(
        1,
        "validation",
        folds.map((fold) => kept(fold.validationLoss, fold.bestEpochs[0])),
      ),
      { type: "heatmap", xAxisIndex: 2, yAxisIndex: 2, silent: true, data: cells },
      bars(
        3,
        "training",
        folds.map(({ train }) => train.rows),
      ),
      bars(
        3,
        "test",
        folds.map(({ test }) => test.rows),
      ),
      seedDots(folds),
    ],
  };
  return {
    id: "forecast-panel",
    title: `${result.title}: ${result.config}${result.version > 0 ? ` v${result.version}` : ""}`,
    note: `Accuracy is the mean of ${seeds.length - result.failed.length} seeds; losses are those of the first seed, training blue, validation orange; the matrix counts the mean of the seeds' probabilities, rows are what happened; sizes: training blue, test orange.`,
    width: 52 + 2 * WIDTH + GAP.x + 20,
    height: 48 + 2 * HEIGHT + GAP.y + 50,
    option,
  };
}
