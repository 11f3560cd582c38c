const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text → HTML or XML, in an element or a quoted attribute. Control characters that XML forbids are dropped. */
export function escapeHtml(text: string): string {
  return text
    .replace(/[&<>"']/g, (character) => ENTITIES[character]!)
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "");
}

/** Text → HTML as prose: a hyphen before a number is a true minus, and days do not break at their hyphens. */
export function proseHtml(text: string): string {
  return escapeHtml(text.replace(/(^|[\s(])-(?=[$\d])/g, "$1−")).replace(
    /\b\d{4}-\d{2}-\d{2}\b/g,
    `<span class="day">$&</span>`,
  );
}
