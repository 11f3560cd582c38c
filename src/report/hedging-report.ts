import type { HedgingResult } from "#run";
import type { Figure } from "./figure.ts";
import { hedgingFigures } from "./hedging-figures.ts";
import {
  claimTable,
  coverageTable,
  crisisOf,
  decisionTable,
  diagnosticsTable,
  environmentTable,
  methodTable,
  probeTable,
  selectionTable,
  trialCount,
} from "./hedging-tables.ts";
import { percent } from "./format.ts";
import { renderPage } from "./page.ts";
import { renderPng, standaloneSvg } from "./render.ts";
import { textTable } from "./table.ts";
import { idOf } from "./hedging-arm-figures.ts";

const MEANING = {
  PASS: "every criterion clears, on all seeds",
  KILL: "a criterion fails",
  "NOT PROVEN": "neither supported nor refuted",
} as const;

/** Files of a hedging run: the page, and each figure as SVG and PNG. */
export function renderHedging(result: HedgingResult): Record<string, string | Uint8Array> {
  const files: Record<string, string | Uint8Array> = {};
  const figures = hedgingFigures(result);
  for (const figure of figures) {
    if (figure.option === null) continue;
    files[`figures/${figure.id}.svg`] = standaloneSvg(figure);
    files[`figures/${figure.id}.png`] = renderPng(figure);
  }
  return { ...files, "report.html": hedgingPage(result, figures) };
}

function block(figure: Figure) {
  return { kind: "figure" as const, figure };
}

/** The page with every figure in it. */
export function hedgingPage(result: HedgingResult, figures: readonly Figure[]): string {
  const probes = probeTable(result);
  const warnings = [...new Set(result.trials.flatMap((trial) => trial.warnings))];
  const decision = decisionTable(result);
  const trials = trialCount(result);
  const shown = new Set<string>();
  /** Figures by id; the last section holds the rest. */
  const of = (...ids: readonly string[]) =>
    figures
      .filter(({ id }) => ids.includes(id))
      .map((figure) => {
        shown.add(figure.id);
        return block(figure);
      });
  return renderPage({
    title: result.title,
    subtitle: `preset ${result.preset} · ${seedsText(result)} · arms ${result.arms.join(", ")}`,
    simulated: false,
    lookAhead: result.lookAhead,
    sections: [
      {
        title: "Verdicts",
        blocks: [
          {
            kind: "facts",
            facts: [
              ...result.verdicts.map(({ claim, outcome }) => ({
                name: claim.name,
                value: outcome,
                note: `${claim.claim}: ${MEANING[outcome]}`,
              })),
              { name: "Trials", value: trials.value, note: trials.note },
            ],
          },
          ...(result.seeds.length < 30
            ? [
                {
                  kind: "warning" as const,
                  text:
                    result.seeds.length === 1
                      ? "Of the 30 seeds agreed on one was run: nothing can PASS, and intervals hold the paths' luck and not that of data and weights."
                      : `Of the 30 seeds agreed on ${result.seeds.length} were run: nothing can PASS.`,
                },
              ]
            : []),
          ...(result.lookAhead
            ? [
                {
                  kind: "warning" as const,
                  text: "The hedgers see, or are paid for, what was not known when they traded. Evidence for nothing.",
                },
              ]
            : []),
          { kind: "table", table: claimTable(result) },
          ...(decision.rows.length > 0 ? [{ kind: "table" as const, table: decision }] : []),
        ],
      },
      {
        title: "Tail risk by method and regime",
        blocks: [
          { kind: "notes", notes: againstDelta(result) },
          ...result.arms.flatMap((arm) => [
            { kind: "table" as const, table: methodTable(result, arm) },
            ...of(idOf("crisis", arm), idOf("regimes", arm)),
            ...result.raw.flatMap((set) => of(idOf("raw", arm, set))),
          ]),
          ...of("frontier"),
        ],
      },
      {
        title: "Every environment",
        blocks: result.arms.map((arm) => ({
          kind: "table",
          table: environmentTable(result, arm),
        })),
      },
      {
        title: "Choice of λ",
        blocks: [
          ...(result.selection.length > 0
            ? [{ kind: "table" as const, table: selectionTable(result) }]
            : []),
          ...of("lambda", "pareto"),
        ],
      },
      {
        title: "Probes and diagnostics",
        blocks: [
          ...(probes.rows.length > 0 ? [{ kind: "table" as const, table: probes }] : []),
          ...of("spreads"),
          { kind: "table", table: diagnosticsTable(result) },
          { kind: "table", table: coverageTable(result) },
        ],
      },
      {
        title: "Training and policies",
        blocks: figures.filter(({ id }) => !shown.has(id)).map(block),
      },
      {
        title: "Notes",
        blocks: [
          {
            kind: "notes",
            notes: [
              ...result.notes,
              `λ: ${
                Object.entries(result.lambda)
                  .map(([m, l]) => `${m} ${l}`)
                  .join(", ") || "1 for every penalised method; not selected"
              }.`,
              ...warnings,
            ],
          },
        ],
      },
    ],
    provenance: [
      { name: "run", value: result.run },
      { name: "code", value: result.code },
      { name: "code of the trials", value: result.codes.join(", ") },
      { name: "snapshot", value: result.snapshot },
      { name: "claims", value: result.killTest },
      { name: "declared trials", value: trials.source || "none" },
      { name: "seeds", value: result.seeds.join(", ") },
    ],
  });
}

/** Whether a learner beats delta in each arm's crisis, in words. */
function againstDelta(result: HedgingResult): string[] {
  return result.arms.flatMap((arm) => {
    const set = crisisOf(result, arm);
    const best = result.intervals
      .filter((i) => i.arm === arm && i.set === set && !result.baselines.includes(i.method))
      .flatMap(({ method, onDelta }) => (onDelta ? [{ method, ...onDelta }] : []))
      .toSorted((a, b) => b.estimate - a.estimate)[0];
    if (!best) return [];
    const verb =
      best.low > 0
        ? "beats delta"
        : best.high < 0
          ? "is worse than delta"
          : "cannot be told from delta";
    return [
      `Arm ${arm}, ${set}: the best learner, ${best.method}, ${verb}: it saves ${percent(best.estimate, 1)} of its CVaR-95 (95 %: ${percent(best.low, 1)} to ${percent(best.high, 1)}; picked as the best of its row, so flattered).`,
    ];
  });
}

function seedsText({ seeds }: HedgingResult): string {
  return seeds.length === 1 ? "one seed" : `${seeds.length} seeds`;
}

/** A hedging run as text for a terminal or a pipe. */
export function hedgingText(result: HedgingResult): string {
  const verdicts = result.verdicts.flatMap(({ claim, outcome, reasons, whatWouldDecide }) => [
    `${claim.name} ${outcome}: ${claim.claim}`,
    ...reasons.map((reason) => `   ${reason}`),
    ...whatWouldDecide.map((text) => `   what would decide: ${text}`),
  ]);
  const trials = trialCount(result);
  const tables = result.arms.map((arm) => methodTable(result, arm));
  return [
    `${result.lookAhead ? "LOOK-AHEAD · " : ""}${result.title} · ${result.preset} · ${seedsText(result)}`,
    `Trials: ${trials.value}: ${trials.note}${trials.source && ` (${trials.source})`}`,
    "",
    ...verdicts,
    ...tables.flatMap((t) => ["", t.title, t.note, textTable(t.columns, t.rows)]),
  ].join("\n");
}
