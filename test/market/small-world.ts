import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { calendar, isBankDay, key, silent, toNumber, uniforms, type DayNumber } from "#core";
import { monthlyExpiry, type Cells, type Source, type SourceContext, type Table } from "#market";
import { onTestFinished } from "vitest";
import { mapColumns } from "../../src/market/table.ts";

/** A small clean world: random walks on the sessions of 2013 and 2014 with nothing wrong with any of them. */
const FROM = toNumber("2013-01-02");
const TO = toNumber("2014-12-31");

export const SESSIONS = calendar("nyse").sessions.filter((day) => day >= FROM && day <= TO);

function between(test: (day: DayNumber) => boolean): Int32Array {
  const days: number[] = [];
  for (let day = FROM; day <= TO; day++) if (test(day)) days.push(day);
  return Int32Array.from(days);
}

const cents = (price: number) => Math.round(price * 100) / 100;

function walk(name: string, n: number, start: number, step: number): Float64Array {
  let level = 0;
  return uniforms(key(1).fold(name), n).map((u) =>
    cents(start * (1 + (level += step * (u - 0.5)))),
  );
}

export function makeTable(keyed: readonly string[], columns: Record<string, Cells>): Table {
  return { rows: columns[keyed[0]!]!.length, key: keyed, columns };
}

function bars(name: string, start: number, step: number): Record<string, Float64Array> {
  const close = walk(name, SESSIONS.length, start, step);
  return {
    open: close.map((price) => cents(price * 1.001)),
    high: close.map((price) => cents(price * 1.01)),
    low: close.map((price) => cents(price * 0.99)),
    close,
  };
}

function fund(name: string): Table {
  const bar = bars(name, 100, 0.01);
  const volume = uniforms(key(2).fold(name), SESSIONS.length).map((u) => Math.floor(1e6 * (1 + u)));
  const adjClose = bar["close"]!.map((price) => price * 0.9);
  return makeTable(["date"], { date: SESSIONS, ...bar, adjClose, volume });
}

function onBankDays(column: string, start: number): Table {
  const days = between(isBankDay);
  return makeTable(["date"], { date: days, [column]: walk(column, days.length, start, 0.005) });
}

function vxContracts(vix: Table): Table {
  const spot = vix.columns["close"] as Float64Array;
  const open = vix.columns["open"] as Float64Array;
  const rows: [day: number, expiry: number, settle: number][] = [];
  SESSIONS.forEach((day, i) => {
    for (let k = 0; k < 30; k++) {
      const expiry = monthlyExpiry(2013 + Math.floor(k / 12), 1 + (k % 12));
      if (expiry === day) rows.push([day, expiry, open[i]!]);
      else if (expiry > day && expiry < day + 270) {
        rows.push([day, expiry, cents(spot[i]! + (expiry - day) / 60 + 0.01 * ((i * 7 + k) % 13))]);
      }
    }
  });
  const settle = Float64Array.from(rows, ([, , price]) => price);
  return makeTable(["tradeDate", "expiry"], {
    tradeDate: Int32Array.from(rows, ([day]) => day),
    expiry: Int32Array.from(rows, ([, expiry]) => expiry),
    open: settle,
    high: settle,
    low: settle,
    close: settle,
    settle,
    volume: settle.map(() => 1000),
    openInterest: settle.map(() => 5000),
  });
}

function chain(): Table {
  const strikes = [90, 95, 100, 105, 110];
  const n = strikes.length * 2;
  const numbers = (value: number) => new Float64Array(n).fill(value);
  const day = toNumber("2014-06-02");
  return makeTable(["date", "underlying", "expiration", "strike", "type"], {
    date: new Int32Array(n).fill(day),
    underlying: Array<string>(n).fill("VXX"),
    underlyingPrice: numbers(100),
    expiration: new Int32Array(n).fill(day + 19),
    strike: Float64Array.from({ length: n }, (_, i) => strikes[i >> 1]!),
    type: Array.from({ length: n }, (_, i) => (i % 2 ? "put" : "call")),
    last: numbers(2),
    bid: numbers(1.9),
    ask: numbers(2.1),
    volume: numbers(10),
    openInterest: numbers(100),
    iv: numbers(0.2),
    delta: numbers(0.5),
    gamma: numbers(0.01),
    theta: numbers(-1),
    vega: numbers(10),
    contract: Array.from({ length: n }, (_, i) => `VXX140621${i}`),
  });
}

/** Fresh tables of the small world by series. */
export function smallWorld(): Record<string, Table> {
  const vix = makeTable(["date"], { date: SESSIONS, ...bars("vix", 16, 0.02) });
  return {
    spy: fund("spy"),
    tlt: fund("tlt"),
    vix,
    dgs10: onBankDays("rate", 0.025),
    dtwexbgs: onBankDays("level", 100),
    vx_contracts: vxContracts(vix),
    options_vxx_201612: chain(),
  };
}

/** A table with some numbers changed: `change(row)` gives new values by column. */
export function edit(
  source: Table,
  change: (row: number) => Readonly<Record<string, number>> | undefined,
): Table {
  const columns: Record<string, Cells> = {};
  for (const [name, cells] of Object.entries(source.columns)) columns[name] = cells.slice();
  for (let row = 0; row < source.rows; row++) {
    for (const [name, value] of Object.entries(change(row) ?? {})) {
      (columns[name] as Float64Array | Int32Array)[row] = value;
    }
  }
  return { ...source, columns };
}

/** The rows of a table for which `keep` holds. */
export function keepRows(source: Table, keep: (row: number) => boolean): Table {
  const rows = Array.from({ length: source.rows }, (_, row) => row).filter(keep);
  const take = (cells: Cells): Cells => {
    if (cells instanceof Float64Array) return Float64Array.from(rows, (row) => cells[row]!);
    if (cells instanceof Int32Array) return Int32Array.from(rows, (row) => cells[row]!);
    return rows.map((row) => cells[row]!);
  };
  return mapColumns(source, rows.length, take);
}

/** The row of a day, or of a day and an expiry. */
export function rowOf(source: Table, ...wanted: readonly string[]): number {
  const numbers = wanted.map(toNumber);
  for (let row = 0; row < source.rows; row++) {
    if (numbers.every((value, k) => source.columns[source.key[k]!]![row] === value)) return row;
  }
  throw new RangeError(`no row ${wanted.join(" ")}`);
}

/** A source that delivers tables in memory. */
export function tableSource(tables: Readonly<Record<string, Table>>, simulated = false): Source {
  return {
    name: "tables",
    describe: "tables in memory",
    simulated,
    list: () => Promise.resolve(Object.keys(tables)),
    deliver: (series) => Promise.resolve(tables[series]!),
  };
}

export function context(options: Readonly<Record<string, string>> = {}): SourceContext {
  return { options, signal: new AbortController().signal, emit: silent };
}

/** An empty folder that goes when the test is over. */
export function scratchFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), "volterra-test-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}
