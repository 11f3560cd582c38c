import { VolterraError } from "#core";
import type { Params } from "./feature.ts";

/** A parsed reference: `realised-vol(asset=spy, window=63)`. */
export interface Reference {
  readonly name: string;
  readonly params: Params;
}

const SHAPE = /^([a-z0-9-]+)(?:\((.*)\))?$/;

function parseValue(text: string): string | number | boolean {
  if (text === "true") return true;
  if (text === "false") return false;
  const number = Number(text);
  return text !== "" && Number.isFinite(number) ? number : text;
}

/** True for a market column, `series.column`; anything else is a reference to a feature. */
export function isColumn(ref: string): boolean {
  return !ref.includes("(") && ref.includes(".");
}

/** Splits at commas outside parentheses, so that a parameter may itself be a reference. */
function splitArguments(text: string): string[] {
  const pieces: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i <= text.length; i++) {
    const c = text[i];
    if (c === "(") depth++;
    if (c === ")") depth--;
    if (i === text.length || (c === "," && depth === 0)) {
      pieces.push(text.slice(start, i).trim());
      start = i + 1;
    }
  }
  return pieces.filter((piece) => piece !== "");
}

/** Text → reference. Throws `VolterraError("SPEC")` for text of another shape. */
export function parseReference(ref: string): Reference {
  const match = SHAPE.exec(ref.trim());
  if (!match) {
    throw new VolterraError(
      "SPEC",
      `"${ref}" is not a feature reference`,
      "Write name or name(key=value, key=value), or series.column for a column of the market.",
    );
  }
  const params: Record<string, string | number | boolean> = {};
  for (const piece of splitArguments(match[2] ?? "")) {
    const equals = piece.indexOf("=");
    if (equals < 1) throw new VolterraError("SPEC", `"${piece}" in "${ref}" is not key=value`);
    params[piece.slice(0, equals).trim()] = parseValue(piece.slice(equals + 1).trim());
  }
  return { name: match[1]!, params };
}

/** Reference → canonical text: parameters sorted by name. */
export function formatReference(name: string, params: Params = {}): string {
  const pairs = Object.entries(params)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([k, v]) => `${k}=${v}`);
  return pairs.length === 0 ? name : `${name}(${pairs.join(", ")})`;
}
