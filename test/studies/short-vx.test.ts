import { describe, expect, it } from "vitest";
import { calendar, fillParams, lastAtOrBefore, nthWeekday, parts, toDay, toNumber } from "#core";
import { cutMarket, type Market } from "#market";
import { performance } from "#evidence";
import type { Decision, Finding, Future } from "#trade";
import {
  CORRECTED,
  type Execution,
  listContracts,
  makeSchedule,
  type PriceSeries,
  type Simulation,
  simulate,
  tableUniverse,
  withOptions,
} from "#backtest";
import killTest from "../../catalog/killtests/short-vx.ts";
import shortVx from "../../catalog/strategies/short-vx.ts";
import { openCatalog } from "../../src/run/catalog.ts";
import { resolveSpec } from "../../src/run/spec.ts";
import { readStudy } from "../../src/run/study.ts";
import { openWorkbench } from "../../src/run/workbench.ts";
import { hasMarketData } from "../market-data.ts";
import { realMarket } from "../backtest/market.ts";

const STUDY = "studies/short-vx.yaml";

// A scripted world: sessions of 2019-01 … 2019-05, VXM contracts at 15 points unless a test moves them.

const days = calendar("nyse").sessions.filter(
  (d) => d >= toNumber("2019-01-02") && d <= toNumber("2019-05-31"),
);
const row = (text: string) => days.indexOf(toNumber(text));
const EXPIRIES = [
  "2019-01-16",
  "2019-02-13",
  "2019-03-19",
  "2019-04-17",
  "2019-05-22",
  "2019-06-19",
];

type Inputs = Partial<
  Record<"vix" | "vvix" | "vvixLimit" | "ratio" | "ratioLimit" | "risk", number>
>;

interface World {
  readonly params?: Partial<typeof shortVx.params>;
  /** Inputs from a day on. */
  readonly inputs?: Readonly<Record<string, Inputs>>;
  /** Price of every contract from a day on: [open, high, low, settle]. */
  readonly prices?: Readonly<Record<string, readonly [number, number, number, number]>>;
  readonly execution?: Partial<Execution>;
  readonly nav?: number;
}

const CALM: Required<Inputs> = {
  vix: 14,
  vvix: 85,
  vvixLimit: 100,
  ratio: NaN,
  ratioLimit: NaN,
  risk: NaN,
};

function play({ params = {}, inputs = {}, prices = {}, execution = {}, nav = 100_000 }: World) {
  const universe = tableUniverse(
    EXPIRIES.map((text): PriceSeries => {
      const expiry = toNumber(text);
      const last = lastAtOrBefore(days, expiry);
      const read = (k: number) =>
        Float64Array.from({ length: last + 1 }, (_, t) => {
          const known = Object.keys(prices).filter((d) => toNumber(d) <= days[t]!);
          const price = known.length > 0 ? prices[known.at(-1)!]![k]! : 15;
          return days[t] === expiry && k === 0 ? NaN : price;
        });
      const instrument: Future = {
        kind: "future",
        id: `VXM ${text}`,
        multiplier: 100,
        tick: 0.01,
        expiry,
      };
      return { instrument, first: 0, open: read(0), high: read(1), low: read(2), mark: read(3) };
    }),
  );
  const column = (name: keyof Inputs) => {
    let now = CALM[name];
    return Float64Array.from(days, (d) => (now = inputs[toDay(d)]?.[name] ?? now));
  };
  const constant = (x: number) => new Float64Array(days.length).fill(x);
  const columns = {
    vix: column("vix"),
    vixMean: constant(16),
    vvix: column("vvix"),
    vvixMean: constant(90),
    vvixLimit: column("vvixLimit"),
    ratio: column("ratio"),
    ratioLimit: column("ratioLimit"),
    risk: column("risk"),
    rate: constant(0.02),
  };
  const schedule = makeSchedule(days);
  const options = { days, vvix: columns.vvix, rate: constant(0.02) };
  return simulate({
    days,
    from: 0,
    to: days.length - 1,
    schedule,
    universe: withOptions(universe, options, CORRECTED.optionVolatility),
    contracts: listContracts(universe, days, schedule),
    columns,
    billRate: constant(0.02),
    strategy: shortVx,
    params: fillParams("short-vx", shortVx, params),
    execution: { ...CORRECTED, ...execution },
    nav,
    trace: true,
  });
}

