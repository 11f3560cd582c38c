import { VolterraError, calendar, sha256, toDay, toNumber } from "#core";
import { mean } from "#num";
import {
  SIMULATED_SERIES,
  isWeeklyExpiry,
  memorySnapshot,
  monthlyExpiry,
  openMarket,
  seriesSpec,
  simulateMarket,
  type Table,
} from "#market";
import { describe, expect, it } from "vitest";
import simulated from "../../catalog/sources/simulated.ts";
import { checkQuality } from "../../src/market/quality.ts";
import { checkTable, daysOf, numbersOf, tableHash } from "../../src/market/table.ts";

const WINDOW = { from: "2015-01-02", to: "2018-06-29" };
const market = simulateMarket({ seed: 7, ...WINDOW });
const hashOf = (tables: Record<string, Table>) =>
  sha256(...SIMULATED_SERIES.map((name) => tableHash(tables[name]!)));
const column = (series: string, name: string) => numbersOf(market[series]!, name);
const BARS = "spy qqq iwm efa eem shy ief tlt tip dbc gld vix vix3m vix9d vix1d".split(" ");
const FUNDS = BARS.slice(0, 11);

/** Rows of a table of contracts by expiry, in order of day. */
function byContract(table: Table): Map<number, number[]> {
  const found = new Map<number, number[]>();
  daysOf(table, "expiry").forEach((expiry, row) => {
    found.set(expiry, [...(found.get(expiry) ?? []), row]);
  });
  return found;
}

