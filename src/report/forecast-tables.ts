import type { Evaluation } from "#learn";
import { type ForecastResult, MODEL } from "#run";
import { percent } from "./format.ts";
import type { Cell, CellKind } from "./format.ts";
import { type Table, textTable } from "./table.ts";

/** Label and format of a forecast metric. */
const METRICS: Readonly<Record<string, readonly [string, CellKind]>> = {
  accuracy: ["Accuracy", "percent"],
  balancedAccuracy: ["Balanced accuracy", "percent"],
  macroF1: ["Macro F1", "probability"],
  mcc: ["Matthews", "probability"],
  logLoss: ["Log-loss", "probability"],
  brier: ["Brier", "probability"],
  auc: ["AUC, class v rest", "probability"],
  averagePrecision: ["Average precision", "probability"],
};

/** How a forecast metric of some classes is called and written. */
export function forecastMetric(
  name: string,
  classes: readonly string[],
): readonly [string, CellKind] {
  const [, one, other] = /^auc (\d+)\/(\d+)$/.exec(name) ?? [];
  const pair = one && other ? `AUC, ${classes[Number(one)]} v ${classes[Number(other)]}` : name;
  return METRICS[name] ?? [pair, "probability"];
}

/** Every forecast by every metric, each with its interval. */
export function scoresTable(
  { scores, rows, days, blockLength }: Evaluation,
  classes: readonly string[],
): Table {
  const names = Object.keys(Object.values(scores)[0] ?? {});
  return {
    title: "",
    note: `n = ${rows} forecasts of ${days} days; 95% intervals of a stationary bootstrap of days, mean block ${blockLength.toFixed(1)}. The model is the mean of its seeds' probabilities.`,
    columns: [
      { name: "Forecast" },
      ...names.map((name) => ({ name: forecastMetric(name, classes)[0], kind: "text" as const })),
    ],
    rows: Object.entries(scores).map(([forecast, metrics]) =>
      [forecast].concat(
        names.map((name) => intervalText(metrics[name]!, forecastMetric(name, classes)[1])),
      ),
    ),
  };
}

function intervalText(
  { estimate, low, high }: { estimate: number | null; low: number | null; high: number | null },
  kind: CellKind,
): string {
  if (estimate === null || !Number.isFinite(estimate)) return "–";
  const write = (x: number | null) =>
    x === null || !Number.isFinite(x)
      ? "–"
      : kind === "percent"
        ? (100 * x).toFixed(1)
        : x.toFixed(3);
  return `${write(estimate)}${kind === "percent" ? "%" : ""} [${write(low)}, ${write(high)}]`;
}

/** Mean, spread and each seed of the model. */
export function seedsTable(result: ForecastResult): Table {
  const entry = result.entries.find(({ name }) => name === MODEL)!;
  const metrics = Object.entries(entry.seeds);
  const seeds = metrics[0]![1].each.map(({ seed }) => seed);
  const failed = result.failed.map(({ seed, why }) => ` Seed ${seed} has no result: ${why}.`);
  return {
    title: "",
    note: `Each seed alone.${failed.join("")}`,
    columns: [
      { name: "Metric" },
      { name: "Mean", kind: "row" },
      { name: "Deviation", kind: "row" },
      ...seeds.map((seed) => ({ name: `Seed ${seed}`, kind: "row" as const })),
    ],
    rows: metrics.map(([name, { mean, deviation, each }]): Cell[] => [
      forecastMetric(name, result.classes)[0],
      mean,
      deviation,
      ...each.map(({ value }) => value),
    ]),
    rowKinds: metrics.map(([name]) => forecastMetric(name, result.classes)[1]),
  };
}

/** How far the seeds' mean accuracy lies from that of the reference, as a share of it. */
export function besideReference({ advice, reference }: ForecastResult): string {
  const { improvement } = advice;
  const side = improvement < 0 ? "below" : "above";
  return `${percent(Math.abs(improvement))} ${side} ${reference.name} (${percent(reference.accuracy)})`;
}