/** Fills of futures as `day contract quantity`. */
function futures({ fills }: Simulation): string[] {
  return fills
    .filter((f) => f.instrument.startsWith("VX"))
    .map((f) => `${toDay(f.day)} ${f.instrument.slice(4)} ${f.quantity}`);
}

function decisionOn({ decisions }: Simulation, day: string): Decision | undefined {
  return decisions.find(({ t }) => t === row(day));
}

/** Contracts of the first entry under some parameters. */
function sizeWith(params: World["params"]): number {
  return Number(
    futures(play({ params: { hedge: "", ...params } }))[0]
      ?.split(" ")
      .at(-1),
  );
}

const FIRST_ENTRY = "2019-01-04 2019-01-16 -6";

describe("short-vx, entry", () => {
  it("sells on the third session of the month at 10 % of NAV and buys a call on each contract", () => {
    const run = play({});
    expect(futures(run)[0]).toBe(FIRST_ENTRY);
    const call = run.fills.find(({ instrument }) => instrument.startsWith("VIX"))!;
    // max(14 + 25, 35) = 39.
    expect([toDay(call.day), call.instrument, call.quantity]).toEqual([
      "2019-01-04",
      "VIX 2019-01-16 C39",
      6,
    ]);
    const { findings, reason } = decisionOn(run, "2019-01-03")!;
    expect(reason).toBe("every filter passes");
    expect(findings.map(({ rule }) => rule.slice(0, 2))).toEqual([
      "F1",
      "F2",
      "F3",
      "F4",
      "F5",
      "F6",
      "no",
      "co",
      "he",
    ]);
    expect(findings.every(({ pass }) => pass)).toBe(true);
  });

  const blocked: readonly [string, Inputs, Partial<typeof shortVx.params>][] = [
    ["F1", { vix: 14.6 }, {}],
    ["F2", { vix: 16.1 }, { minContango: -5 }],
    ["F3", { ratio: 1.3, ratioLimit: 1.2 }, {}],
    ["F4", { vvix: 100.5 }, { cutVvix: false }],
    ["F6", { vix: 25.5 }, { filters: "F6" }],
    ["no exit holds", { vix: 31 }, { filters: "" }],
  ];
  it.each(blocked)(
    "%s blocks, is the reason, and says how far it is from passing",
    (rule, inputs, params) => {
      const run = play({ inputs: { "2019-01-02": inputs }, params });
      expect(futures(run)).toEqual([]);
      const { action, reason, findings } = decisionOn(run, "2019-01-03")!;
      expect(action).toBe("hold");
      expect(reason).toMatch(`no entry: ${rule}`);
      const failed = findings.find(({ pass }) => !pass)!;
      expect(failed.rule.startsWith(rule)).toBe(true);
      expect(failed.distance).toBeCloseTo(Math.abs(failed.value - failed.limit), 12);
      expect(failed.distance).toBeGreaterThan(0);
    },
  );

  it("gives the first of several failures as the reason and shows them all", () => {
    const run = play({ inputs: { "2019-01-02": { vix: 27, vvix: 130 } } });
    const { reason, findings } = decisionOn(run, "2019-01-03")!;
    expect(reason).toMatch("F1");
    expect(findings.filter(({ pass }) => !pass).map(({ rule }) => rule.slice(0, 2))).toEqual([
      "F1",
      "F2",
      "F4",
      "F6",
    ]);
  });

  it("passes equality, and fails where an input is missing", () => {
    const equal = play({
      inputs: { "2019-01-02": { vix: 16, vvix: 100 } },
      params: { minContango: -1.1 },
    });
    expect(futures(equal)[0]).toBe(FIRST_ENTRY);
    for (const missing of ["vix", "vvix"] as const) {
      expect(futures(play({ inputs: { "2019-01-02": { [missing]: NaN } } }))).toEqual([]);
    }
  });

  it("passes F3 before VIX1D exists, and fails it where VIX1D is missing later", () => {
    const before = decisionOn(play({}), "2019-01-03")!.findings.find(({ rule }) =>
      rule.startsWith("F3"),
    )!;
    expect(before.pass).toBe(true);
    expect(before.value).toBeNaN();
    expect(futures(play({ inputs: { "2019-01-02": { ratioLimit: 1.2 } } }))).toEqual([]);
  });

  it("lets a model block at its limit, and goes by the rules where it has no forecast", () => {
    const entered = (risk: number) => {
      const run = play({
        inputs: { "2019-01-02": { risk } },
        params: { riskColumn: "model.risk" },
      });
      return futures(run)[0] === FIRST_ENTRY;
    };
    expect([0.59, 0.6, 0.9, NaN].map(entered)).toEqual([true, false, false, true]);
    const without = play({ inputs: { "2019-01-02": { risk: 0.9 } } });
    expect(futures(without)[0]).toBe(FIRST_ENTRY);
  });

  it("refuses a filter, an entry or a hedge that it does not know", () => {
    for (const params of [{ filters: "F1 F7" }, { entry: "weekly" }, { hedge: "VXX" }]) {
      expect(() => play({ params })).toThrowError(/short-vx knows no/);
    }
  });

  it("says so where 10 % of NAV is less than one contract", () => {
    const run = play({ nav: 14_000 });
    expect(futures(run)).toEqual([]);
    const { reason, findings } = decisionOn(run, "2019-01-03")!;
    expect(reason).toBe("the account is too small for one contract");
    expect(findings.at(-1)).toMatchObject({
      rule: "contracts",
      value: 0,
      pass: false,
      distance: 1,
    });
  });

  it("sizes by value, by margin and by the cash that must stay", () => {
    // A VXM at 15 is worth 1,500 and needs max(500, 525).
    expect(sizeWith({ navShare: 0.2 })).toBe(-13);
    expect(sizeWith({ navShare: 5 })).toBe(-57);
    expect(sizeWith({ navShare: 5, marginShare: 0.9 })).toBe(-114);
  });
});

