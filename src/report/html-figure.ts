import { escapeHtml } from "./escape.ts";
import type { Figure } from "./figure.ts";
import { renderSvg } from "./render.ts";

/** Figure → `<figure>`: title, picture (or the reason why there is none), how to read it. */
export function renderFigure(figure: Figure): string {
  const picture =
    figure.option === null
      ? ""
      : `<div class="scroll"><div class="picture" style="max-width:${figure.width}px;min-width:${Math.min(figure.width, 620)}px">${renderSvg(figure)}</div></div>`;
  return `<figure${figure.option === null ? ' class="empty"' : ""}><figcaption>${escapeHtml(figure.title)}</figcaption>${picture}<p class="note">${escapeHtml(figure.note)}</p></figure>`;
}
