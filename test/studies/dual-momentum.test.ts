import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { tableUniverse } from "#backtest";
import { parseStudy, resolveSpec } from "#run";
import type { Book, View } from "#trade";
import dualMomentum from "../../catalog/strategies/dual-momentum.ts";

const IDS = ["A", "B", "C", "D"];
const universe = tableUniverse(
  [...IDS, "SHY"].map((id) => {
    const mark = Float64Array.of(100);
    const instrument = { kind: "equity" as const, id, multiplier: 1 as const };
    return { instrument, first: 0, open: mark, high: mark, low: mark, mark };
  }),
);

/** Weights by fund, from scores and volatilities by fund; `held` units of each. */
function decide(
  funds: Readonly<Record<string, readonly [score: number, volatility: number]>>,
  given: Partial<typeof dualMomentum.params> = {},
  options: { held?: Readonly<Record<string, number>>; newMonth?: boolean } = {},
) {
  const { held = {}, newMonth = true } = options;
  const params = { ...dualMomentum.params, risky: IDS.join(" "), ...given };
  const columns = Object.entries(funds).flatMap(([id, [score, volatility]]) => [
    [`score ${id}`, Float64Array.of(score)],
    [`volatility ${id}`, Float64Array.of(volatility)],
  ]);
  const book: Book = { cash: 10_000, positions: [] };
  for (const [id, quantity] of Object.entries(held)) {
    book.positions.push({ instrument: universe.find(id), quantity, entry: 100, mark: 100 });
  }
  const view: View = {
    t: 0,
    day: 18_000,
    next: 18_001,
    newMonth,
    first: false,
    sessionOfMonth: 1,
    nav: 10_000,
    book,
    universe,
    contracts: [],
    margin: { points: 5, share: 0.35 },
    columns: Object.fromEntries(columns) as View["columns"],
  };
  const decision = dualMomentum.decide(view, params, {});
  const weights = decision.orders.map(({ instrument, target }) => [
    universe.instruments[instrument]!.id,
    Number(target.toFixed(9)),
  ]);
  return { ...decision, weights: Object.fromEntries(weights) as Record<string, number> };
}

const FOUR = { A: [0.3, 0.2], B: [0.2, 0.1], C: [0.1, 0.06], D: [0.05, 0.1] } as const;

describe("dual momentum", () => {
  it("holds the best three at equal weights, at 8 % over the sum of their volatilities, the rest in SHY", () => {
    // Σ w·σ = (0.2 + 0.1 + 0.06) / 3 = 0.12; 0.08 / 0.12 = 2/3.
    const { weights } = decide(FOUR);
    expect(weights).toEqual({ A: 0.222222222, B: 0.222222222, C: 0.222222222, SHY: 0.333333333 });
  });

  it("keeps of the best three those above zero, and is all in SHY where there are none", () => {
    const two = decide({ ...FOUR, B: [-0.1, 0.1], D: [-0.2, 0.1], C: [0, 0.06] });
    expect(two.weights).toEqual({ A: 0.4, SHY: 0.6 });
    expect(two.findings.map(({ pass }) => pass)).toEqual([true, false, false]);
    const none = decide({ A: [-0.1, 0.2], B: [-0.2, 0.1], C: [-0.3, 0.1], D: [NaN, 0.1] });
    expect(none.weights).toEqual({ SHY: 1 });
  });

  it("leaves out a fund without volatility; as coded it counts as none and raises the others", () => {
    const gap = { ...FOUR, B: [0.2, NaN] } as const;
    // A, C, D: (0.2 + 0.06 + 0.1) / 3 = 0.12.
    expect(decide(gap).weights.D).toBeCloseTo(0.222222222, 8);
    // A, B, C with B at 0: (0.2 + 0.06) / 3 = 0.0866…; 0.08 / 0.0866… = 0.923.
    const coded = decide(gap, { missingVolatility: "zero", cap: 1.5 });
    expect(coded.weights.B).toBeCloseTo(0.08 / 0.26, 8);
    expect(coded.weights.D).toBeUndefined();
  });

  it("is capped: at 1, or as documented at 1.5 with nothing left for SHY", () => {
    const calm = { A: [0.3, 0.04], B: [0.2, 0.04], C: [0.1, 0.04], D: [0, 0.1] } as const;
    expect(decide(calm).weights.A).toBeCloseTo(1 / 3, 8);
    expect(decide(calm, { cap: 1.5 }).weights).toEqual({ A: 0.5, B: 0.5, C: 0.5 });
  });

  it("manages a share of NAV, and leaves changes below the least order undone", () => {
    expect(decide(FOUR, { allocation: 0.9 }).weights.A).toBe(0.2);
    // 22.22 units wanted: 22 held differ by 22 USD, 21 by 122 USD.
    const { weights } = decide(FOUR, {}, { held: { A: 22, B: 21, D: 2 } });
    expect(Object.keys(weights)).toEqual(["B", "C", "D", "SHY"]);
    expect(weights.D).toBe(0);
  });

  it("waits for the turn of the month, and holds while no momentum is known", () => {
    expect(decide(FOUR, {}, { newMonth: false }).action).toBe("wait");
    const blind = decide({ A: [NaN, 1], B: [NaN, 1], C: [NaN, 1], D: [NaN, 1] });
    expect(blind).toMatchObject({ action: "hold", orders: [] });
  });
});

describe("the study dual-momentum", () => {
  const file = fileURLToPath(new URL("../../studies/dual-momentum.yaml", import.meta.url));
  const study = parseStudy("dual-momentum.yaml", readFileSync(file, "utf8"));

  it("says that its universe differs, and finances leverage in corrected alone", () => {
    const free = (preset: string) =>
      resolveSpec(study, preset).execution.financingSpread === "free";
    expect(study.presets.map(free)).toEqual([false, true, true]);
    expect(resolveSpec(study).notes[0]).toMatch(/^Universe differs/);
  });
});