describe("short-vx, exits", () => {
  it("closes and cools down when a session closes 15 % above entry", () => {
    const up = [17.5, 17.6, 17.4, 17.5] as const;
    const run = play({
      prices: { "2019-01-07": up },
      params: { stopOrder: false, rollSessions: 0 },
    });
    expect(decisionOn(run, "2019-01-07")!.reason).toBe("stop at the close");
    expect(futures(run).slice(0, 2)).toEqual([FIRST_ENTRY, "2019-01-08 2019-01-16 6"]);
    // Flat for the rest of January; the next entry is the third session of February.
    expect(futures(run)[2]).toMatch(/^2019-02-05 /);
  });

  it("is stopped in the market at entry · 1.15, and cools down", () => {
    const run = play({
      prices: { "2019-01-07": [15.2, 18, 15, 15.5], "2019-01-08": [15, 15, 15, 15] },
    });
    const stop = run.fills.find(({ reason }) => reason === "stop")!;
    const entry = run.fills[0]!.price;
    expect(toDay(stop.day)).toBe("2019-01-07");
    expect(stop.price).toBeCloseTo(entry * 1.15 + 0.01, 9);
    expect(decisionOn(run, "2019-01-07")!.reason).toBe("the stop traded");
    // The calls go with the contract, or expire where nobody would buy them.
    expect(futures(run)[2]).toMatch(/^2019-02-05 /);
  });

  it("is not filled by a gap beyond the limit; the close then decides", () => {
    const gap = [22, 24, 21, 23] as const;
    const run = play({ prices: { "2019-01-07": gap } });
    expect(run.fills.some(({ reason }) => reason === "stop")).toBe(false);
    expect(decisionOn(run, "2019-01-07")!.reason).toBe("stop at the close");
    expect(futures(run)[1]).toBe("2019-01-08 2019-01-16 6");
    expect(run.fills.find((f) => toDay(f.day) === "2019-01-08")!.price).toBeCloseTo(22.01, 9);
  });

  it("counts five sessions of cool-down after the trigger, four in the original", () => {
    const stopped = { "2019-01-30": [15, 18, 15, 15], "2019-01-31": [15, 15, 15, 15] } as const;
    const entryAfter = (coolDown: number) => {
      const run = play({ prices: stopped, params: { entry: "daily", coolDown, hedge: "" } });
      const at = run.decisions.findIndex(({ reason }) => reason === "the stop traded");
      expect(toDay(days[run.decisions[at]!.t]!)).toBe("2019-01-30");
      return futures(run)
        .find((fill) => fill > "2019-01-31" && fill.endsWith("-6"))!
        .slice(0, 10);
    };
    // Decisions of 01-31, 02-01, 02-04, 02-05 are within; 02-06 is the fifth session after the trigger.
    expect(entryAfter(5)).toBe("2019-02-07");
    expect(entryAfter(4)).toBe("2019-02-06");
    // Without, only the month of the stop is barred.
    expect(entryAfter(0)).toBe("2019-02-01");
  });

  it("halves once at VIX 30 until VIX has been below, rounding toward the smaller position", () => {
    const spike = {
      "2019-01-07": { vix: 31 },
      "2019-01-10": { vix: 20 },
      "2019-01-11": { vix: 32 },
    };
    const params = { rollSessions: 0, hedge: "", stop: 0 };
    expect(futures(play({ inputs: spike, params })).slice(0, 3)).toEqual([
      FIRST_ENTRY,
      "2019-01-08 2019-01-16 3",
      "2019-01-14 2019-01-16 2",
    ]);
    const daily = play({ inputs: spike, params: { ...params, cutOnce: false } });
    expect(futures(daily).slice(1, 4)).toEqual([
      "2019-01-08 2019-01-16 3",
      "2019-01-09 2019-01-16 2",
      "2019-01-10 2019-01-16 1",
    ]);
    // The original cuts ⌊q/2⌋, so that its last contract stays for ever.
    const coded = play({ inputs: spike, params: { ...params, cutOnce: false, cutLast: false } });
    expect(futures(coded).slice(1, 4)).toEqual([
      "2019-01-08 2019-01-16 3",
      "2019-01-09 2019-01-16 1",
      "2019-01-10 2019-01-16 1",
    ]);
  });

  it("closes all at VIX 40 before it halves at 30, without a cool-down", () => {
    const run = play({ inputs: { "2019-01-07": { vix: 41 }, "2019-01-08": { vix: 14 } } });
    expect(decisionOn(run, "2019-01-07")!.reason).toMatch("closes all");
    expect(futures(run)[1]).toBe("2019-01-08 2019-01-16 6");
    const filters = decisionOn(run, "2019-02-04")!.findings;
    expect(filters.find(({ rule }) => rule.startsWith("F5"))!.pass).toBe(true);
  });

  it("halves when VVIX is above its limit", () => {
    const run = play({ inputs: { "2019-01-07": { vvix: 101 } } });
    expect(decisionOn(run, "2019-01-07")!.reason).toMatch("VVIX cuts -6 to -3");
  });

  it("halves when margin is above half of NAV, and not on missing values", () => {
    const params = { navShare: 5, marginShare: 0.55, stop: 0, hedge: "" };
    const run = play({ params });
    expect(decisionOn(run, "2019-01-04")!.reason).toMatch("margin cuts -104 to -52");
    const blind = play({ inputs: { "2019-01-07": { vix: NaN, vvix: NaN } }, params: { stop: 0 } });
    const shown = decisionOn(blind, "2019-01-07")!;
    expect(shown.reason).not.toMatch("cuts");
    expect(shown.findings.some(({ pass }) => !pass)).toBe(true);
  });

  it("halves when notional is too large for a VIX above 25", () => {
    const params = { navShare: 0.9, marginShare: 0.4, stop: 0, hedge: "", filters: "" };
    const run = play({ params, inputs: { "2019-01-07": { vix: 26 } } });
    expect(decisionOn(run, "2019-01-07")!.reason).toMatch("notional cuts -60 to -30");
  });
});

