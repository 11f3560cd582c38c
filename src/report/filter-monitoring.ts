import type { FilterMonitoring, FilterResult } from "#run";
import type { Figure } from "./figure.ts";
import { BASE, instant, legend, line, lineStyle, timeAxis, yAxis } from "./theme.ts";

interface Panel {
  readonly id: string;
  readonly title: string;
  readonly note: string;
  readonly yName: string;
  readonly lines: Readonly<Record<string, ArrayLike<number>>>;
}

/** Lines over days; a missing value breaks its line. */
function overDays(days: Int32Array, { id, title, note, yName, lines }: Panel): Figure {
  const figure = { id, title, width: 900, height: 300 };
  if (days.length === 0) return { ...figure, note: "No forecasts.", option: null };
  const option = {
    ...BASE,
    legend: legend(Object.keys(lines)),
    grid: { left: 48, right: 24, top: 50, bottom: 30 },
    xAxis: timeAxis({ first: days[0]!, last: days.at(-1)! }),
    yAxis: yAxis({ name: yName }, { scale: true }),
    series: Object.entries(lines).map(([name, values], k) => {
      const style = lineStyle(k);
      const data = Array.from(values, (y, i) => [instant(days[i]!), Number.isFinite(y) ? y : null]);
      return line(name, data, { lineStyle: style, itemStyle: { color: style.color } });
    }),
  };
  return { ...figure, note, option };
}

/** Cut where a figure would else show one spike alone. */
const MOST = 8;

/** What a monitoring page shows: risk, drift, hit rates, age. */
export function monitoringFigures(
  monitoring: FilterMonitoring,
  { maxAge, drift }: FilterResult["failure"],
): Figure[] {
  const { days, risk, limit, precision, recall, brier, age } = monitoring;
  const level = (y: number) => new Float64Array(days.length).fill(y);
  const cut = (values: Float64Array) => values.map((x) => Math.min(x, MOST));
  const faults = [...new Set(monitoring.fault)].filter((fault) => fault !== "none");
  const counted = (name: string) =>
    Float64Array.from(monitoring.fault, (fault) => (fault === name ? 1 : 0));
  const panels: Panel[] = [
    {
      id: "risk-history",
      title: "Risk and its limit",
      note: "The mean of the seeds; entries are blocked at or above the limit. Level stretches: the training learned nothing that held on its held-out rows.",
      yName: "probability under equal priors",
      lines: { risk, limit },
    },
    {
      id: "drift-history",
      title: "Drift of the features",
      note: `Cut at ${MOST}. Beyond the limit of deviations the forecast is not used; the stability index is shown only.`,
      yName: "deviations; stability index",
      lines: {
        "largest z": cut(monitoring.z),
        "largest PSI": cut(monitoring.psi),
        "limit of z": level(drift),
      },
    },
    {
      id: "hit-rates",
      title: "Alarms of the last 252 labelled sessions",
      note: "A label counts from the session on which it is known.",
      yName: "share",
      lines: { precision, recall, "Brier score": brier },
    },
    {
      id: "age-history",
      title: "Age of the model",
      note: "Calendar days since the last close that the model knows.",
      yName: "days",
      lines: { age, limit: level(maxAge) },
    },
    {
      id: "fault-history",
      title: "Faults",
      note:
        faults.length > 0
          ? "1 on sessions whose forecast was not to be trusted, and which went by the policy."
          : "No session had a forecast that was stale, drifting, missing or failed.",
      yName: "fault",
      lines: Object.fromEntries(
        (faults.length > 0 ? faults : ["none"]).map((name) => [
          name,
          faults.length > 0 ? counted(name) : level(0),
        ]),
      ),
    },
  ];
  return panels.map((panel) => overDays(days, panel));
}
