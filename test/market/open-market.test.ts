import { at, indexOf, toDay, toNumber, type VolterraError } from "#core";
import {
  cutMarket,
  decisionAt,
  memorySnapshot,
  openMarket,
  poisonMarket,
  seriesSpec,
  type Market,
  type Table,
} from "#market";
import { describe, expect, it } from "vitest";
import { keepRows, makeTable, SESSIONS, smallWorld } from "./small-world.ts";

const day = toNumber;
const world = smallWorld();
const open = (tables: Record<string, Table>, window = {}) =>
  openMarket(memorySnapshot(tables, true), window);
const market = await open(world);

function joined(from: Market, ref: string, date: string): [value: number, age: number] {
  const t = indexOf(from.sessions, day(date));
  return [from.column(ref)[t]!, from.age(ref)[t]!];
}

function own(series: string, column: string, date: string): number {
  const frame = market.frame(series);
  return frame.columns[column]!.values[indexOf(frame.days, day(date))]!;
}

function outsideGap(row: number): boolean {
  return SESSIONS[row]! <= day("2014-06-02") || SESSIONS[row]! > day("2014-06-20");
}

function refuse(ref: string, hint: string): void {
  const error = expect.objectContaining<Partial<VolterraError>>({ code: "NOT_FOUND", hint });
  expect(() => market.column(ref)).toThrow(error);
}

const REFS = ["spy.close", "spy.volume", "vix.open", "dgs10.rate", "dtwexbgs.level"].concat([
  "vx.f1",
  "vx.f2",
  "vx.dte1",
  "vx.expiry3",
  "vx.nearest",
]);

describe("knowledge time", () => {
  it.each([
    ["spy", "2014-06-02", "2014-06-02 16:00"],
    ["vix", "2014-06-02", "2014-06-02 16:15"],
    ["vx_contracts", "2014-06-02", "2014-06-02 16:15"],
    ["dgs10", "2014-06-06", "2014-06-09 16:15"],
    ["dtb3", "2014-07-03", "2014-07-07 16:15"],
    ["dgs2", "2014-10-10", "2014-10-14 16:15"], // the Monday is Columbus Day
    ["dff", "2014-06-07", "2014-06-09 16:15"],
    ["dtwexbgs", "2014-06-02", "2014-06-09 16:15"],
    ["dtwexbgs", "2014-06-06", "2014-06-09 16:15"],
    ["dtwexbgs", "2014-05-23", "2014-05-27 16:15"], // Memorial Day
  ])("%s of %s is known at %s", (series, date, instant) => {
    const expected = at(day(instant.slice(0, 10)), instant.slice(11));
    expect(seriesSpec(series).knowledge.at(day(date))).toBe(expected);
  });

  it("is before the decision of the same session for prices, indices and VX", () => {
    for (const series of ["spy", "vix", "vx_contracts"]) {
      expect(seriesSpec(series).knowledge.at(16_000)).toBeLessThanOrEqual(decisionAt(16_000));
    }
  });

  it("never falls as the day goes on", () => {
    for (const series of ["dgs10", "dtwexbgs", "dff", "earnings_eps"]) {
      const { knowledge } = seriesSpec(series);
      for (let d = day("2012-01-01"); d < day("2015-01-01"); d++) {
        expect(knowledge.at(d + 1)).toBeGreaterThanOrEqual(knowledge.at(d));
        expect(knowledge.at(d)).toBeGreaterThan(decisionAt(d));
      }
    }
  });
});