describe("short-vx, rolls and hedge", () => {
  const run = play({});

  it("rolls on the fifth session before expiry, contract and hedge, into the next month", () => {
    expect(futures(run).slice(0, 3)).toEqual([
      FIRST_ENTRY,
      "2019-01-09 2019-02-13 -6",
      "2019-01-09 2019-01-16 6",
    ]);
    const call = run.fills.find((f) => f.instrument.startsWith("VIX 2019-02-13"))!;
    expect(toDay(call.day)).toBe("2019-01-09");
  });

  it("never holds a contract within five sessions of its expiry", () => {
    const { positions } = run.account.book;
    expect(positions.filter(({ quantity }) => quantity < 0).length).toBe(1);
    for (const f of run.fills.filter(
      ({ quantity, instrument }) => quantity < 0 && instrument.startsWith("VXM"),
    )) {
      const expiry = toNumber(f.instrument.slice(4));
      expect(lastAtOrBefore(days, expiry) - lastAtOrBefore(days, f.day)).toBeGreaterThan(5);
    }
  });

  it("rolls three calendar days before expiry as the original's code does", () => {
    const coded = play({ params: { rollDays: 3 } });
    expect(futures(coded)[1]).toBe("2019-01-14 2019-02-13 -6");
  });

  it("brings the position to its size again each month, or leaves it", () => {
    const cheaper = { "2019-01-25": [12, 12, 12, 12] } as const;
    const inputs = { "2019-01-25": { vix: 11 } };
    const resized = futures(play({ prices: cheaper, inputs })).find((f) =>
      f.startsWith("2019-02-05"),
    );
    expect(resized).toBe("2019-02-05 2019-02-13 -2");
    const left = futures(play({ prices: cheaper, inputs, params: { resize: false } }));
    expect(left.some((f) => f.startsWith("2019-02-05"))).toBe(false);
  });

  it("takes a higher strike where the lowest costs more than the budget", () => {
    const wild = { "2019-01-02": { vvix: 170, vvixLimit: 200 } };
    const strike = (hedgeBudget: number) =>
      play({ inputs: wild, params: { hedgeBudget } }).fills.find((f) =>
        f.instrument.startsWith("VIX"),
      )!.instrument;
    expect(strike(0.15)).toBe("VIX 2019-01-16 C39");
    const far = Number(strike(0.0001).split("C")[1]);
    expect(far).toBeGreaterThan(40);
    expect(far % 5).toBe(0);
  });

  it("is never left without a stated reason while something is held", () => {
    let quantity = 0;
    days.forEach((day, t) => {
      for (const f of run.fills) {
        if (f.day === day && f.instrument.startsWith("VXM")) quantity += f.quantity;
      }
      if (quantity === 0) return;
      const decision = run.decisions.find((d) => d.t === t)!;
      expect(decision.reason).not.toBe("");
      expect(decision.findings.length).toBeGreaterThan(3);
      for (const { distance } of decision.findings.filter(({ value }) => !Number.isNaN(value))) {
        expect(distance).toBeGreaterThanOrEqual(0);
      }
    });
  });
});

