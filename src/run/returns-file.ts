import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { isDay, suggest, toDay, toNumber, VolterraError } from "#core";
import { returnSeries, type ReturnSeries } from "#evidence";
import { readTextColumns, type TextColumns } from "#market";
import { std } from "#num";

const DAY_NAMES = ["date", "day", "timestamp", "time", ""];
const RETURN_NAMES = ["return", "returns", "ret", "strategy", "daily_return"];
const LEVEL_NAMES = ["equity", "nav", "value", "balance", "close", "price"];

/** Fewer returns than this cannot be resampled in blocks. */
export const FEWEST = 40;
/** Days between returns, in the median, beyond which they are not daily. */
const LONGEST = 4;
/** Deviation of daily returns beyond which they are percents taken for decimals. */
const WILDEST = 0.2;

/** A file as text, with what a message says of a row of it. */
interface Sheet {
  readonly file: string;
  readonly text: TextColumns;
  readonly days: string;
  readonly place: (row: number, column: string) => string;
}

/**
 * Reads dates and returns, or dates and equity, from CSV or Parquet. Throws `VolterraError("DATA")` naming file, row
 * and column for what is missing, unordered, not a number, or below −100 %.
 */
export async function readReturns(file: string): Promise<ReturnSeries> {
  const sheet = await readSheet(file);
  const names = Object.keys(sheet.text.columns);
  const days = readDays(sheet);
  const rate = pick(sheet.text, RETURN_NAMES);
  const level = pick(sheet.text, LEVEL_NAMES);
  const others = names.filter((name) => name !== sheet.days);
  const column = rate ?? level ?? (others.length === 1 ? others[0] : undefined);
  if (column === undefined) {
    throw new VolterraError(
      "DATA",
      `${file} has no column of returns or equity`,
      `Name one of: ${[...RETURN_NAMES, ...LEVEL_NAMES].join(", ")}; found: ${names.join(", ")}.`,
    );
  }
  const values = readNumbers(sheet, column);
  if (column !== level) {
    checkReturns(sheet, column, days, values);
    return returnSeries(days, values, file);
  }
  const nil = values.findIndex((x) => x <= 0);
  if (nil >= 0) {
    throw new VolterraError(
      "DATA",
      `${sheet.place(nil, column)}: equity is ${values[nil]}`,
      "A return from nothing, or from debt, is none: end the series before, or give returns.",
    );
  }
  const returns = values.slice(1).map((x, i) => x / values[i]! - 1);
  checkReturns(sheet, column, days.subarray(1), returns);
  return returnSeries(days.subarray(1), returns, file);
}

async function readSheet(file: string): Promise<Sheet> {
  if (!(statSync(file, { throwIfNoEntry: false })?.isFile() ?? false)) {
    const dir = path.dirname(file);
    const near = existsSync(dir) ? readdirSync(dir).filter((f) => /\.(csv|parquet)$/.test(f)) : [];
    throw new VolterraError("NOT_FOUND", `no file ${file}`, suggest(path.basename(file), near));
  }
  if (statSync(file).size === 0) {
    throw new VolterraError("DATA", `${file} is empty`, "A header and one row a day are needed.");
  }
  const text = await readTextColumns(file);
  const names = Object.keys(text.columns);
  // pandas writes an index without a name, and an unnamed series as 0.
  const days =
    pick(text, DAY_NAMES) ??
    names.find((name) => isDay((text.columns[name]![0] ?? "").slice(0, 10))) ??
    names[0]!;
  if (names.length < 2) {
    throw new VolterraError(
      "DATA",
      `${file} has one column, ${days}`,
      "A column of days and one of returns or equity are needed.",
    );
  }
  // A CSV's first row is its header.
  const first = file.endsWith(".parquet") ? 1 : 2;
  return { file, text, days, place: (row, column) => `${file}, row ${row + first}, ${column}` };
}

function pick({ columns }: TextColumns, names: readonly string[]): string | undefined {
  return Object.keys(columns).find((name) => names.includes(name.toLowerCase()));
}

function readDays({ text, days: name, place }: Sheet): Int32Array {
  const cells = text.columns[name]!.map((cell) => cell.slice(0, 10));
  return Int32Array.from(cells, (cell, row) => {
    if (!isDay(cell)) {
      throw new VolterraError(
        "DATA",
        `${place(row, name)}: "${cell}" is not a day`,
        "Days are written YYYY-MM-DD: of 01/02/2020 nobody knows which is the month.",
      );
    }
    const day = toNumber(cell);
    if (row > 0 && day <= toNumber(cells[row - 1]!)) {
      throw new VolterraError(
        "DATA",
        `${place(row, name)}: ${cell} does not follow ${cells[row - 1]}`,
        "One row a day, oldest first.",
      );
    }
    return day;
  });
}

function readNumbers({ text, place }: Sheet, name: string): Float64Array {
  return Float64Array.from(text.columns[name]!, (cell, row) => {
    const trimmed = cell.trim();
    const share = trimmed.endsWith("%") ? trimmed.slice(0, -1).trim() : undefined;
    const number = share ?? trimmed;
    const value = number === "" ? NaN : Number(number);
    if (Number.isFinite(value)) return share === undefined ? value : value / 100;
    throw new VolterraError(
      "DATA",
      `${place(row, name)}: "${cell}" is not a number`,
      "Leave the day out, or fill it: nothing is filled in here.",
    );
  });
}

/** True for returns that are equal up to the rounding of the levels they come from. */
export function areEqual(returns: Float64Array): boolean {
  return returns.every((r) => Math.abs(r - returns[0]!) < 1e-12);
}

function checkReturns(
  { file, text, place }: Sheet,
  column: string,
  days: Int32Array,
  returns: Float64Array,
): void {
  if (returns.length < FEWEST) {
    throw new VolterraError(
      "DATA",
      `${file} holds ${returns.length} returns, too few to judge`,
      `At least ${FEWEST} are needed: a bootstrap resamples blocks of days.`,
    );
  }
  const bad = returns.findIndex((r) => r < -1 || r > 5);
  if (bad >= 0) {
    // The first row of equity has no return.
    const row = bad + text.columns[column]!.length - returns.length;
    throw new VolterraError(
      "DATA",
      `${place(row, column)}: the return of ${toDay(days[bad]!)} is ${returns[bad]}`,
      returns.length < text.rows
        ? "Is this column really equity?"
        : "Returns are decimals: 1 % is 0.01 or 1%. For equity, name the column equity.",
    );
  }
  if (areEqual(returns)) {
    throw new VolterraError(
      "DATA",
      `${file}, ${column}: all returns are ${Number(returns[0]!.toPrecision(9))}`,
      "Without any variance there is nothing to judge.",
    );
  }
  const gaps = days.subarray(1).map((day, i) => day - days[i]!);
  const usual = gaps.toSorted()[gaps.length >> 1]!;
  if (usual > LONGEST) {
    throw new VolterraError(
      "DATA",
      `${file} holds a return every ${usual} days`,
      "Daily returns are judged, 252 to a year: monthly ones would look four times as good.",
    );
  }
  const deviation = std(returns, 1);
  if (deviation > WILDEST) {
    throw new VolterraError(
      "DATA",
      `${file}, ${column}: returns deviate by ${(100 * deviation).toFixed(0)} % a day`,
      "Are these percents? Returns are decimals: 1 % is 0.01 or 1%.",
    );
  }
}
