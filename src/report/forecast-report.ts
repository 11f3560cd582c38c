import { type ForecastResult, MODEL } from "#run";
import { confusionFigure } from "./figures/confusion.ts";
import { forestFigure } from "./figures/forest.ts";
import { linesFigure } from "./figures/lines.ts";
import { forecastPanel } from "./forecast-panel.ts";
import { besideReference, forecastMetric, scoresTable, seedsTable } from "./forecast-tables.ts";
import { percent, probability } from "./format.ts";
import { type Block, renderPage } from "./page.ts";
import { renderPng, standaloneSvg } from "./render.ts";
import type { Cell } from "./format.ts";
import type { Figure } from "./figure.ts";

/** Files of a forecast study's report: the page, and the panel as SVG and PNG. */
export function renderForecast(result: ForecastResult): Record<string, string | Uint8Array> {
  const panel = forecastPanel(result);
  const png = renderPng(panel);
  return {
    "report.html": forecastPage(result, panel),
    [`lstm_training_${result.config}_v${result.version}.png`]: png,
    "figures/forecast-panel.svg": standaloneSvg(panel),
    "figures/forecast-panel.png": png,
  };
}

function forecastPage(result: ForecastResult, panel: Figure): string {
  const { advice, period, rows, evaluation } = result;
  const scores = evaluation.scores[MODEL]!;
  const fact = (metric: string, write: (x: number) => string) => ({
    name: forecastMetric(metric, result.classes)[0],
    value: write(scores[metric]!.estimate),
    note: `95%: ${write(scores[metric]!.low)} … ${write(scores[metric]!.high)}`,
  });
  const warnings: Block[] = result.failed.map(({ seed, why }) => ({
    kind: "warning",
    text: `Seed ${seed} has no result and is not in any mean: ${why}`,
  }));
  return renderPage({
    title: result.title,
    subtitle: `${result.preset} · ${result.config} v${result.version} · ${period.start} … ${period.end} · n = ${rows}`,
    simulated: result.simulated,
    lookAhead: result.lookAhead,
    sections: [
      {
        title: "What was found",
        blocks: [
          ...warnings,
          {
            kind: "facts",
            facts: [
              fact("accuracy", percent),
              fact("balancedAccuracy", percent),
              fact("logLoss", probability),
              fact("mcc", probability),
              {
                name: "Trials",
                value: `N ≥ ${result.trials}`,
                note: "each seed of each configuration",
              },
            ],
          },
          {
            kind: "notes",
            notes: [
              ...advice.findings,
              `Mean accuracy of the seeds: ${besideReference(result)}, as a share of it.`,
              `By the original's limits: ${advice.status}; ${advice.unstable ? "unstable" : "stable"} (folds more than 30 points apart are unstable); for so many sequences it advises ${advice.config}.`,
              `What happened: ${result.classes.map((c, i) => `${c} ${percent(result.shares[i]!)}`).join(", ")}.`,
              ...Object.entries(result.published).map(
                ([source, x]) => `Published, ${source}: ${percent(x)}.`,
              ),
            ],
          },
        ],
      },
      {
        title: "Beside every trivial rule",
        blocks: [
          { kind: "table", table: scoresTable(evaluation, result.classes) },
          ...["accuracy", "logLoss"].map((metric): Block => ({
            kind: "figure",
            figure: differences(result, metric),
          })),
        ],
      },
      { title: "Seeds", blocks: [{ kind: "table", table: seedsTable(result) }] },
      {
        title: "Folds",
        blocks: [
          { kind: "figure", figure: panel },
          { kind: "table", table: foldsTable(result) },
          ...result.folds.map((fold): Block => ({ kind: "figure", figure: losses(fold) })),
        ],
      },
      {
        title: "What was named",
        blocks: [
          {
            kind: "figure",
            figure: confusionFigure({
              id: "confusion",
              title: "Actual against named class",
              names: result.classes,
              counts: result.confusion,
            }),
          },
        ],
      },
    ],
    provenance: [
      { name: "run", value: result.run },
      { name: "target", value: result.target },
      { name: "snapshot", value: result.snapshot },
      { name: "code", value: result.code },
      { name: "seeds", value: result.seeds.join(", ") },
    ],
  });
}

function differences({ evaluation, classes }: ForecastResult, metric: string): Figure {
  const [label, kind] = forecastMetric(metric, classes);
  const lower = metric === "logLoss";
  return forestFigure({
    id: `differences-${metric.toLowerCase()}`,
    title: `${label}: the model less each baseline`,
    note: `Paired on the same resampled days, 95%. ${lower ? "Below" : "Above"} 0 the model is better.`,
    valueName: kind === "percent" ? "percentage points" : "difference",
    factor: kind === "percent" ? 100 : 1,
    rows: Object.entries(evaluation.against[MODEL]!).map(([name, metrics]) => {
      const { estimate, low, high } = metrics[metric]!;
      return { name, estimate, low, high };
    }),
  });
}

function foldsTable(result: ForecastResult) {
  const baselines = Object.keys(result.folds[0]!.baselines);
  return {
    title: "",
    note: "Accuracy on the fold's test rows; the model is the mean of its seeds.",
    columns: [
      { name: "Fold" },
      { name: "Training" },
      { name: "Rows", kind: "count" as const },
      { name: "Test" },
      { name: "Rows ", kind: "count" as const },
      { name: "Model", kind: "percent" as const },
      ...baselines.map((name) => ({ name, kind: "percent" as const })),
    ],
    rows: result.folds.map((fold): Cell[] => [
      String(fold.fold),
      `${fold.train.start} … ${fold.train.end}`,
      fold.train.rows,
      `${fold.test.start} … ${fold.test.end}`,
      fold.test.rows,
      fold.accuracies.reduce((a, b) => a + b, 0) / fold.accuracies.length,
      ...baselines.map((name) => fold.baselines[name]!),
    ]),
  };
}

function losses(fold: ForecastResult["folds"][number]): Figure {
  return linesFigure({
    id: `losses-${fold.fold}`,
    title: `Losses of fold ${fold.fold}`,
    note: `First seed; the weights of epoch ${fold.bestEpochs[0]} were kept.`,
    xName: "epoch",
    yName: "cross-entropy",
    xs: fold.trainingLoss.map((_, i) => i + 1),
    lines: [
      { name: "training", values: fold.trainingLoss },
      { name: "held out", values: fold.validationLoss },
    ],
    height: 240,
  });
}