describe("short-vx, the contract", () => {
  it("asks for the original's thresholds in the whole and in both years, with its trials declared", () => {
    expect(killTest.priorTrials!.count).toBe(17);
    expect(killTest.criteria.length).toBe(16);
    for (const { costs, threshold, statistic } of killTest.criteria) {
      if (statistic === "sharpe-excess") expect(threshold).toBe(costs === 2 ? 0.3 : 0.5);
    }
  });
});

describe.runIf(hasMarketData)("short-vx on the real data", async () => {
  const SERIES = "vix vvix vix1d dff dtb3 bil vx_contracts vx_weekly_contracts".split(" ");
  const market = hasMarketData ? await realMarket(...SERIES) : (undefined as never);
  const study = readStudy(STUDY);

  async function run(preset: string, on: Market = market): Promise<Simulation> {
    const { strategy, execution, window, account } = resolveSpec(study, preset);
    const bench = openWorkbench(on, openCatalog());
    return (await bench.prepare({ strategy, execution, window, nav: account.nav, trace: true }))();
  }

  it("buys no contract with 10 % of 100,000 USD on 99.9 % of days, as published, and never trades", async () => {
    const f1 = market.column("vx.f1");
    const from = market.sessions.findIndex((d) => d >= toNumber("2014-01-02"));
    const contracts = f1.subarray(from).map((f) => Math.floor(10_000 / (f * 1000)));
    expect(contracts.filter((n) => n === 0).length / contracts.length).toBeCloseTo(0.999, 3);
    for (const preset of ["as-documented", "as-coded"]) {
      expect((await run(preset)).trades).toBe(0);
    }
  });

  it("trades what it says: entries on third sessions, rolls in time, no contract near expiry", async () => {
    const { fills, decisions, rejections } = await run("corrected");
    const { sessions } = calendar("nyse");
    const ordinal = (day: number) => {
      const { year, month } = parts(day);
      return sessions.filter((s) => s <= day && parts(s).year === year && parts(s).month === month)
        .length;
    };
    const entries = fills.filter((f) => f.reason === "every filter passes");
    expect(entries.length).toBeGreaterThan(20);
    for (const { day } of entries) expect(ordinal(day)).toBe(3);
    for (const f of fills.filter(
      ({ instrument, quantity }) => instrument.startsWith("VXM") && quantity < 0,
    )) {
      const left =
        lastAtOrBefore(sessions, toNumber(f.instrument.slice(4))) - lastAtOrBefore(sessions, f.day);
      expect(left).toBeGreaterThan(5);
    }
    expect(decisions.every(({ reason }) => reason !== "")).toBe(true);
    expect(rejections.length).toBeLessThan(5);
  });

  it("passes F3 until VIX1D exists and reads it from then on", async () => {
    const { decisions } = await run("corrected");
    const third = decisions.flatMap(({ t, findings }) =>
      findings.filter(({ rule }) => rule.startsWith("F3")).map((f): [number, Finding] => [t, f]),
    );
    const begins = market.sessions.findIndex((d) => d >= toNumber("2023-04-24"));
    for (const [t, finding] of third) {
      expect(Number.isNaN(finding.value)).toBe(t < begins);
      if (t < begins) expect(finding.pass).toBe(true);
      else expect(finding.limit).toBeGreaterThanOrEqual(1.2);
    }
    expect(third.some(([t]) => t >= begins)).toBe(true);
  });

  it("has in NAV exactly the P&L of its contracts and its costs where cash earns nothing", async () => {
    const { execution, strategy, window } = resolveSpec(study, "unhedged");
    const job = { strategy, window, nav: 100_000, trace: true };
    const idle = { ...job, execution: { ...execution, cash: "none" as const } };
    const run = await openWorkbench(market, openCatalog()).prepare(idle);
    const { fills, nav, account } = run();
    let expected = 100_000;
    for (const f of fills) expected -= f.quantity * f.price * 100 + f.commission;
    for (const { quantity, mark } of account.book.positions) expected += quantity * mark * 100;
    expect(nav.at(-1)).toBeCloseTo(expected, 6);
  });

  it("decides nothing by what comes later", async () => {
    const whole = await run("as-documented-1m");
    for (const text of ["2018-02-02", "2020-03-06"]) {
      const day = toNumber(text);
      const part = await run("as-documented-1m", cutMarket(market, day));
      expect(toDay(part.days.at(-1)!)).toBe(text);
      expect(part.nav).toEqual(whole.nav.slice(0, part.nav.length));
      expect(part.fills).toEqual(whole.fills.slice(0, part.fills.length));
    }
  });

  it("gives v5 what a plain loop over the raw contracts gives", async () => {
    const { nav, days: dates } = await run("v5");
    const own = replayAlwaysShort(market, dates);
    nav.forEach((value, t) => expect(value).toBeCloseTo(own[t]!, 4));
  });

  it("turns v5's gain into a loss where the step between contracts is booked at each roll", async () => {
    const { nav, days: dates } = await run("v5");
    const booked = replayAlwaysShort(market, dates, true);
    const returns = booked.slice(1).map((value, t) => value / booked[t]! - 1);
    const { sharpe, totalReturn, maxDrawdown } = performance({
      days: dates.slice(1),
      returns: Float64Array.from(returns),
    });
    expect(nav.at(-1)! / 100_000).toBeGreaterThan(1.5);
    expect(totalReturn).toBeLessThan(-0.4);
    expect(sharpe).toBeLessThan(-0.1);
    expect(maxDrawdown).toBeLessThan(-0.5);
  });
});