describe("the simulated market", () => {
  it("has the tables the registry of series asks for", () => {
    expect(Object.keys(market).toSorted()).toEqual([...SIMULATED_SERIES].toSorted());
    for (const name of SIMULATED_SERIES) checkTable(seriesSpec(name), market[name]!);
  });

  it("gives equal bytes for equal options, on every machine and version of Node", () => {
    expect(hashOf(simulateMarket({ seed: 7, ...WINDOW }))).toBe(hashOf(market));
    expect(hashOf(simulateMarket({ seed: 8, ...WINDOW }))).not.toBe(hashOf(market));
    expect(hashOf(market)).toBe("6d2ab8784315d244f790ff34a3e05268e7a60ce92c957e15e17abf130e4b63c8");
  });

  it("does not change its past when it goes on", () => {
    const longer = simulateMarket({ seed: 7, from: WINDOW.from, to: "2019-12-31" });
    for (const name of SIMULATED_SERIES) {
      for (const [key, cells] of Object.entries(market[name]!.columns)) {
        // Adjusted closes know of later dividends, as real ones do; contracts are compared below.
        if (key === "adjClose" || name.startsWith("vx_")) continue;
        const start = longer[name]!.columns[key]!.slice(0, cells.length);
        expect(start, `${name}.${key}`).toEqual(cells);
      }
    }
    const settle = numbersOf(longer["vx_contracts"]!, "settle");
    expect(settle.slice(0, market["vx_contracts"]!.rows)).toEqual(column("vx_contracts", "settle"));
  });

  it("trades on the sessions of the New York Stock Exchange", () => {
    const [from, to] = [toNumber(WINDOW.from), toNumber(WINDOW.to)];
    const sessions = calendar("nyse").sessions.filter((day) => day >= from && day <= to);
    for (const name of BARS) expect(daysOf(market[name]!, "date")).toEqual(sessions);
    expect(new Set(daysOf(market["vx_contracts"]!, "tradeDate"))).toEqual(new Set(sessions));
  });

  it("has consistent bars of positive prices", () => {
    for (const name of [...BARS, "vx_contracts", "vx_weekly_contracts"]) {
      const [open, high, low, close] = ["open", "high", "low", "close"].map((c) => column(name, c));
      const wrong = open!.findIndex((value, i) => {
        if (Number.isNaN(value)) return !Number.isNaN(high![i]! + low![i]! + close![i]!);
        const [top, bottom] = [Math.max(value, close![i]!), Math.min(value, close![i]!)];
        return high![i]! < top || low![i]! > bottom || low![i]! <= 0;
      });
      expect(wrong, name).toBe(-1);
    }
  });

  it("pays dividends that adjusted closes imply", () => {
    for (const name of FUNDS) {
      const [close, adjusted] = [column(name, "close"), column(name, "adjClose")];
      let [paid, days] = [0, 0];
      for (let t = 1; t < close.length; t++) {
        const factor = adjusted[t - 1]! / close[t - 1]! / (adjusted[t]! / close[t]!);
        const dividend = close[t - 1]! * (1 - factor);
        if (dividend < 1e-9) continue;
        paid += dividend / close[t - 1]!;
        days++;
        // Paid in tenths of a cent.
        expect(Math.abs(dividend * 1000 - Math.round(dividend * 1000))).toBeLessThan(1e-6);
      }
      const years = close.length / 252;
      const pays = !["dbc", "gld"].includes(name);
      expect(paid / years, name).toBeGreaterThanOrEqual(pays ? 0.005 : 0);
      expect(paid / years, name).toBeLessThan(pays ? 0.04 : 1e-12);
      expect(days % (days > 20 ? 1 : 7), name).toBe(0);
    }
  });

  it("settles contracts by the rule of the exchange, at the opening of VIX", () => {
    const vx = market["vx_contracts"]!;
    const vixDays = daysOf(market["vix"]!, "date");
    const [settle, open] = [column("vx_contracts", "settle"), column("vix", "open")];
    const days = daysOf(vx, "tradeDate");
    let settled = 0;
    for (const [expiry, rows] of byContract(vx)) {
      const [, year, month] = /^(\d+)-(\d+)/.exec(toDay(expiry))!;
      expect(expiry).toBe(monthlyExpiry(+year!, +month!));
      const last = rows.at(-1)!;
      if (days[last] !== expiry) continue;
      settled++;
      expect(Math.abs(settle[last]! / open[vixDays.indexOf(expiry)]! - 1)).toBeLessThan(0.05);
    }
    expect(settled).toBe(42);
    for (const expiry of byContract(market["vx_weekly_contracts"]!).keys()) {
      expect(isWeeklyExpiry(expiry)).toBe(true);
      const [, year, month] = /^(\d+)-(\d+)/.exec(toDay(expiry))!;
      expect(expiry).not.toBe(monthlyExpiry(+year!, +month!));
    }
  });

  it("lets contracts converge to VIX, and move less the further away they settle", () => {
    const vixDays = daysOf(market["vix"]!, "date");
    const vix = column("vix", "close");
    const [settle, days] = [
      column("vx_contracts", "settle"),
      daysOf(market["vx_contracts"]!, "tradeDate"),
    ];
    const gaps = { near: [] as number[], far: [] as number[] };
    const moves = { near: [] as number[], far: [] as number[] };
    for (const [expiry, rows] of byContract(market["vx_contracts"]!)) {
      for (let k = 1; k < rows.length; k++) {
        const [row, before] = [rows[k]!, rows[k - 1]!];
        const left = expiry > toNumber(WINDOW.to) ? Infinity : rows.length - 2 - k;
        const gap = Math.abs(settle[row]! / vix[vixDays.indexOf(days[row]!)]! - 1);
        const move = Math.abs(settle[row]! / settle[before]! - 1);
        if (left === 0) gaps.near.push(gap);
        if (left === 40) gaps.far.push(gap);
        if (left > 0 && left < 10) moves.near.push(move);
        if (left > 100 && left < Infinity) moves.far.push(move);
      }
    }
    expect(mean(gaps.near)).toBeLessThan(0.005);
    expect(mean(gaps.far)).toBeGreaterThan(0.08);
    expect(mean(moves.near)).toBeGreaterThan(1.8 * mean(moves.far));
  });

  it("always has eight or nine months to trade, and weekly contracts between them", () => {
    const days = daysOf(market["vx_contracts"]!, "tradeDate");
    const expiry = daysOf(market["vx_contracts"]!, "expiry");
    const listed = new Map<number, number>();
    days.forEach((day, row) => {
      if (expiry[row]! > day) listed.set(day, (listed.get(day) ?? 0) + 1);
    });
    // The ninth is listed on the session after a settlement.
    expect(new Set(listed.values())).toEqual(new Set([8, 9]));
    expect(Math.min(...daysOf(market["vx_weekly_contracts"]!, "tradeDate"))).toBeGreaterThan(
      toNumber("2015-07-01"),
    );
  });

  it("has nothing that the quality rules call critical or an error", async () => {
    const whole = simulateMarket({ seed: 3 });
    const opened = await openMarket(memorySnapshot(whole, true));
    expect(opened.simulated).toBe(true);
    const findings = checkQuality(opened, SIMULATED_SERIES, toNumber("2024-12-31"));
    expect(findings.filter(({ severity }) => severity !== "warning")).toEqual([]);
  });

  it.each([
    [{ from: "2015-02-30" }, /"2015-02-30" is no day of 1990 … 2029/],
    [{ to: "2031-01-01" }, /"2031-01-01" is no day of 1990 … 2029/],
    [{ from: "2016-01-04", to: "2015-01-02" }, /no session from 2016-01-04 to 2015-01-02/],
  ])("refuses %j", (options, message) => {
    expect(() => simulateMarket(options)).toThrow(message);
  });
});

function context(options: Record<string, string>) {
  return { options, signal: new AbortController().signal, emit: () => {} };
}

describe("the source `simulated`", () => {
  it("delivers the series of the seed and window asked for, marked as simulated", async () => {
    expect(simulated.simulated).toBe(true);
    expect(await simulated.list(context({}))).toEqual(SIMULATED_SERIES);
    for (const name of ["vix", "vx_contracts"]) {
      const table = await simulated.deliver(name, context({ seed: "7", ...WINDOW }));
      expect(tableHash(table)).toBe(tableHash(market[name]!));
    }
    const other = await simulated.deliver("vix", context({ seed: "8", ...WINDOW }));
    expect(tableHash(other)).not.toBe(tableHash(market["vix"]!));
  });

  it("says what is wrong with a name or a seed", async () => {
    await expect(simulated.deliver("vixx", context({}))).rejects.toMatchObject({
      code: "NOT_FOUND",
      hint: 'Did you mean "vix"?',
    });
    const failed = simulated.deliver("vix", context({ seed: "x" }));
    await expect(failed).rejects.toBeInstanceOf(VolterraError);
  });
});
