import { describe, expect, it } from "vitest";
import { calendar, indexOf, nthWeekday, toDay, toNumber } from "#core";
import { monthlyExpiry } from "#market";
import { black76Price } from "#quant";
import type { Future, Instrument, Option } from "#trade";
import {
  futureSeries,
  listContracts,
  makeSchedule,
  scheduledSessions,
  tableUniverse,
  withOptions,
} from "../../src/backtest/index.ts";
import { hasMarketData } from "../market-data.ts";
import { realMarket } from "./market.ts";

const day = toNumber;

describe("the schedule", () => {
  it("says which session of its month comes next", () => {
    const sessions = calendar("nyse").sessions.filter(
      (s) => s >= day("2018-11-29") && s <= day("2018-12-06"),
    );
    const { next, nextOfMonth, ofMonth } = makeSchedule(sessions);
    expect(Array.from(next, toDay)).toEqual([
      "2018-11-30",
      "2018-12-03",
      "2018-12-04",
      "2018-12-06",
      "2018-12-07",
    ]);
    expect([...nextOfMonth]).toEqual([21, 1, 2, 3, 4]);
    expect([...ofMonth]).toEqual([20, 21, 1, 2, 3]);
  });

  it("counts a closure as a session until it was announced", () => {
    // 2018-12-05 was announced on 2018-12-01.
    const [from, to] = [day("2018-12-03"), day("2018-12-19")];
    expect(scheduledSessions(from, to, day("2018-11-30"))).toBe(12);
    expect(scheduledSessions(from, to, day("2018-12-03"))).toBe(11);
    // The exchange closed on four days from 2001-09-11 on, which nobody knew the evening before.
    const week = [day("2001-09-10"), day("2001-09-17")] as const;
    expect(scheduledSessions(...week, day("2001-09-10"))).toBe(5);
    expect(scheduledSessions(...week, day("2001-09-17"))).toBe(1);
  });
});

describe.runIf(hasMarketData)("VX contracts of the real data", async () => {
  const market = hasMarketData
    ? await realMarket("vx_contracts", "vx_weekly_contracts", "vix")
    : (undefined as never);
  const row = (text: string) => indexOf(market.sessions, day(text));
  const universeOf = (root: string) => tableUniverse(futureSeries(market, root));

  it("carry their expiry, multiplier and tick", () => {
    const [vx, vxm] = ["VX", "VXM"].map((root) => universeOf(root).instruments as Future[]);
    expect(vx!.length).toBe(vxm!.length);
    expect(vx!.every(({ multiplier, tick }) => multiplier === 1000 && tick === 0.05)).toBe(true);
    expect(vxm!.every(({ multiplier, tick }) => multiplier === 100 && tick === 0.01)).toBe(true);
    expect(vx!.map(({ id }) => id)).toContain("VX 2018-02-14");
    for (const { expiry } of vx!) {
      const [year, month] = toDay(expiry).split("-").map(Number) as [number, number];
      if (year < 2024) expect(expiry).toBe(monthlyExpiry(year, month));
    }
  });

  it("are settled at the special opening quotation and have no opening price that day", () => {
    const universe = universeOf("VX");
    const february = universe.find("VX 2018-02-14");
    expect(universe.mark(february, row("2018-02-05"))).toBe(33.225);
    expect(universe.open(february, row("2018-02-13"))).toBeGreaterThan(20);
    expect(universe.open(february, row("2018-02-14"))).toBeNaN();
    expect(universe.mark(february, row("2018-02-14"))).toBeGreaterThan(15);
    expect(universe.mark(february, row("2018-02-15"))).toBeNaN();
    const march = universe.find("VX 2020-03-18");
    expect(universe.mark(march, row("2020-03-16"))).toBe(72.625);
    expect(universe.mark(march, row("2020-03-18"))).toBe(69.76);
  });

  it("are listed by expiry with their sessions to expiry, the expiring one left out", () => {
    const universe = universeOf("VX");
    const contracts = listContracts(universe, market.sessions, makeSchedule(market.sessions));
    const listed = contracts(row("2018-02-05"));
    expect(listed.slice(0, 2).map(({ id }) => id)).toEqual(["VX 2018-02-14", "VX 2018-03-21"]);
    // The next session is 02-06; 7, 8, 9, 12, 13 and 14 follow.
    expect(listed[0]!.sessions).toBe(6);
    expect(contracts(row("2018-02-14"))[0]!.id).toBe("VX 2018-03-21");
    expect(listed.every(({ expiry }, k) => k === 0 || expiry > listed[k - 1]!.expiry)).toBe(true);
    // Known at the decision of 2018-11-30: the closure of 2018-12-05 was not.
    expect(contracts(row("2018-11-30"))[0]!.sessions).toBe(12);
  });

  it("lack the months of an original that took the third Wednesday, and hold its weekly ones", () => {
    const { instruments } = universeOf("VX3W");
    const ids = new Set(instruments.map(({ id }) => id));
    for (const missing of ["2018-02-14", "2014-03-18", "2017-03-22", "2019-05-22"]) {
      expect(ids.has(`VX3W ${missing}`)).toBe(false);
    }
    expect(ids.has("VX3W 2018-01-17")).toBe(true);
    expect(ids.has("VX3W 2020-02-05")).toBe(true);
    const monthly = (universeOf("VX").instruments as Future[]).filter(
      ({ expiry }) => expiry >= day("2013-01-01") && expiry <= day("2024-06-30"),
    );
    const kept = monthly.filter(({ expiry }) => ids.has(`VX3W ${toDay(expiry)}`));
    // Published: the rule is wrong for 23 expiries of 2013–2025. Three of them are beyond the data.
    const years = Array.from({ length: 13 }, (_, k) => 2013 + k);
    const months = Array.from({ length: 12 }, (_, k) => k + 1);
    const wrong = years.flatMap((y) =>
      months.filter((m) => monthlyExpiry(y, m) !== nthWeekday(y, m, 3, 3)),
    );
    expect(wrong.length).toBe(23);
    expect(monthly.length - kept.length).toBe(20);
  });

  it("get their index in order of first appearance, so that a shorter history has the same", () => {
    const all = universeOf("VX3W").instruments.map(({ id }) => id);
    const firsts = futureSeries(market, "VX3W").map(({ first }) => first);
    expect(firsts.every((t, k) => k === 0 || t >= firsts[k - 1]!)).toBe(true);
    expect(new Set(all).size).toBe(all.length);
  });
});

