import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A Markdown table, the first column to the left and the others to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [
    `| ${head.join(" | ")} |`,
    `|${head.map((_, i) => (i === 0 ? "---" : "--:")).join("|")}|`,
    ...rows.map((row) => `| ${row.join(" | ")} |`),
  ].join("\n");
}

/** Two decimals with a proper minus. */
export function number(x: number): string {
  return x.toFixed(2).replace("-", "−");
}

/**
 * Prints a text, or with `--write` on the command line puts it between `<!-- name -->` and `<!-- /name -->` of a page below
 * docs/. Throws `RangeError` where the page has no such place.
 */
export function publish(page: string, name: string, text: string): void {
  if (!process.argv.includes("--write")) {
    process.stdout.write(`${text}\n`);
    return;
  }
  const path = fileURLToPath(new URL(`../docs/${page}`, import.meta.url));
  const whole = readFileSync(path, "utf8");
  const start = `<!-- ${name} -->`;
  const [begin, end] = [whole.indexOf(start) + start.length, whole.indexOf(`<!-- /${name} -->`)];
  if (begin < start.length || end < begin) throw new RangeError(`${path} has no ${start}`);
  writeFileSync(path, `${whole.slice(0, begin)}\n\n${text}\n\n${whole.slice(end)}`);
}
