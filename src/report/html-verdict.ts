import { resolveStatistic, type CriterionResult, type Verdict } from "#evidence";
import { escapeHtml, proseHtml } from "./escape.ts";
import { count, formatCell, percent, probability, span } from "./format.ts";
import { renderFacts, type Fact } from "./html-facts.ts";
import { renderTable } from "./html-table.ts";
import { metricName } from "./metric-name.ts";
import type { CellKind } from "./format.ts";
import type { Table } from "./table.ts";

const CLASS = { PASS: "pass", KILL: "kill", "NOT PROVEN": "open" } as const;
const MEANING = {
  PASS: "Every criterion clears its threshold with the confidence that was promised.",
  KILL: "At least one criterion fails its threshold with the confidence that was promised.",
  "NOT PROVEN": "The data at hand can neither support nor refute the claim.",
} as const;

/** Verdict → HTML: the word, the reasons, the trials it paid for, what would decide, and the criteria. */
export function renderVerdict(verdict: Verdict | null): string {
  if (verdict === null) {
    return `<div class="verdict none"><p class="word">No verdict</p><p>No kill-test was run on these returns: nothing below is evidence for or against a claim.</p></div>`;
  }
  return [
    `<div class="verdict ${CLASS[verdict.outcome]}">`,
    `<p class="word">${verdict.outcome}</p>`,
    `<p class="claim">${escapeHtml(verdict.killTest)} <span>${MEANING[verdict.outcome]}</span></p>`,
    renderFacts(trialFacts(verdict)),
    list("Reasons", verdict.reasons),
    list("What would decide", verdict.whatWouldDecide),
    `</div>`,
    renderTable(criteriaTable(verdict)),
  ].join("\n");
}

function list(title: string, items: readonly string[]): string {
  if (items.length === 0) return "";
  const lines = items.map((item) => `<li>${proseHtml(item)}</li>`);
  return `<h3>${title}</h3><ul${items.length > 5 ? ' class="long"' : ""}>${lines.join("")}</ul>`;
}

function trialFacts({ trials, deflatedSharpe, alpha, criteria }: Verdict): Fact[] {
  const { recorded, declared, atLeast, effective } = trials;
  const known = declared === null ? "none declared" : `${count(declared)} declared`;
  return [
    {
      name: "Trials",
      value: `N ≥ ${count(atLeast)}`,
      note: `${count(recorded)} recorded, ${known}`,
    },
    { name: "Effective trials", value: count(effective), note: "after clustering alike returns" },
    {
      name: "Deflated Sharpe",
      value: probability(deflatedSharpe),
      note: "chance to beat the best of N worthless trials",
    },
    { name: "Confidence", value: percent(1 - alpha, 0), note: "one-sided, each criterion" },
    { name: "Returns, n", value: count(criteria[0]?.n ?? NaN), note: "of the first criterion" },
  ];
}

/** The criteria of a verdict with what was measured. */
export function criteriaTable(verdict: Verdict): Table {
  const side = percent(1 - verdict.alpha, 0);
  return {
    title: "Criteria",
    note: `Bounds are one-sided at ${side}, from a stationary block bootstrap (paired where a benchmark is named); the lower bound pays for the selection among trials. MDE: smallest true value that would PASS four times in five with these data. Power: chance of a PASS if the truth were the estimate; for a drawdown, the mean of the resampled paths, which takes the estimate's place in the bounds too.`,
    columns: [
      { name: "Criterion" },
      { name: "Window" },
      { name: "n", kind: "count" },
      { name: "Costs", kind: "text" },
      { name: "Estimate", kind: "row" },
      { name: `Lower ${side}`, kind: "row" },
      { name: `Upper ${side}`, kind: "row" },
      { name: "Must clear", kind: "text" },
      { name: "MDE", kind: "row" },
      { name: "Power", kind: "percent" },
      { name: "Outcome" },
    ],
    rows: verdict.criteria.map((result) => {
      const { criterion: c } = result;
      const kind = criterionKind(result);
      return [
        c.benchmark === undefined || c.name.includes(c.benchmark)
          ? c.name
          : `${c.name} (v ${c.benchmark})`,
        span(c.window.start, c.window.end),
        result.n,
        `${c.costs}×`,
        result.estimate,
        result.lower,
        result.upper,
        `${c.direction === "below" ? "<" : ">"}\u00a0${formatCell(c.threshold, kind)}`,
        result.minimumDetectableEffect,
        result.power,
        result.outcome,
      ];
    }),
    rowKinds: verdict.criteria.map(criterionKind),
  };
}

/** How the values of a criterion are written. */
export function criterionKind({ criterion }: CriterionResult): CellKind {
  const { statistic, of } = resolveStatistic(criterion.statistic);
  const { kind } = metricName(statistic);
  if (of !== "difference") return kind;
  return kind === "percent" ? "signedPercent" : kind === "ratio" ? "signedRatio" : kind;
}
