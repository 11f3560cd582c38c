import type { Measured, Metric } from "#learn";

/** Alarms as forecasts of two classes: certain of the one or the other. */
export function alarmForecast(risk: Float64Array, limit: Float64Array): Float64Array {
  const out = new Float64Array(2 * risk.length);
  risk.forEach((p, row) => {
    const alarm = Number.isNaN(p) ? NaN : p >= limit[row]! ? 1 : 0;
    out[2 * row] = 1 - alarm;
    out[2 * row + 1] = alarm;
  });
  return out;
}

/** A ratio of weighted counts of (alarm, happened). */
function countMetric(
  about: Pick<Metric, "name" | "describe" | "better">,
  of: (count: (alarm: number, happened: number) => number) => number,
): Metric {
  return {
    ...about,
    prepare({ values, target }: Measured) {
      return (weight) => {
        const counts = new Float64Array(4);
        target.forEach((label, row) => {
          const alarm = values[2 * row + 1]! >= 0.5 ? 1 : 0;
          counts[2 * alarm + label]! += weight[row]!;
        });
        return of((alarm, happened) => counts[2 * alarm + happened]!);
      };
    },
  };
}

/** What the document asks of alarms, and what it leaves out: how often they come and their lift over the base rate. */
export const ALARM_METRICS: readonly Metric[] = [
  countMetric(
    { name: "precision", describe: "share of alarms that were right", better: "higher" },
    (n) => n(1, 1) / (n(1, 0) + n(1, 1)),
  ),
  countMetric(
    { name: "recall", describe: "share of risk sessions with an alarm", better: "higher" },
    (n) => n(1, 1) / (n(0, 1) + n(1, 1)),
  ),
  countMetric(
    {
      name: "falsePositiveRate",
      describe: "share of safe sessions with an alarm",
      better: "lower",
    },
    (n) => n(1, 0) / (n(0, 0) + n(1, 0)),
  ),
  countMetric(
    { name: "lift", describe: "precision over the base rate", better: "higher" },
    (n) =>
      n(1, 1) /
      (n(1, 0) + n(1, 1)) /
      ((n(0, 1) + n(1, 1)) / (n(0, 0) + n(0, 1) + n(1, 0) + n(1, 1))),
  ),
  countMetric(
    { name: "alarms", describe: "share of sessions with an alarm", better: "lower" },
    (n) => (n(1, 0) + n(1, 1)) / (n(0, 0) + n(0, 1) + n(1, 0) + n(1, 1)),
  ),
];

/** A run of label-1 rows, the gaps in it shorter than `gap`; ends included. */
export interface Episode {
  readonly first: number;
  readonly last: number;
}

/** Distinct episodes of a label. */
export function findEpisodes(labels: Float64Array, gap: number): Episode[] {
  const out: { first: number; last: number }[] = [];
  labels.forEach((label, row) => {
    if (label !== 1) return;
    const before = out.at(-1);
    if (before && row - before.last <= gap) before.last = row;
    else out.push({ first: row, last: row });
  });
  return out;
}

/** How many episodes had an alarm in them, and on their first session, when nothing had happened yet. */
export function countAnnounced(
  episodes: readonly Episode[],
  alarms: Float64Array,
): { readonly announced: number; readonly atOnce: number } {
  const isAlarm = (row: number) => alarms[2 * row + 1] === 1;
  const within = episodes.filter(({ first, last }) => {
    for (let row = first; row <= last; row++) if (isAlarm(row)) return true;
    return false;
  });
  return {
    announced: within.length,
    atOnce: episodes.filter(({ first }) => isAlarm(first)).length,
  };
}
