import { escapeHtml, proseHtml } from "./escape.ts";

/** A number one looks for first, already formatted. */
export interface Fact {
  readonly name: string;
  readonly value: string;
  /** Interval, n or convention. */
  readonly note: string;
}

/** Facts → HTML, large numbers side by side. */
export function renderFacts(facts: readonly Fact[]): string {
  const items = facts.map(
    ({ name, value, note }) =>
      `<div><dt>${escapeHtml(name)}</dt><dd>${proseHtml(value)}</dd><dd class="note">${proseHtml(note)}</dd></div>`,
  );
  return `<dl class="facts">${items.join("")}</dl>`;
}
