import type { RunResult } from "#run";
import type { Cell } from "./format.ts";
import type { Table, TableColumn } from "./table.ts";

const FIGURES = [
  ["sharpe", "Sharpe", "ratio"],
  ["cagr", "CAGR", "percent"],
  ["totalReturn", "return", "percent"],
  ["maxDrawdown", "max drawdown", "percent"],
  ["correlation", "correlation", "ratio"],
] as const;

/** The published figures of a run; none beside those of a simulated market. */
export function publishedOf(result: RunResult): Table[] {
  return result.simulated ? [] : publishedTables(result);
}

/** What the original reported beside ours, for every preset and period that it reported on; nothing where it did not. */
export function publishedTables(
  { presets }: Pick<RunResult, "presets">,
  title = "Published figures beside ours",
): Table[] {
  const parts = presets.flatMap((p) => [
    { ...p, period: "whole period" },
    ...p.subPeriods.map((s) => ({ ...s, preset: p.preset, period: s.name })),
  ]);
  const reported = parts.filter(({ published }) => Object.keys(published ?? {}).length > 0);
  const shown = FIGURES.filter(([name]) => reported.some((p) => p.published?.[name] !== undefined));
  if (reported.length === 0) return [];
  return [
    {
      title,
      note: "Ours to the end of the data.",
      columns: [
        { name: "published, ours" },
        { name: "period" },
        ...shown.flatMap(([, name, kind]): TableColumn[] => [
          { name, kind },
          { name: "ours", kind },
        ]),
      ],
      rows: reported.map(({ preset, period, published, metrics }) => [
        preset,
        period,
        ...shown.flatMap(([name]): Cell[] => [published?.[name] ?? null, metrics[name]]),
      ]),
    },
  ];
}
