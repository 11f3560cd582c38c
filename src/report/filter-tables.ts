import type { FilterResult } from "#run";
import { scoresTable } from "./forecast-tables.ts";
import { formatCell, percent, ratio } from "./format.ts";
import type { Cell } from "./format.ts";
import { type Table, textTable } from "./table.ts";

type Interval = { readonly estimate: number; readonly low: number; readonly high: number };

function interval({ estimate, low, high }: Interval, scale: number, decimals: number): string {
  const write = (x: number | null) =>
    x === null || !Number.isFinite(x)
      ? "–"
      : (x * scale).toFixed(decimals).replace(/^-(?=[0.]+$)/, "");
  return `${write(estimate)} [${write(low)}, ${write(high)}]`;
}

/** What could be found, in sentences. */
export function powerNotes({ power, episodes, baseRate, period }: FilterResult): string[] {
  const { entries, resizes, share, filters, standardError, minimumDetectableEffect } = power;
  return [
    `A filter could change ${entries} entries and ${resizes} resizings; the rest is decided by the rules.`,
    `${filters} filters that block ${percent(share, 0)} of the days at random change the Sharpe ratio by ${power.byChance.map((x) => ratio(x)).join(" / ")} (5%, 50%, 95%), with a paired standard error of ${ratio(standardError)}: a difference below ${ratio(minimumDetectableEffect)} would not be found four times in five.`,
    `Risk on ${percent(baseRate)} of ${period.sessions} sessions, in ${episodes} distinct episodes.`,
  ];
}

/** Every filter beside none. */
export function ablationTable({ ablation, failure, power }: FilterResult): Table {
  return {
    title: "",
    note: `Differences are filtered less unfiltered, paired, 95%. Drawdowns are signed, so that a difference above 0 is a smaller drawdown. Win rate: days with a position on which the account earned more than bills. Blocked or halved: of ${power.entries + power.resizes} decisions. A forecast with a fault goes by "${failure.policy}".`,
    columns: [
      { name: "Filter" },
      { name: "Threshold" },
      { name: "Blocked", kind: "count" },
      { name: "Sharpe", kind: "ratio" },
      { name: "CAGR", kind: "percent" },
      { name: "Max drawdown", kind: "percent" },
      { name: "Win rate", kind: "percent" },
      { name: "Days held", kind: "count" },
      { name: "Sharpe difference", kind: "text" },
      { name: "Drawdown difference, points", kind: "text" },
      { name: "Win rate difference, points", kind: "text" },
    ],
    rows: ablation.map((row): Cell[] => [
      row.seed === null ? row.name : `${row.name}, seed ${row.seed}`,
      String(row.threshold),
      row.blocked,
      row.metrics.sharpe,
      row.metrics.cagr,
      row.metrics.maxDrawdown,
      row.winRate,
      row.daysHeld,
      row.differences ? interval(row.differences.sharpe, 1, 2) : null,
      row.differences ? interval(row.differences["max-drawdown"], 100, 1) : null,
      row.differences ? interval(row.differences["win-rate"], 100, 1) : null,
    ]),
  };
}

/** The document's criteria as they fall. */
export function documentTable({ document }: FilterResult): Table {
  return {
    title: "The document's criteria",
    note: "Of the model's alarms and probabilities out of sample. Certain: the whole 95% interval lies on one side.",
    columns: [
      { name: "Criterion" },
      { name: "Asked" },
      { name: "Found" },
      { name: "Met" },
      { name: "Certain" },
    ],
    rows: document.map(({ name, target, value, met, certain }) => [
      name,
      target,
      name === "AUC" ? interval(value, 1, 3) : `${interval(value, 100, 1)} %`,
      met ? "yes" : "no",
      certain ? "yes" : "no",
    ]),
  };
}

/** Probabilities of all contenders. */
export function probabilitiesTable({ evaluation }: FilterResult): Table {
  return { ...scoresTable(evaluation, []), title: "Probabilities" };
}

/** Alarms of all contenders, with the episodes that they announced. */
export function alarmsTable({ alarms, contenders, episodes, baseRate }: FilterResult): Table {
  const names = ["alarms", "precision", "lift", "recall", "falsePositiveRate"];
  const labels = ["Alarms, %", "Precision, %", "Lift", "Recall, %", "False positives, %"];
  return {
    title: "Alarms",
    note: `At each contender's own thresholds. Base rate ${percent(baseRate)}; lift is precision over it. Announced: of ${episodes} distinct episodes, those with an alarm in them, and on their first session.`,
    columns: [
      { name: "Contender" },
      ...labels.map((name) => ({ name, kind: "text" as const })),
      { name: "Announced, at once", kind: "text" },
    ],
    rows: Object.entries(alarms.scores).map(([name, metrics]): Cell[] => {
      const own = contenders.find((contender) => contender.name === name)!;
      const cells = names.map((metric) =>
        interval(metrics[metric]!, metric === "lift" ? 1 : 100, metric === "lift" ? 2 : 1),
      );
      return [name, ...cells, `${own.episodes.announced}, ${own.episodes.atOnce}`];
    }),
  };
}