describe("a column on the sessions", () => {
  it("holds the day's own price and index", () => {
    expect(joined(market, "spy.close", "2014-06-02")).toEqual([
      own("spy", "close", "2014-06-02"),
      0,
    ]);
    expect(joined(market, "vix.open", "2014-06-02")).toEqual([own("vix", "open", "2014-06-02"), 0]);
  });

  it("holds yesterday's rate, and Friday's dollar from Monday to Friday", () => {
    expect(joined(market, "dgs10.rate", "2014-06-03")).toEqual([
      own("dgs10", "rate", "2014-06-02"),
      1,
    ]);
    const friday = own("dtwexbgs", "level", "2014-06-06");
    expect(joined(market, "dtwexbgs.level", "2014-06-09")).toEqual([friday, 1]);
    expect(joined(market, "dtwexbgs.level", "2014-06-13")).toEqual([friday, 5]);
    expect(joined(market, "dtwexbgs.level", "2014-06-06")[0]).toBe(
      own("dtwexbgs", "level", "2014-05-30"),
    );
  });

  it("carries a value five sessions past the normal lag, saying how old it is, and no further", async () => {
    const holed = await open({ ...world, vix: keepRows(world["vix"]!, outsideGap) });
    expect(joined(holed, "vix.close", "2014-06-09")).toEqual([
      own("vix", "close", "2014-06-02"),
      5,
    ]);
    expect(joined(holed, "vix.close", "2014-06-10")).toEqual([NaN, NaN]);
    expect(joined(holed, "vix.close", "2014-06-23")[1]).toBe(0);
  });

  it("passes over rows without any value, and keeps a blank cell blank", async () => {
    const date = Int32Array.of(day("2014-06-02"), day("2014-06-03"), day("2014-06-04"));
    const dgs10 = makeTable(["date"], { date, rate: Float64Array.of(0.02, NaN, 0.03) });
    const nan = Float64Array.of(1, NaN, 3);
    const vix = makeTable(["date"], {
      date,
      open: nan,
      high: nan,
      low: nan,
      close: Float64Array.of(1, 2, 3),
    });
    const sparse = await open({ dgs10, vix });
    expect(joined(sparse, "dgs10.rate", "2014-06-04")).toEqual([0.02, 2]);
    expect(joined(sparse, "vix.open", "2014-06-03")).toEqual([NaN, NaN]);
    expect(joined(sparse, "vix.close", "2014-06-03")).toEqual([2, 0]);
  });

  it("has the unit of the registry", () => {
    expect(REFS.map((ref) => market.unit(ref))).toEqual(
      "usd count points rate level points points days days points".split(" "),
    );
  });

  it("says what there is where a name is unknown", () => {
    refuse("spyy.close", 'Did you mean "spy"?');
    refuse("spy.clos", 'Did you mean "close"?');
    expect(() => seriesSpec("vvvix")).toThrow(/no series "vvvix"/);
    expect(() => market.frame("vx_contracts")).toThrow(/keyed table/);
  });
});

describe("the window", () => {
  it("begins and ends with the data", () => {
    expect([...market.sessions]).toEqual([...SESSIONS]);
  });

  it("keeps earlier rows for joins, and nothing known after its end", async () => {
    const part = await open(world, { from: "2014-03-01", to: "2014-06-07" });
    expect([toDay(part.sessions[0]!), toDay(part.sessions.at(-1)!)]).toEqual([
      "2014-03-03",
      "2014-06-06",
    ]);
    expect(joined(part, "dgs10.rate", "2014-03-03")).toEqual(
      joined(market, "dgs10.rate", "2014-03-03"),
    );
    expect(part.frame("spy").days[0]).toBe(SESSIONS[0]);
    expect(toDay(part.frame("spy").days.at(-1)!)).toBe("2014-06-06");
    expect(toDay(part.frame("dgs10").days.at(-1)!)).toBe("2014-06-05");
  });

  it("must hold a session", async () => {
    await expect(open(world, { from: "2020-01-01" })).rejects.toMatchObject({
      code: "EMPTY_WINDOW",
    });
  });

  it("is that of a chain where there is nothing else", async () => {
    const part = await open(world, { series: ["options_vxx_201612"] });
    expect([...part.sessions].map(toDay)).toEqual(["2014-06-02"]);
  });

  it("may be of some series only", async () => {
    const part = await open(world, { series: ["vix", "spy"] });
    expect(part.series).toEqual(["spy", "vix"]);
  });
});

