import { escapeHtml, proseHtml } from "./escape.ts";
import { cellKind, isNumeric, rowTexts, type Table } from "./table.ts";

const TAGS: Readonly<Record<string, string>> = {
  PASS: "pass",
  KILL: "kill",
  "NOT PROVEN": "open",
  "LOOK-AHEAD": "kill",
  SIMULATED: "open",
};

/** Table → HTML: numbers to the right on equal digits, a verdict as a coloured word, "No rows." where empty. */
export function renderTable(table: Table): string {
  const head = table.columns
    .map(
      (column) =>
        `<th scope="col"${isNumeric(column) ? ' class="num"' : ""}>${escapeHtml(column.name)}</th>`,
    )
    .join("");
  const body = table.rows.map((_, i) => {
    const repeated = i > 0 && table.rows[i]![0] === table.rows[i - 1]![0];
    const cells = rowTexts(table, i).map((text, j) => renderCell(table, i, j, text, repeated));
    const first = i > 0 && !repeated && isGrouped(table) ? ' class="group"' : "";
    return `<tr${first}>${cells.join("")}</tr>`;
  });
  const rows =
    body.length > 0
      ? body.join("\n")
      : `<tr><td class="none" colspan="${table.columns.length}">No rows.</td></tr>`;
  const title = table.title === "" ? "" : `<h3>${escapeHtml(table.title)}</h3>`;
  const note = table.note === "" ? "" : `<p class="note">${proseHtml(table.note)}</p>`;
  return `<div class="table">${title}<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>\n${rows}\n</tbody></table></div>${note}</div>`;
}

/** A first column that repeats its text marks groups of rows. */
function isGrouped({ rows }: Table): boolean {
  return rows.some((row, i) => i > 0 && row[0] === rows[i - 1]![0]);
}

/** An interval is not broken, nor a span of days before its dots. */
function keepWhole(text: string): string {
  return text
    .replace(/\[[^\]]*\]/g, (interval) =>
      interval.replaceAll(" ", "\u00a0").replace(/-(?=\d)/g, "−"),
    )
    .replaceAll(" …", "\u00a0…");
}

function renderCell(table: Table, i: number, j: number, text: string, repeated: boolean): string {
  const column = table.columns[j]!;
  const tag = TAGS[text];
  const shown = tag
    ? `<span class="tag ${tag}">${escapeHtml(text)}</span>`
    : proseHtml(keepWhole(text));
  if (j === 0) return `<th scope="row"${repeated ? ' class="again"' : ""}>${shown}</th>`;
  if (!isNumeric(column)) return `<td>${shown}</td>`;
  // Digits of percentages and ratios stand under one another where a column holds both.
  const hang = column.kind === "row" && !/ercent/.test(cellKind(table, i, j)) ? " hang" : "";
  return `<td class="num${hang}">${shown}</td>`;
}
