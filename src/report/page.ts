import type { Verdict } from "#evidence";
import { escapeHtml, proseHtml } from "./escape.ts";
import type { Figure } from "./figure.ts";
import { renderFacts, type Fact } from "./html-facts.ts";
import { renderFigure } from "./html-figure.ts";
import { renderTable } from "./html-table.ts";
import { renderVerdict } from "./html-verdict.ts";
import { PAGE_STYLE } from "./page-style.ts";
import type { Table } from "./table.ts";

/** A brick of a report. All text is plain and is escaped here. */
export type Block =
  /** A verdict, or the statement that there is none. */
  | { readonly kind: "verdict"; readonly verdict: Verdict | null }
  /** The few numbers one looks for first, already formatted. */
  | { readonly kind: "facts"; readonly facts: readonly Fact[] }
  | { readonly kind: "table"; readonly table: Table }
  | { readonly kind: "figure"; readonly figure: Figure }
  | { readonly kind: "notes"; readonly notes: readonly string[] }
  /** Other pages, by addresses relative to this one. */
  | { readonly kind: "links"; readonly links: readonly { text: string; href: string }[] }
  /** Something the reader must not miss. */
  | { readonly kind: "warning"; readonly text: string };

export interface Section {
  readonly title: string;
  readonly blocks: readonly Block[];
}

export interface ReportPage {
  readonly title: string;
  /** Study, preset, window, n. */
  readonly subtitle: string;
  /** Built on the simulated market: stamped SIMULATED. */
  readonly simulated: boolean;
  /** Some order may fill before its decision was possible: stamped LOOK-AHEAD. */
  readonly lookAhead: boolean;
  readonly sections: readonly Section[];
  /** Hashes, versions, seeds; at the foot. */
  readonly provenance: readonly { readonly name: string; readonly value: string }[];
}

/**
 * Page → one HTML document without scripts or outside resources. Equal pages give equal bytes. Sections without
 * blocks are left out; a figure whose id was used before gets a number behind it.
 */
export function renderPage(page: ReportPage): string {
  const sections = unique(page.sections.filter(({ blocks }) => blocks.length > 0));
  const links = sections.map(
    ({ title }, i) => `<a href="#section-${i + 1}">${escapeHtml(title)}</a>`,
  );
  const stamps = stampsOf(page);
  return [
    `<!doctype html>`,
    `<html lang="en">`,
    `<head>`,
    `<meta charset="utf-8">`,
    `<meta name="viewport" content="width=device-width, initial-scale=1">`,
    `<meta name="generator" content="volterra">`,
    `<title>${escapeHtml([...stamps.map(({ word }) => word), page.title].join(" · "))}</title>`,
    `<style>${PAGE_STYLE}${runningHead(stamps.map(({ word }) => word))}</style>`,
    `</head>`,
    `<body>`,
    stamps.length > 0
      ? `<div class="stamps">${stamps.map(({ word, meaning }) => `<p><strong>${word}</strong> <span>${meaning}</span></p>`).join("")}</div>`
      : "",
    `<main>`,
    `<header><h1>${escapeHtml(page.title)}</h1><p class="subtitle">${escapeHtml(page.subtitle)}</p></header>`,
    links.length > 2 ? `<nav aria-label="Sections">${links.join("")}</nav>` : "",
    ...sections.map(
      ({ title, blocks }, i) =>
        `<section id="section-${i + 1}"><h2>${escapeHtml(title)}</h2>\n${blocks.map(renderBlock).join("\n")}\n</section>`,
    ),
    page.provenance.length > 0 ? provenance(page.provenance) : "",
    `</main>`,
    `</body>`,
    `</html>`,
    ``,
  ]
    .filter((line, i, lines) => line !== "" || i === lines.length - 1)
    .join("\n");
}

function stampsOf(page: ReportPage): { word: string; meaning: string }[] {
  return [
    ...(page.simulated
      ? [
          {
            word: "SIMULATED",
            meaning: "Prices of the built-in simulated market. Nothing here happened.",
          },
        ]
      : []),
    ...(page.lookAhead
      ? [
          {
            word: "LOOK-AHEAD",
            meaning:
              "Orders fill before their decision was possible. Nobody could have earned this.",
          },
        ]
      : []),
  ];
}

/** The stamps on every printed page. */
function runningHead(words: readonly string[]): string {
  if (words.length === 0) return "";
  return `@page{@top-center{content:"${words.join(" · ")}";color:#a8370d;font:700 11pt sans-serif;letter-spacing:.1em}}`;
}

function renderBlock(block: Block): string {
  switch (block.kind) {
    case "verdict":
      return renderVerdict(block.verdict);
    case "facts":
      return renderFacts(block.facts);
    case "table":
      return renderTable(block.table);
    case "figure":
      return renderFigure(block.figure);
    case "notes":
      if (block.notes.length === 0) return "";
      return `<ul class="notes">${block.notes.map((note) => `<li>${proseHtml(note)}</li>`).join("")}</ul>`;
    case "links":
      return `<ul class="notes">${block.links.map(({ text, href }) => `<li><a href="${escapeHtml(href)}">${escapeHtml(text)}</a></li>`).join("")}</ul>`;
    case "warning":
      return `<p class="warning" role="alert">${proseHtml(block.text)}</p>`;
  }
}

function provenance(rows: ReportPage["provenance"]): string {
  const items = rows.map(
    ({ name, value }) =>
      `<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value) || "–"}</dd></div>`,
  );
  return `<footer><h2>Provenance</h2><dl>${items.join("")}</dl></footer>`;
}

function unique(sections: readonly Section[]): Section[] {
  const seen = new Map<string, number>();
  const renamed = (block: Block): Block => {
    if (block.kind !== "figure") return block;
    const { id } = block.figure;
    const times = (seen.get(id) ?? 0) + 1;
    seen.set(id, times);
    if (times === 1) return block;
    return { kind: "figure", figure: { ...block.figure, id: `${id}-again-${times}` } };
  };
  return sections.map(({ title, blocks }) => ({ title, blocks: blocks.map(renamed) }));
}
