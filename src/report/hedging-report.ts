import type { HedgingResult } from "#run";
import { hedgingFigures } from "./hedging-figures.ts";
import {
  claimTable,
  coverageTable,
  crisisOf,
  diagnosticsTable,
  environmentTable,
  methodTable,
  probeTable,
  selectionTable,
} from "./hedging-tables.ts";
import { percent } from "./format.ts";
import { renderPage } from "./page.ts";
import { renderPng, standaloneSvg } from "./render.ts";
import { textTable } from "./table.ts";

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

function hedgingPage(result: HedgingResult, figures: ReturnType<typeof hedgingFigures>): string {
  const probes = probeTable(result);
  const warnings = [...new Set(result.trials.flatMap((trial) => trial.warnings))];
  const asCoded = result.preset === "as-coded";
  return renderPage({
    title: result.title,
    subtitle: `preset ${result.preset} · ${seedsText(result)} · arms ${result.arms.join(", ")}`,
    simulated: false,
    lookAhead: asCoded,
    sections: [
      {
        title: "Verdicts",
        blocks: [
          {
            kind: "facts",
            facts: result.verdicts.map(({ claim, outcome }) => ({
              name: claim.name,
              value: outcome,
              note: `${claim.claim}: ${MEANING[outcome]}`,
            })),
          },
          ...(result.seeds.length < 30
            ? [
                {
                  kind: "warning" as const,
                  text: `Of the 30 seeds agreed on ${result.seeds.length === 1 ? "one was" : `${result.seeds.length} were`} run: nothing can PASS, and intervals hold the paths' luck and not that of data and weights.`,
                },
              ]
            : []),
          ...(asCoded
            ? [
                {
                  kind: "warning" as const,
                  text: "The original's flaws included: its features look ahead and its test heads were never trained. Evidence for nothing.",
                },
              ]
            : []),
          { kind: "table", table: claimTable(result) },
        ],
      },
      {
        title: "Tail risk by method and regime",
        blocks: [
          { kind: "notes", notes: againstDelta(result) },
          ...result.arms.map((arm) => ({
            kind: "table" as const,
            table: methodTable(result, arm),
          })),
          ...figures
            .filter(({ id }) => /^(regimes|crisis|frontier)/.test(id))
            .map((figure) => ({ kind: "figure" as const, figure })),
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
        title: "Probes and diagnostics",
        blocks: [
          ...(probes.rows.length > 0 ? [{ kind: "table" as const, table: probes }] : []),
          { kind: "table", table: diagnosticsTable(result) },
          ...(result.selection.length > 0
            ? [{ kind: "table" as const, table: selectionTable(result) }]
            : []),
          { kind: "table", table: coverageTable(result) },
        ],
      },
      {
        title: "Figures",
        blocks: figures
          .filter(({ id }) => !/^(regimes|crisis|frontier)/.test(id))
          .map((figure) => ({ kind: "figure", figure })),
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
      { name: "snapshot", value: result.snapshot },
      { name: "claims", value: result.killTest },
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
  const verdicts = result.verdicts.flatMap(({ claim, outcome, reasons }) => [
    `${claim.name} ${outcome}: ${claim.claim}`,
    ...reasons.map((reason) => `   ${reason}`),
  ]);
  const tables = result.arms.map((arm) => methodTable(result, arm));
  return [
    `${result.title} · ${result.preset} · ${seedsText(result)}`,
    "",
    ...verdicts,
    ...tables.flatMap((t) => ["", t.title, t.note, textTable(t.columns, t.rows)]),
  ].join("\n");
}