describe("options on VX", () => {
  const days = Int32Array.of(day("2020-01-02"), day("2020-01-03"), day("2020-01-22"));
  const future: Instrument = {
    kind: "future",
    id: "VX 2020-01-22",
    multiplier: 1000,
    tick: 0.05,
    expiry: days[2]!,
  };
  const base = tableUniverse([
    {
      instrument: future,
      first: 0,
      open: Float64Array.of(13.5, 14.5, NaN),
      high: Float64Array.of(14, 15, NaN),
      low: Float64Array.of(13, 14, NaN),
      mark: Float64Array.of(14, 15, 52),
    },
  ]);
  const inputs = {
    days,
    vvix: Float64Array.of(80, 120, 150),
    rate: Float64Array.of(0.01, 0.02, 0.03),
  };
  const universe = withOptions(base, inputs, { skew: 0.3, shift: 0.1 });
  const call = universe.find("VIX 2020-01-22 C45");

  it("are found by name, once, with their own multiplier", () => {
    expect(call).toBe(1);
    expect(universe.find("VIX 2020-01-22 C45")).toBe(1);
    expect(universe.instruments[call]).toMatchObject({
      multiplier: 100,
      strike: 45,
      right: "call",
    });
    const mistaken = universe.find("VIX1000 2020-01-22 P12.5");
    expect(universe.instruments[mistaken]).toMatchObject({ multiplier: 1000, strike: 12.5 });
    expect((universe.instruments[mistaken] as Option).right).toBe("put");
    for (const unknown of ["VIX 2020-02-19 C45", "SPX 2020-01-22 C45", "VIX 2020-01-22 X45", ""]) {
      expect(universe.find(unknown)).toBe(-1);
    }
    expect(universe.find("VX 2020-01-22")).toBe(0);
    expect(base.instruments.length).toBe(1);
  });

  it("are marked by Black (1976) on the settlement with the stated volatility", () => {
    const tau = (days[2]! - days[1]!) / 365;
    const vol = 1.2 + 0.3 * Math.log(45 / 15) + 0.1;
    expect(universe.mark(call, 1)).toBeCloseTo(black76Price("call", 15, 45, tau, vol, 0.02), 12);
  });

  it("open with the volatility and rate of the session before", () => {
    const tau = (days[2]! - days[1]!) / 365;
    const vol = 0.8 + 0.3 * Math.log(45 / 14.5) + 0.1;
    expect(universe.open(call, 1)).toBeCloseTo(black76Price("call", 14.5, 45, tau, vol, 0.01), 12);
    expect(universe.open(call, 0)).toBeNaN();
  });

  it("pay at the special opening quotation", () => {
    expect(universe.mark(call, 2)).toBe(7);
    expect(universe.mark(universe.find("VIX 2020-01-22 P60"), 2)).toBe(8);
    expect(universe.mark(universe.find("VIX 2020-01-22 C60"), 2)).toBe(0);
  });
});
