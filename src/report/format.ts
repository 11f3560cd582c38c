import { toDay, type DayNumber } from "#core";

/**
 * The one place where numbers become text. Missing (NaN, infinite, null) is "–"; a number that rounds to zero
 * has no sign; the minus is ASCII here, and typographic on a page.
 */
export const MISSING = "–";

/** How the numbers of a column are written; see `formatCell`. */
export type CellKind =
  | "text"
  | "percent"
  | "signedPercent"
  | "ratio"
  | "signedRatio"
  | "count"
  | "money"
  | "bps"
  | "probability"
  | "day"
  | "number"
  /** As the row says: see `Table.rowKinds`. */
  | "row";

/** A value of a table. A number is written as its column says; `null`, "" and NaN are missing and written "–". */
export type Cell = string | number | null;

/** Fixed decimals with a comma between thousands, never "-0". */
export function fixed(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return MISSING;
  const digits = Math.abs(value).toFixed(decimals);
  if (digits.includes("e")) return `${value < 0 ? "-" : ""}${digits}`;
  const [whole, fraction] = digits.split(".");
  const grouped = whole!.replace(/\B(?=(\d{3})+$)/g, ",");
  const sign = value < 0 && /[1-9]/.test(digits) ? "-" : "";
  return `${sign}${grouped}${fraction === undefined ? "" : `.${fraction}`}`;
}

function signed(text: string): string {
  return text === MISSING || text.startsWith("-") || !/[1-9]/.test(text) ? text : `+${text}`;
}

/** Decimal → percent: 0.1234 → "12.3%". */
export function percent(value: number, decimals = 1): string {
  return Number.isFinite(value) ? `${fixed(value * 100, decimals)}%` : MISSING;
}

/** A pure number: 1.234 → "1.23". */
export function ratio(value: number, decimals = 2): string {
  return fixed(value, decimals);
}

/** A count: 1234 → "1,234"; an effective count that is not whole keeps one decimal. */
export function count(value: number): string {
  return fixed(value, Number.isInteger(value) ? 0 : 1);
}

/** US dollars: 1234.5 → "$1,234.50". */
export function money(value: number, decimals = 2): string {
  const text = fixed(value, decimals);
  if (text === MISSING) return text;
  return text.startsWith("-") ? `-$${text.slice(1)}` : `$${text}`;
}

/** Decimal → basis points: 0.0012 → "12.0 bp". */
export function bps(value: number): string {
  return Number.isFinite(value) ? `${fixed(value * 1e4, 1)} bp` : MISSING;
}

/** A probability: three decimals, "<0.001" and ">0.999" at the ends. */
export function probability(value: number): string {
  if (value > 0 && value < 0.0005) return "<0.001";
  if (value < 1 && value > 0.9995) return ">0.999";
  return fixed(value, 3);
}

/** Four significant digits, for numbers of any size. */
export function number(value: number): string {
  if (!Number.isFinite(value) || value === 0) return fixed(value, 0);
  const size = Math.floor(Math.log10(Math.abs(value)));
  if (size < -5 || size > 14) return value.toExponential(2);
  if (Number.isInteger(value) && size < 9) return fixed(value, 0);
  return fixed(value, Math.max(0, 3 - size));
}

/** Day number → ISO. */
export function day(value: DayNumber): string {
  return Number.isFinite(value) ? toDay(value) : MISSING;
}

/** A stretch of days, both ends included; it breaks before the last day alone. */
export function span(start: string, end: string): string {
  return `${start}\u00a0… ${end}`;
}

/** A cell as text: text as it is, numbers as the kind says. */
export function formatCell(cell: Cell, kind: CellKind = "text"): string {
  if (cell === null || cell === "") return MISSING;
  if (typeof cell === "string") return cell;
  switch (kind) {
    case "percent":
      return percent(cell);
    case "signedPercent":
      return signed(percent(cell));
    case "ratio":
      return ratio(cell);
    case "signedRatio":
      return signed(ratio(cell));
    case "count":
      return count(cell);
    case "money":
      return money(cell);
    case "bps":
      return bps(cell);
    case "probability":
      return probability(cell);
    case "day":
      return day(cell);
    case "text":
    case "row":
    case "number":
      return number(cell);
  }
}
