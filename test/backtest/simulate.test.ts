import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { calendar } from "#core";
import { defineStrategy, type Order, type View, WAIT } from "#trade";
import {
  CORRECTED,
  type Execution,
  impliedDividends,
  makeSchedule,
  type Setup,
  simulate,
  tableUniverse,
} from "../../src/backtest/index.ts";

const N = 60;
const days = calendar("nyse").sessions.slice(5000, 5000 + N);
const schedule = makeSchedule(days);
const FREE: Execution = {
  ...CORRECTED,
  cash: "none",
  costs: { ...CORRECTED.costs, multiple: 0 },
};

/** Opens at 100 + t, closes at 100.5 + t. */
const prices = (shift = 0) => {
  const open = Float64Array.from({ length: N }, (_, t) => 100 + t + shift);
  const mark = open.map((x) => x + 0.5);
  return { first: 0, open, high: mark, low: open, mark };
};
const universe = tableUniverse([
  { instrument: { kind: "equity", id: "A", multiplier: 1 }, ...prices() },
]);

/** Orders of a script by row, keeping every view it was shown. */
function scripted(script: Readonly<Record<number, Order[]>>, seen: Partial<View>[] = []) {
  return defineStrategy({
    name: "scripted",
    describe: "",
    params: {},
    instruments: () => ["A"],
    features: () => ({}),
    start: () => ({}),
    decide(view) {
      const { t, day, next, newMonth, sessionOfMonth, first, nav } = view;
      seen.push({ t, day, next, newMonth, sessionOfMonth, first, nav });
      const orders = script[t];
      return orders ? { action: "trade", orders, findings: [], reason: "script" } : WAIT;
    },
  });
}

function setup(
  script: Readonly<Record<number, Order[]>>,
  execution: Execution = FREE,
  seen: Partial<View>[] = [],
): Setup<object, object> {
  return {
    days,
    from: 0,
    to: N - 1,
    schedule,
    universe,
    columns: {},
    billRate: new Float64Array(N).fill(0.02),
    strategy: scripted(script, seen),
    params: {},
    execution,
    nav: 10_000,
    trace: true,
  };
}

const order = (target: number, by: "units" | "weight" = "units"): Order => ({
  instrument: 0,
  target,
  by,
  reason: "test",
});

describe("simulate", () => {
  it("fills at the next open what the close decided, later with a delay", () => {
    for (const delay of [0, 1, 5]) {
      const { fills } = simulate(setup({ 3: [order(10)] }, { ...FREE, delay }));
      expect(fills).toMatchObject([{ day: days[4 + delay], price: 104 + delay, quantity: 10 }]);
    }
  });

  it("fills at the same open only where that look-ahead is declared", () => {
    const { fills } = simulate(setup({ 3: [order(10)] }, { ...FREE, fill: "same-open" }));
    expect(fills).toMatchObject([{ day: days[3], price: 103 }]);
  });

  it("sizes a weight at the decision's close or at the fill's open", () => {
    const script = { 3: [order(0.5, "weight")] };
    const decided = simulate(setup(script)).fills[0]!.quantity;
    const filled = simulate(setup(script, { ...FREE, sizing: "fill" })).fills[0]!.quantity;
    expect(decided).toBe(Math.trunc(5000 / 103.5));
    expect(filled).toBe(Math.trunc(5000 / 104));
  });

  it("returns what NAV did, and exposure, turnover and costs as shares and USD", () => {
    const run = simulate(setup({ 0: [order(50)], 30: [order(0)] }, { ...CORRECTED, cash: "none" }));
    run.returns.forEach((r, i) => {
      const before = i === 0 ? 10_000 : run.nav[i - 1]!;
      expect(r).toBeCloseTo(run.nav[i]! / before - 1, 14);
    });
    expect(run.exposure[0]).toBe(0);
    expect(run.exposure[5]).toBeCloseTo((50 * 105.5) / run.nav[5]!, 12);
    expect(run.exposure[40]).toBe(0);
    expect(run.turnover[1]).toBeCloseTo((50 * 101 * 1.0005) / 10_000, 12);
    const paid = run.costs.reduce((a, b) => a + b, 0);
    expect(paid).toBeCloseTo(50 * (101 + 131) * 5e-4 + 100 * 0.005, 9);
    const gain = 50 * (131 - 101);
    expect(run.nav.at(-1)).toBeCloseTo(10_000 + gain - paid, 8);
  });

  it("shows a strategy the session to come", () => {
    const seen: Partial<View>[] = [];
    simulate(setup({}, FREE, seen));
    expect(seen.length).toBe(N);
    expect(seen[0]).toMatchObject({ first: true, newMonth: true, nav: 10_000 });
    for (const view of seen.slice(1)) {
      expect(view.next).toBe(days[view.t! + 1] ?? view.next);
      expect(view.newMonth).toBe(view.sessionOfMonth === 1);
      expect(view.first).toBe(false);
    }
    expect(seen.filter(({ newMonth }) => newMonth).length).toBeGreaterThanOrEqual(3);
  });

  it("gives a longer run the same beginning", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: N - 1 }), fc.integer({ min: 0, max: 90 })), {
          maxLength: 12,
        }),
        fc.integer({ min: 5, max: N - 2 }),
        (steps, to) => {
          const script = Object.fromEntries(steps.map(([t, units]) => [t, [order(units)]]));
          const whole = simulate(setup(script, CORRECTED));
          const part = simulate({ ...setup(script, CORRECTED), to });
          expect(part.nav).toEqual(whole.nav.slice(0, to + 1));
          expect(part.fills).toEqual(whole.fills.filter(({ day }) => day <= days[to]!));
        },
      ),
      { numRuns: 50 },
    );
  });

  it("asks a ruined account nothing", () => {
    const seen: Partial<View>[] = [];
    const run = simulate({ ...setup({ 0: [order(-900)] }, FREE, seen) });
    expect(run.ruined).toBe(true);
    const row = run.nav.findIndex((value) => value <= 0);
    expect(seen.length).toBe(row);
    expect(new Set(run.nav.slice(row)).size).toBe(1);
    expect(run.returns.slice(row + 1).every((r) => r === 0)).toBe(true);
  });

  it("keeps neither fills nor decisions without a trace, and the same numbers", () => {
    const script = { 0: [order(0.8, "weight")], 20: [order(0.1, "weight")] };
    const traced = simulate(setup(script, CORRECTED));
    const silent = simulate({ ...setup(script, CORRECTED), trace: false });
    expect(silent.nav).toEqual(traced.nav);
    expect(silent.trades).toBe(traced.trades);
    expect([silent.fills.length, silent.decisions.length]).toEqual([0, 0]);
    expect(traced.decisions.map(({ t }) => t)).toEqual([0, 20]);
  });
});

describe("implied dividends", () => {
  it("are the cash that the adjustment factor implies, and none within its rounding", () => {
    const close = Float64Array.of(100, 99, 101, 100);
    const factor = [0.98, 1, 1, 1];
    const adjusted = close.map((c, t) => Math.round(c * factor[t]! * 1000) / 1000);
    const [none, paid, ...rest] = impliedDividends(close, adjusted);
    expect(none).toBe(0);
    expect(paid).toBeCloseTo(2, 9);
    expect(rest).toEqual([0, 0]);
  });
});
