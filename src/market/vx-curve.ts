import { frame, lastAtOrBefore, type Column, type Frame, type Unit } from "#core";
import { SETTLEMENT } from "./knowledge.ts";
import type { Table } from "./source.ts";
import { dates, daysOf, numbersOf } from "./table.ts";

/** Contracts on the curve: F1 … F9. */
export const TENORS = 9;

/** The rows of each day of a contract table as half-open ranges, in order. */
export function rangesByDay(table: Table): { days: Int32Array; starts: Int32Array } {
  const all = dates(table);
  const days: number[] = [];
  const starts: number[] = [];
  for (let row = 0; row < table.rows; row++) {
    if (row === 0 || all[row] !== all[row - 1]) {
      days.push(all[row]!);
      starts.push(row);
    }
  }
  starts.push(table.rows);
  return { days: Int32Array.from(days), starts: Int32Array.from(starts) };
}

/** First contract still trading after `day` in a table of weekly contracts: [settle, days to expiry]. */
function nearestWeekly(weekly: Table | undefined): (day: number) => [number, number] {
  if (!weekly) return () => [NaN, Infinity];
  const { days, starts } = rangesByDay(weekly);
  const expiry = daysOf(weekly, "expiry");
  const settle = numbersOf(weekly, "settle");
  return (day) => {
    const at = lastAtOrBefore(days, day);
    if (at < 0 || days[at] !== day) return [NaN, Infinity];
    for (let row = starts[at]!; row < starts[at + 1]!; row++) {
      if (expiry[row]! > day && !Number.isNaN(settle[row]!))
        return [settle[row]!, expiry[row]! - day];
    }
    return [NaN, Infinity];
  };
}

function column(unit: Unit, values: Float64Array): Column {
  return { unit, knowledge: SETTLEMENT, values };
}

/**
 * The VX curve by day of trade: `f1`…`f9` settlement in points of the monthly contracts that expire after the day,
 * in order of expiry; `dte1`… calendar days to expiry; `expiry1`… the day of expiry as a number; `nearest` and
 * `nearestDte` the first contract of all, weekly ones included. On its expiry day a contract is no longer on the
 * curve. NaN where fewer contracts are listed.
 */
export function vxCurve(monthly: Table, weekly?: Table): Frame {
  const { days, starts } = rangesByDay(monthly);
  const expiry = daysOf(monthly, "expiry");
  const settle = numbersOf(monthly, "settle");
  const fresh = () => new Float64Array(days.length).fill(NaN);
  const price = Array.from({ length: TENORS }, fresh);
  const dte = Array.from({ length: TENORS }, fresh);
  const expires = Array.from({ length: TENORS }, fresh);
  const nearest = fresh();
  const nearestDte = fresh();
  const weeklyAt = nearestWeekly(weekly);
  for (let i = 0; i < days.length; i++) {
    const day = days[i]!;
    let tenor = 0;
    for (let row = starts[i]!; row < starts[i + 1]! && tenor < TENORS; row++) {
      if (expiry[row]! <= day || Number.isNaN(settle[row]!)) continue;
      price[tenor]![i] = settle[row]!;
      dte[tenor]![i] = expiry[row]! - day;
      expires[tenor]![i] = expiry[row]!;
      tenor++;
    }
    const [weeklySettle, weeklyDte] = weeklyAt(day);
    const weeklyFirst = !(dte[0]![i]! <= weeklyDte) && weeklyDte < Infinity;
    nearest[i] = weeklyFirst ? weeklySettle : price[0]![i]!;
    nearestDte[i] = weeklyFirst ? weeklyDte : dte[0]![i]!;
  }
  const columns: Record<string, Column> = {};
  for (let k = 0; k < TENORS; k++) {
    columns[`f${k + 1}`] = column("points", price[k]!);
    columns[`dte${k + 1}`] = column("days", dte[k]!);
    columns[`expiry${k + 1}`] = column("days", expires[k]!);
  }
  columns["nearest"] = column("points", nearest);
  columns["nearestDte"] = column("days", nearestDte);
  return frame(days, columns);
}
