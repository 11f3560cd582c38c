import type { FilterMonitoring, FilterResult } from "#run";
import { calibrationFigure } from "./figures/calibration.ts";
import { forestFigure } from "./figures/forest.ts";
import {
  ablationTable,
  alarmsTable,
  documentTable,
  outagesTable,
  powerNotes,
  probabilitiesTable,
  seedsOfFilter,
  SWITCHED_OFF,
  trainingsTable,
} from "./filter-tables.ts";
import { monitoringFigures } from "./filter-monitoring.ts";
import { percent, ratio } from "./format.ts";
import type { Figure } from "./figure.ts";
import { renderPage } from "./page.ts";
import { renderPng, standaloneSvg } from "./render.ts";

/** Files of a filter study's report: the page and its figures. */
export function renderFilter(
  result: FilterResult,
  monitoring: FilterMonitoring,
): Record<string, string | Uint8Array> {
  const monitored = monitoringFigures(monitoring, result.failure);
  const differences = differenceFigures(result);
  const files: Record<string, string | Uint8Array> = {};
  for (const figure of [...differences, ...monitored]) {
    files[`figures/${figure.id}.svg`] = standaloneSvg(figure);
    files[`figures/${figure.id}.png`] = renderPng(figure);
  }
  return { ...files, "report.html": filterPage(result, { differences, monitored }) };
}

function filterPage(
  result: FilterResult,
  figures: { readonly differences: readonly Figure[]; readonly monitored: readonly Figure[] },
): string {
  const { period, sleeve, power, verdict, contenders } = result;
  return renderPage({
    title: result.title,
    subtitle: `${result.preset} · forecasts ${period.start} … ${period.end} · sleeve ${sleeve.start} … ${sleeve.end}, n = ${sleeve.sessions}`,
    simulated: result.simulated,
    lookAhead: result.lookAhead,
    sections: [
      {
        title: "What a filter could change",
        blocks: [
          {
            kind: "facts",
            facts: [
              {
                name: "Decisions",
                value: String(power.entries + power.resizes),
                note: `${power.entries} entries, ${power.resizes} resizings in ${power.sessions} sessions`,
              },
              {
                name: "Detectable",
                value: ratio(power.minimumDetectableEffect),
                note: "smallest difference of Sharpe ratios found four times in five",
              },
              {
                name: "Base rate",
                value: percent(result.baseRate),
                note: `${result.episodes} distinct episodes in ${period.sessions} sessions`,
              },
              {
                name: "Trainings",
                value: String(result.trainings),
                note: `${result.seeds.length} seeds`,
              },
            ],
          },
          {
            kind: "notes",
            notes: [...powerNotes(result), ...(result.enabled ? [] : [SWITCHED_OFF])],
          },
        ],
      },
      { title: "Verdict", blocks: [{ kind: "verdict", verdict }] },
      {
        title: "Ablation",
        blocks: [
          { kind: "table", table: ablationTable(result) },
          ...figures.differences.map((figure) => ({ kind: "figure" as const, figure })),
        ],
      },
      {
        title: "Forecasts",
        blocks: [
          { kind: "table", table: documentTable(result) },
          { kind: "table", table: probabilitiesTable(result) },
          { kind: "table", table: alarmsTable(result) },
          { kind: "table", table: trainingsTable(result) },
          { kind: "table", table: seedsOfFilter(result) },
          {
            kind: "figure",
            figure: calibrationFigure({
              id: "calibration",
              title: "Forecast probability and what happened",
              curves: contenders
                .filter(({ name }) => name !== "class-prior")
                .map(({ name, calibration }) => ({ name, bins: calibration })),
            }),
          },
        ],
      },
      {
        title: "When the model fails",
        blocks: [{ kind: "table", table: outagesTable(result) }],
      },
      {
        title: "Monitoring",
        blocks: figures.monitored.map((figure) => ({
          kind: "figure" as const,
          figure,
        })),
      },
    ],
    provenance: [
      { name: "run", value: result.run },
      { name: "target", value: result.target },
      { name: "snapshot", value: result.snapshot },
      { name: "code", value: result.code },
      { name: "stored table", value: result.table },
    ],
  });
}

function differenceFigures({ ablation }: FilterResult): Figure[] {
  const rows = ablation.filter(
    ({ threshold, differences }) => threshold === "chosen" && differences,
  );
  const figure = (statistic: "sharpe" | "max-drawdown" | "win-rate", title: string, more: object) =>
    forestFigure({
      id: `difference-${statistic}`,
      title,
      note: "Filtered less unfiltered, paired on the same resampled days, 95%.",
      valueName: "difference",
      rows: rows.map(({ name, seed, differences }) => ({
        name: seed === null ? name : `${name}, seed ${seed}`,
        estimate: differences![statistic].estimate,
        low: differences![statistic].low,
        high: differences![statistic].high,
      })),
      ...more,
    });
  return [
    figure("sharpe", "Difference of Sharpe ratios", {}),
    figure("max-drawdown", "Difference of drawdowns", { factor: 100, valueName: "points" }),
    figure("win-rate", "Difference of win rates", { factor: 100, valueName: "points" }),
  ];
}
