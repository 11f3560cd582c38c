import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { calendar } from "#core";
import { CORRECTED, type Execution, makeSchedule, simulate, tableUniverse } from "#backtest";
import {
  checkRule,
  composeSleeves,
  type Decision,
  defineStrategy,
  type Order,
  type PortfolioMemory,
  type PortfolioTerms,
  type RiskTerms,
  type Sleeve,
  type Strategy,
  type View,
  WAIT,
} from "#trade";

const N = 120;
const days = calendar("nyse").sessions.slice(5000, 5000 + N);
const FREE: Execution = { ...CORRECTED, cash: "none", costs: { ...CORRECTED.costs, multiple: 0 } };
const PLAIN: PortfolioTerms = {
  cashBuffer: 0,
  cashInstrument: "",
  riskScale: 1,
  overlay: null,
  risk: null,
  marketVolatility: "none",
};
const RISK: RiskTerms = {
  volatility: "market",
  volTarget: 0.07,
  volCap: 0.08,
  window: 63,
  warn: 0.06,
  stop: 0.1,
  onStop: "flatten",
  rearm: 21,
  marginCap: 0.6,
  marginWarn: 0.54,
  strikes: "episodes",
  strikeDays: 30,
  cutAt: 0.1,
};

const flat = (id: string, price: (t: number) => number) => {
  const mark = Float64Array.from({ length: N }, (_, t) => price(t));
  return {
    instrument: { kind: "equity" as const, id, multiplier: 1 as const },
    first: 0,
    open: mark,
    high: mark,
    low: mark,
    mark,
  };
};
const future = (id: string) => ({
  ...flat(id, (t) => 20 + Math.sin(t)),
  instrument: {
    kind: "future" as const,
    id,
    multiplier: 100,
    tick: 0.01,
    expiry: days[N - 1]! + 30,
  },
});

type Script = Readonly<Record<number, readonly (readonly [string, number, "units" | "weight"])[]>>;

/** Orders by row, naming instruments by id through the sleeve's own universe; keeps what it saw. */
function scripted(ids: readonly string[], script: Script, seen: View[] = []): Strategy<object> {
  return defineStrategy<object, { decisions: number }>({
    name: "scripted",
    describe: "",
    params: {},
    instruments: () => ids,
    features: () => ({}),
    start: () => ({ decisions: 0 }),
    decide(view, _, memory): Decision {
      seen.push({ ...view, book: structuredClone(view.book) });
      memory.decisions++;
      const told = script[view.t];
      if (!told) return WAIT;
      const orders = told.map(([id, target, by]): Order => {
        return { instrument: view.universe.find(id), target, by, reason: "script" };
      });
      return { action: "trade", orders, findings: [], reason: "script" };
    },
  }) as Strategy<object>;
}

const sleeve = (name: string, weight: number, strategy: Strategy<object>, limit = 1): Sleeve => ({
  name,
  strategy,
  params: {},
  weight,
  limit,
});

function run(
  sleeves: readonly Sleeve[],
  terms: Partial<PortfolioTerms> = {},
  options: { prices?: ReturnType<typeof flat>[]; volatility?: Float64Array; nav?: number } = {},
) {
  const series = options.prices ?? [flat("A", () => 100), flat("B", () => 10), flat("C", () => 50)];
  const strategy = composeSleeves(sleeves, { ...PLAIN, ...terms });
  let memory: PortfolioMemory | undefined;
  const simulation = simulate({
    days,
    from: 0,
    to: N - 1,
    schedule: makeSchedule(days),
    universe: tableUniverse(series),
    columns: { marketVolatility: options.volatility ?? new Float64Array(N).fill(0.05) },
    billRate: new Float64Array(N),
    strategy: { ...strategy, start: (p: object) => (memory = strategy.start(p)) },
    params: {},
    execution: FREE,
    nav: options.nav ?? 10_000,
    trace: true,
  });
  const held = (id: string) =>
    simulation.account.book.positions.find(
      ({ instrument }) => series[instrument]!.instrument.id === id,
    )?.quantity ?? 0;
  return { simulation, memory: memory!, held, fills: simulation.fills };
}

