import type { SleeveRow, SleevesResult } from "#run";
import type { Cell } from "./format.ts";
import { renderPage } from "./page.ts";
import { publishedTables } from "./published-table.ts";
import { type Table, textTable } from "./table.ts";

function outcomeOf({ verdict, lookAhead }: SleeveRow): string {
  return `${verdict?.outcome ?? "not judged"}${lookAhead ? " (look-ahead)" : ""}`;
}

/** One row a preset: verdict, trials, metrics, and what was published. */
export function verdictTable({ rows, common }: Pick<SleevesResult, "rows" | "common">): Table {
  return {
    title: "Every sleeve and preset",
    note:
      `N: trials recorded and declared. The first figures are of each study's own window, "common" those of ` +
      `${common.start} … ${common.end}; SPY: correlation on it. * marks the usual preset.`,
    columns: [
      { name: "study" },
      { name: "preset" },
      { name: "verdict" },
      { name: "N ≥", kind: "count" },
      { name: "deflated", kind: "percent" },
      { name: "Sharpe", kind: "ratio" },
      { name: "published", kind: "ratio" },
      { name: "over bills", kind: "ratio" },
      { name: "CAGR", kind: "percent" },
      { name: "drawdown", kind: "percent" },
      { name: "published", kind: "percent" },
      { name: "common", kind: "ratio" },
      { name: "SPY", kind: "ratio" },
      { name: "from" },
    ],
    rows: rows.map((row): Cell[] => [
      row.study,
      row.usual ? `${row.preset} *` : row.preset,
      outcomeOf(row),
      row.verdict?.trials.atLeast ?? null,
      row.verdict?.deflatedSharpe ?? null,
      row.metrics.sharpe,
      row.published.sharpe ?? null,
      row.metrics.sharpeExcess,
      row.metrics.cagr,
      row.metrics.maxDrawdown,
      row.published.maxDrawdown ?? null,
      row.common?.sharpe ?? null,
      row.common?.correlation ?? null,
      row.period.start,
    ]),
  };
}

function correlationTable({ correlations: { names, values }, common }: SleevesResult): Table {
  return {
    title: "Correlation of daily returns",
    note: `Usual presets, ${common.start} … ${common.end}.`,
    columns: [{ name: "" }, ...names.map((name) => ({ name, kind: "ratio" as const }))],
    rows: names.map((name, i) => [name as Cell].concat(values[i]!)),
  };
}

function publishedOf({ published }: SleevesResult): Table[] {
  return published.flatMap(({ study, presets }) =>
    publishedTables({ presets }, `Published figures beside ours: ${study}`),
  );
}

/** The page over all studies, with links to the page of each. */
export function renderSleeves(result: SleevesResult): Record<string, string> {
  const runs = [...new Map(result.rows.map((row) => [row.run, row])).values()];
  const page = renderPage({
    title: result.title,
    subtitle: `${runs.length} studies · ${result.rows.length} presets`,
    simulated: result.simulated,
    lookAhead: false,
    sections: [
      {
        title: "Verdicts",
        blocks: [
          { kind: "table", table: verdictTable(result) },
          { kind: "notes", notes: result.notes },
        ],
      },
      { title: "Correlations", blocks: [{ kind: "table", table: correlationTable(result) }] },
      {
        title: "Published figures",
        blocks: publishedOf(result).map((table) => ({ kind: "table" as const, table })),
      },
      {
        title: "Reports",
        blocks: [
          {
            kind: "links",
            links: runs.map(({ study, run }) => ({
              text: `${study}: ${run}`,
              href: `../${run}/report.html`,
            })),
          },
        ],
      },
    ],
    provenance: [],
  });
  return { "report.html": page };
}

/** The same as text for a terminal or a pipe. */
export function sleevesText(result: SleevesResult): string {
  const tables = [verdictTable(result), ...publishedOf(result), correlationTable(result)];
  return [
    result.title,
    ...tables.flatMap(({ title, note, columns, rows }) => [
      "",
      title,
      textTable(columns, rows),
      note,
    ]),
    "",
    ...result.notes,
  ].join("\n");
}