/**
 * The variant "always short" without the engine: one contract a quarter of NAV allows, sold whenever flat and VIX below
 * 45, closed at 45, rolled three calendar days before expiry; 52.50 USD a contract and side; no interest.
 * `stepsBooked` makes the mistake of a price series that is strung together from contracts as they stand.
 */
function replayAlwaysShort(market: Market, dates: Int32Array, stepsBooked = false): number[] {
  type Row = { open: number; settle: number };
  const prices = new Map<number, Map<number, Row>>();
  for (const series of ["vx_contracts", "vx_weekly_contracts"]) {
    const { rows, columns } = market.table(series);
    const cell = (name: string, i: number) => columns[name]![i] as number;
    for (let i = 0; i < rows; i++) {
      const expiry = cell("expiry", i);
      const { year, month } = parts(expiry);
      if (series === "vx_contracts" && expiry !== nthWeekday(year, month, 3, 3)) continue;
      const curve = prices.get(cell("tradeDate", i)) ?? new Map<number, Row>();
      curve.set(expiry, { open: cell("open", i), settle: cell("settle", i) });
      prices.set(cell("tradeDate", i), curve);
    }
  }
  const vix = market.column("vix.close").subarray(market.sessions.indexOf(dates[0]!));
  const held = new Map<number, { units: number; mark: number }>();
  let want = { expiry: 0, units: 0 };
  let cash = 100_000;
  return Array.from(dates, (day, t) => {
    const curve = prices.get(day)!;
    const move = (expiry: number, to: number) => {
      const before = held.get(expiry)?.units ?? 0;
      cash -= (to - before) * curve.get(expiry)!.open * 1000 + Math.abs(to - before) * 52.5;
      if (to === 0) held.delete(expiry);
      else held.set(expiry, { units: to, mark: curve.get(expiry)!.open });
    };
    for (const [expiry, { units, mark }] of held) {
      if (expiry !== day) continue;
      cash += units * (curve.get(expiry)?.settle ?? mark) * 1000;
      held.delete(expiry);
      if (want.expiry === expiry) want = { expiry: 0, units: 0 };
    }
    for (const expiry of new Set([...held.keys(), want.expiry])) {
      const to = expiry === want.expiry ? want.units : 0;
      const tradable = expiry > day && curve.get(expiry)!.open > 0;
      if (tradable && to !== (held.get(expiry)?.units ?? 0)) move(expiry, to);
    }
    let nav = cash;
    for (const [expiry, position] of held) {
      position.mark = curve.get(expiry)?.settle ?? position.mark;
      nav += position.units * position.mark * 1000;
    }
    const next = calendar("nyse").next(day);
    const first = [...curve]
      .filter(([expiry, { settle }]) => expiry > day && settle > 0 && expiry - next > 3)
      .toSorted(([a], [b]) => a - b)[0]!;
    if (vix[t]! >= 45) want = { expiry: 0, units: 0 };
    else if (want.units === 0) {
      const units = Math.min(
        Math.floor(nav / 4 / (first[1].settle * 1000)),
        Math.floor(nav / 12_500),
      );
      if (units >= 1) want = { expiry: first[0], units: -units };
    } else if (want.expiry - next <= 3) {
      if (stepsBooked)
        cash += want.units * (first[1].settle - curve.get(want.expiry)!.settle) * 1000;
      want = { ...want, expiry: first[0] };
    }
    return nav;
  });
}