describe("a portfolio of sleeves", () => {
  it("gives each sleeve its share, behind the buffer, and sums what they share", () => {
    const { held, simulation } = run(
      [
        sleeve(
          "x",
          0.6,
          scripted(["A", "B"], {
            3: [
              ["A", 0.5, "weight"],
              ["B", 0.5, "weight"],
            ],
          }),
        ),
        sleeve("y", 0.4, scripted(["A"], { 3: [["A", 1, "weight"]] })),
      ],
      { cashBuffer: 0.1 },
    );
    // x has 5,400 and y 3,600 USD: 27 + 36 shares of A, 270 of B.
    expect(held("A")).toBe(63);
    expect(held("B")).toBe(270);
    expect(simulation.fills).toHaveLength(2);
  });

  it("nets before any order exists: what one sells and another buys is not traded", () => {
    const { fills, memory, simulation } = run([
      sleeve("x", 0.5, scripted(["A"], { 3: [["A", 1, "weight"]], 10: [["A", 0, "weight"]] })),
      sleeve("y", 0.5, scripted(["A"], { 10: [["A", 1, "weight"]] })),
    ]);
    expect(fills.map(({ quantity }) => quantity)).toEqual([50]);
    expect(memory.sleeves.x!.units).toEqual({});
    expect(memory.sleeves.y!.units).toEqual({ A: 50 });
    expect(simulation.decisions[1]!.orders[0]!.parts).toEqual({ x: -50, y: 50 });
  });

  it("keeps the units of a sleeve that does not decide", () => {
    const { held } = run(
      [
        sleeve("x", 0.5, scripted(["A"], { 3: [["A", 1, "weight"]] })),
        sleeve("y", 0.5, scripted(["A"], { 3: [["A", 1, "weight"]], 60: [["A", 0.5, "weight"]] })),
      ],
      {},
      { prices: [flat("A", (t) => (t < 50 ? 100 : 200))] },
    );
    // NAV is 20,000 at row 60: y wants 2,500 of its 10,000 … half of 10,000 at 200 is 25; x keeps 50.
    expect(held("A")).toBe(75);
  });

  it("shows a sleeve its own NAV, cash and part of a shared position", () => {
    const seen: View[] = [];
    run([
      sleeve("x", 0.6, scripted(["A"], { 3: [["A", 0.5, "weight"]] }, seen)),
      sleeve("y", 0.4, scripted(["B", "A"], { 3: [["A", 1, "weight"]] })),
    ]);
    const view = seen[6]!;
    expect(view.nav).toBeCloseTo(6000, 9);
    expect(view.book).toEqual({
      cash: 3000,
      positions: [{ instrument: 0, quantity: 30, entry: 100, mark: 100 }],
    });
    expect(view.universe.instruments.map(({ id }) => id)).toEqual(["A"]);
    expect(view.universe.find("B")).toBeGreaterThanOrEqual(0);
  });

  it("passes units of futures through and does not scale them behind the sleeve's back", () => {
    const volatility = Float64Array.from({ length: N }, (_, t) => (t < 20 ? 0.05 : 0.35));
    const { held, memory } = run(
      [
        sleeve("f", 0.5, scripted(["VXM"], { 3: [["VXM 1", -2, "units"]] })),
        sleeve("x", 0.5, scripted(["A"], { 3: [["A", 1, "weight"]] })),
      ],
      { risk: RISK },
      { prices: [flat("A", () => 100), future("VXM 1") as never], volatility },
    );
    expect(held("VXM 1")).toBe(-2);
    // The scale falls to 0.07 / 0.35 at row 20: the funds follow at once.
    expect(held("A")).toBe(10);
    expect(memory.risk.inForce).toBeCloseTo(0.2, 12);
  });

  it("waits for the sleeves before a risk scale rises again", () => {
    const volatility = Float64Array.from({ length: N }, (_, t) => (t === 20 ? 0.35 : 0.05));
    const { fills } = run(
      [sleeve("x", 1, scripted(["A"], { 3: [["A", 1, "weight"]] }))],
      { risk: RISK },
      { volatility },
    );
    expect(fills.map(({ quantity }) => quantity)).toEqual([100, -80]);
  });

  it("lays the overlay over funds and not over futures", () => {
    const overlay = { target: 0.1, least: 0.25, most: 1.5, step: 0.1, dwell: 2 };
    const seen: View[] = [];
    const { held } = run(
      [
        sleeve("x", 0.5, scripted(["A"], { 9: [["A", 1, "weight"]] })),
        sleeve("f", 0.5, scripted(["VXM"], {}, seen)),
      ],
      { overlay },
      {
        prices: [flat("A", () => 100), future("VXM 1") as never],
        volatility: new Float64Array(N).fill(0.2),
      },
    );
    expect(held("A")).toBe(25);
    expect(seen[9]!.nav).toBe(5000);
  });

  it("limits what a sleeve holds", () => {
    const script = {
      3: [
        ["A", 1, "weight"],
        ["B", 1, "weight"],
      ],
    } as const;
    expect(run([sleeve("x", 0.5, scripted(["A", "B"], script))]).held("A")).toBe(25);
    expect(run([sleeve("x", 0.5, scripted(["A", "B"], script), Infinity)]).held("A")).toBe(50);
  });

  it("puts idle cash beyond the buffer into the cash instrument, shared with sleeves that hold it", () => {
    const { held, memory } = run(
      [
        sleeve(
          "x",
          0.5,
          scripted(["A", "C"], {
            3: [
              ["A", 0.5, "weight"],
              ["C", 0.2, "weight"],
            ],
          }),
        ),
        sleeve("y", 0.3, scripted(["A"], { 3: [["A", 0, "weight"]] })),
      ],
      { cashBuffer: 0.1, cashInstrument: "C" },
    );
    // Of 9,000: x holds 2,200 of A and 900 of C; 5,900 are idle: 118 shares of C beside x's 18.
    expect(held("A")).toBe(22);
    expect(memory.sleeves.x!.units).toEqual({ A: 22, C: 18 });
    expect(memory.sleeves.cash!.units).toEqual({ C: 118 });
    expect(held("C")).toBe(136);
  });

  it("sells everything at a stop and starts its sleeves afresh when it re-arms", () => {
    const seen: View[] = [];
    const strategy = scripted(["A"], { 3: [["A", 1, "weight"]], 100: [["A", 1, "weight"]] }, seen);
    const { simulation, fills } = run(
      [sleeve("x", 1, strategy)],
      { risk: RISK },
      {
        prices: [flat("A", (t) => (t < 30 ? 100 : 85))],
      },
    );
    expect(fills.slice(0, 2).map(({ quantity }) => quantity)).toEqual([100, -100]);
    expect(fills[1]!.day).toBe(days[31]);
    expect(fills[1]!.reason).toBe("stopped: 15.0 % below the highest NAV");
    const again = seen.findIndex(({ t }) => t > 30);
    expect(seen[again]!.t).toBeGreaterThanOrEqual(30 + 21);
    expect(seen[again]).toMatchObject({ first: true, newMonth: true });
    expect(seen[again + 1]!.first).toBe(false);
    expect(
      simulation.decisions.filter(({ t }) => t > 31 && t < seen[again]!.t).length,
    ).toBeGreaterThan(0);
  });

  it("as coded keeps what it has at a stop and gives no order ever after", () => {
    const strategy = scripted(["A"], { 3: [["A", 1, "weight"]], 80: [["A", 0, "weight"]] });
    const risk = { ...RISK, onStop: "freeze" as const, rearm: 0, cutAt: 0 };
    const { fills, held, simulation } = run(
      [sleeve("x", 1, strategy)],
      { risk },
      {
        prices: [flat("A", (t) => (t < 30 ? 100 : t < 60 ? 85 : 150))],
      },
    );
    expect(fills).toHaveLength(1);
    expect(held("A")).toBe(100);
    expect(simulation.decisions.at(-1)!.reason).toMatch(/^halted/);
  });

  it("adopts what an account holds and no sleeve was told of", () => {
    const strategy = composeSleeves(
      [sleeve("x", 0.5, scripted(["A"], {})), sleeve("y", 0.5, scripted(["A", "B"], {}))],
      PLAIN,
    );
    const memory = strategy.start({});
    const universe = tableUniverse([flat("A", () => 100), flat("B", () => 10)]);
    const position = { instrument: 1, quantity: 7, entry: 10, mark: 10 };
    const view = {
      t: 5,
      day: days[5]!,
      next: days[6]!,
      newMonth: false,
      first: false,
      sessionOfMonth: 6,
      nav: 1000,
      book: { cash: 930, positions: [position] },
      universe,
      contracts: [],
      margin: { points: 5, share: 0.35 },
      columns: {},
    };
    expect(strategy.decide(view, {}, memory).action).toBe("wait");
    expect(memory.sleeves.y!.units).toEqual({ B: 7 });
  });

  it("names the sleeve in findings and reasons", () => {
    const finding = checkRule("r", 1, ">", 0);
    const strategy: Strategy<object> = {
      ...scripted(["A"], {}),
      decide: () => ({ action: "hold", orders: [], findings: [finding], reason: "why" }),
    };
    const { simulation } = run([sleeve("x", 1, strategy)]);
    const { findings, reason, action } = simulation.decisions[0]!;
    expect([action, reason, findings[0]!.rule]).toEqual(["hold", "x: why", `x: ${finding.rule}`]);
  });

  it("is one sleeve's own run where there is only one, and goes on from its memory as JSON", () => {
    const weights = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
      minLength: 8,
      maxLength: 8,
    });
    fc.assert(
      fc.property(weights, (drawn) => {
        const script = Object.fromEntries(drawn.map((w, i) => [5 + 12 * i, [["A", w, "weight"]]]));
        const prices = [flat("A", (t) => 100 + 5 * Math.sin(t))];
        const alone = simulate({
          days,
          from: 0,
          to: N - 1,
          schedule: makeSchedule(days),
          universe: tableUniverse(prices),
          columns: {},
          billRate: new Float64Array(N),
          strategy: scripted(["A"], script as never),
          params: {},
          execution: FREE,
          nav: 10_000,
          trace: false,
        });
        const { simulation, memory } = run(
          [sleeve("x", 1, scripted(["A"], script as never))],
          {},
          {
            prices,
          },
        );
        expect([...simulation.nav]).toEqual([...alone.nav]);
        expect(JSON.parse(JSON.stringify(memory))).toEqual(memory);
      }),
      { numRuns: 30 },
    );
  });
});