/** What became of trainings and sessions. */
export function trainingsTable({ contenders, trainings, period, failure }: FilterResult): Table {
  const { policy, maxAge, drift } = failure;
  return {
    title: "Trainings and faults",
    note: `Of ${trainings} trainings: how many chose each threshold, and after how many all sessions got one probability, because nothing learned held on the held-out rows. Of ${period.sessions} sessions: model older than ${maxAge} calendar days (stale), a feature more than ${drift} deviations from its training mean (drifting), no forecast (missing), no model (failed). Such sessions go by "${policy}".`,
    columns: [
      { name: "Contender" },
      { name: "Thresholds", kind: "text" },
      { name: "Flat", kind: "count" },
      { name: "Stale", kind: "count" },
      { name: "Drifting", kind: "count" },
      { name: "Missing", kind: "count" },
      { name: "Failed", kind: "count" },
    ],
    rows: contenders.map(({ name, thresholds, flat, faults }): Cell[] => [
      name,
      thresholds.map(({ threshold, trainings: n }) => `${threshold}: ${n}`).join(", "),
      flat,
      faults.stale,
      faults.drifting,
      faults.missing,
      faults.failed,
    ]),
  };
}

/** Each seed of the model. */
export function seedsOfFilter({ contenders }: FilterResult): Table {
  const own = contenders[0]!;
  const failed = own.failed.map(
    ({ seed, training, why }) => ` Training ${training} of seed ${seed} failed: ${why}.`,
  );
  return {
    title: "Seeds of the model",
    note: `Each seed alone, calibrated.${failed.join("")}`,
    columns: [
      { name: "Seed" },
      { name: "AUC", kind: "probability" },
      { name: "Log-loss", kind: "probability" },
    ],
    rows: own.seeds.map(({ seed, auc, logLoss }) => [String(seed), auc, logLoss]),
  };
}

/** What each policy costs while the model is gone. */
export function outagesTable({ outages, failure, simulated }: FilterResult): Table {
  const { outage, policy } = failure;
  return {
    title: "",
    note: simulated
      ? "A simulated market has none of the crises that the model's absence is priced in."
      : `The model is gone from ${outage} sessions before each crisis to its end; "${policy}" is in force. Return and drawdown inside the crisis, Sharpe ratio over the whole window.`,
    columns: [
      { name: "Crisis" },
      { name: "Case" },
      { name: "Return", kind: "percent" },
      { name: "Max drawdown", kind: "percent" },
      { name: "Mean exposure", kind: "percent" },
      { name: "Sharpe, whole window", kind: "ratio" },
    ],
    rows: outages.map((row) => [
      row.crisis,
      row.case,
      row.totalReturn,
      row.maxDrawdown,
      row.meanExposure,
      row.sharpe,
    ]),
  };
}

/** Said where the feature flag is off. */
export const SWITCHED_OFF =
  "The filter is switched off (enabled: false): the models forecast and are monitored, and filter nothing.";

function show({ columns, rows }: Table): string {
  return textTable(columns, rows);
}

/** The tables that the command prints. */
export function filterText(result: FilterResult): string {
  const { verdict } = result;
  return [
    `${result.title} · ${result.preset}${result.simulated ? " · SIMULATED" : ""}`,
    ...powerNotes(result),
    "",
    show(documentTable(result)),
    "",
    show(probabilitiesTable(result)),
    "",
    show(alarmsTable(result)),
    "",
    show(trainingsTable(result)),
    "",
    show(ablationTable(result)),
    "",
    ...(result.outages.length > 0 ? [show(outagesTable(result)), ""] : []),
    ...(result.enabled ? [] : [SWITCHED_OFF]),
    verdict ? `${verdict.outcome}: ${verdict.killTest}` : "no verdict",
    ...(verdict?.reasons ?? []),
    ...(verdict?.whatWouldDecide ?? []),
    `N ≥ ${formatCell(verdict?.trials.atLeast ?? result.trials, "count")} trials`,
  ].join("\n");
}