describe("a market cut or poisoned at a session", () => {
  const days = ["2013-02-14", "2014-05-27", "2014-10-13", "2014-12-31"];

  it.each(days)("shows the same up to %s", (date) => {
    const rows = indexOf(market.sessions, day(date)) + 1;
    const cut = cutMarket(market, day(date));
    const poisoned = poisonMarket(market, day(date));
    expect(cut.sessions).toEqual(market.sessions.subarray(0, rows));
    expect(poisoned.sessions).toEqual(market.sessions);
    for (const ref of REFS) {
      const expected = market.column(ref).subarray(0, rows);
      expect(cut.column(ref)).toEqual(expected);
      expect(poisoned.column(ref).subarray(0, rows)).toEqual(expected);
      expect(cut.age(ref)).toEqual(market.age(ref).subarray(0, rows));
    }
  });

  it("holds nothing that became known later", () => {
    const cut = cutMarket(market, day("2014-06-06"));
    expect(toDay(cut.frame("dgs10").days.at(-1)!)).toBe("2014-06-05");
    expect(toDay(cut.frame("dtwexbgs").days.at(-1)!)).toBe("2014-05-30");
    expect(toDay((cut.table("vx_contracts").columns["tradeDate"] as Int32Array).at(-1)!)).toBe(
      "2014-06-06",
    );
  });

  it("has other values in every number that became known later", () => {
    const poisoned = poisonMarket(market, day("2014-06-06"));
    const from = indexOf(market.sessions, day("2014-06-09"));
    for (const ref of ["spy.close", "vix.open", "dgs10.rate", "dtwexbgs.level", "vx.f1"]) {
      for (let t = from; t < market.sessions.length; t++) {
        expect(poisoned.column(ref)[t]).not.toBe(market.column(ref)[t]);
      }
    }
  });

  it("still leaves the original as it was", () => {
    poisonMarket(market, day("2013-02-14"));
    expect(market.column("spy.close").at(-1)).toBe(
      (world["spy"]!.columns["close"] as Float64Array).at(-1),
    );
  });
});

describe("the VX curve", () => {
  const curve = market.frame("vx");
  const value = (column: string, date: string) =>
    curve.columns[column]!.values[indexOf(curve.days, day(date))]!;

  it("drops a contract on the day it expires", () => {
    expect(toDay(value("expiry1", "2014-06-17"))).toBe("2014-06-18");
    expect(value("dte1", "2014-06-17")).toBe(1);
    expect(toDay(value("expiry1", "2014-06-18"))).toBe("2014-07-16");
    expect(value("dte1", "2014-06-18")).toBe(28);
  });

  it("is in order of expiry and missing beyond the last contract", () => {
    for (let t = 0; t < curve.days.length; t++) {
      for (let k = 1; k < 9; k++) {
        const [near, far] = [k, k + 1].map((n) => curve.columns[`dte${n}`]!.values[t]!);
        if (!Number.isNaN(far!)) expect(far!).toBeGreaterThan(near!);
      }
    }
    expect(value("f9", "2014-06-18")).toBeNaN();
  });

  it("has the nearest contract among monthly and weekly ones, and monthly ones where no weekly is listed", async () => {
    const weekly = makeTable(["tradeDate", "expiry"], {
      tradeDate: Int32Array.of(day("2014-06-18"), day("2014-06-18")),
      expiry: Int32Array.of(day("2014-06-18"), day("2014-06-25")),
      ...Object.fromEntries(
        ["open", "high", "low", "close", "settle", "volume", "openInterest"].map((name) => [
          name,
          Float64Array.of(11, 12),
        ]),
      ),
    });
    const both = (await open({ ...world, vx_weekly_contracts: weekly })).frame("vx");
    const nearest = (date: string) => {
      const t = indexOf(both.days, day(date));
      return [both.columns["nearest"]!.values[t], both.columns["nearestDte"]!.values[t]];
    };
    expect(nearest("2014-06-18")).toEqual([12, 7]);
    expect(nearest("2014-06-19")).toEqual([value("f1", "2014-06-19"), value("dte1", "2014-06-19")]);
  });
});