/** The tables that the command prints. */
export function forecastText(result: ForecastResult): string {
  const { period, rows, classes, shares, advice } = result;
  const scores = scoresTable(result.evaluation, classes);
  const keep = [0, 1, 2, 5];
  const seeds = seedsTable(result);
  return [
    `${result.title} · ${result.preset} · ${result.config} v${result.version}${result.simulated ? " · SIMULATED" : ""}`,
    `${period.start} … ${period.end}, ${rows} forecasts: ${classes.map((c, i) => `${c} ${percent(shares[i]!)}`).join(", ")}`,
    "",
    textTable(
      keep.map((j) => scores.columns[j]!),
      scores.rows.map((row) => keep.map((j) => row[j]!)),
    ),
    "",
    textTable(seeds.columns, seeds.rows, seeds.rowKinds ?? []),
    "",
    ...advice.findings,
    `Mean accuracy of the seeds: ${besideReference(result)}${advice.unstable ? "; folds differ by more than 30 points" : ""}`,
    `N ≥ ${result.trials} trials`,
  ].join("\n");
}

/** Configurations side by side, for `runs compare`. */
export function forecastComparison(results: readonly ForecastResult[]): Table {
  return {
    title: "",
    note: "Accuracy: mean and deviation of the seeds; range: of the folds' mean accuracies, unstable above 30 points; advice by the original's limits, and the configuration it would take for so many sequences.",
    columns: [
      { name: "Run" },
      { name: "Days", kind: "text" },
      { name: "Accuracy", kind: "percent" },
      { name: "Seeds' deviation", kind: "percent" },
      { name: "Majority", kind: "percent" },
      { name: "Improvement", kind: "signedPercent" },
      { name: "Log-loss less prior's", kind: "text" },
      { name: "Range of folds", kind: "percent" },
      { name: "Stability" },
      { name: "Advice" },
    ],
    rows: results.map((result): Cell[] => {
      const accuracyOf = (name: string) =>
        result.entries.find((entry) => entry.name === name)?.seeds["accuracy"];
      const byFold = result.folds.map(
        ({ accuracies }) => accuracies.reduce((a, b) => a + b, 0) / accuracies.length,
      );
      const range = Math.max(...byFold) - Math.min(...byFold);
      const loss = result.evaluation.against[MODEL]?.["class-prior"]?.["logLoss"];
      return [
        `${result.config} v${result.version}${result.simulated ? " SIMULATED" : ""}`,
        String(result.days),
        accuracyOf(MODEL)?.mean ?? null,
        accuracyOf(MODEL)?.deviation ?? null,
        accuracyOf("majority")?.mean ?? null,
        result.advice.improvement,
        loss ? intervalText(loss, "probability") : null,
        range,
        result.advice.unstable ? "unstable" : "stable",
        `${result.advice.status}; ${result.advice.config}`,
      ];
    }),
  };
}

/** What a comparison of configurations comes to. */
export function comparisonAdvice(results: readonly ForecastResult[]): string[] {
  const better = results.filter(({ evaluation }) => {
    const loss = evaluation.against[MODEL]?.["class-prior"]?.["logLoss"];
    const hits = evaluation.against[MODEL]?.["majority"]?.["accuracy"];
    return loss !== undefined && hits !== undefined && loss.high < 0 && hits.low > 0;
  });
  const days = new Set(results.map(({ period }) => `${period.start} … ${period.end}`));
  return [
    better.length > 0
      ? `Better than the class prior by log-loss and than the majority class by accuracy, by 95% intervals that do not pay for the choice: ${better.map(({ config }) => config).join(", ")}.`
      : "No configuration is better than both the class prior (log-loss) and the majority class (accuracy): none can be advised.",
    ...(days.size > 1
      ? ["Test days differ between the runs: their accuracies are not comparable."]
      : []),
    ...(results.length > 1
      ? [`The best of ${results.length} is flattered by the choice; each seed of each is a trial.`]
      : []),
  ];
}
