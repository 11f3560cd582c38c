import { describe, expect, it } from "vitest";
import { compareStates, fallSignal, GATE, gateReactions, vixSignal } from "#features";

const of = (...x: number[]) => Float64Array.from(x);

const { OPEN, REDUCE, CLOSED } = GATE;
const run = (text: string) =>
  Float64Array.from(text, (c) => (c === "o" ? OPEN : c === "r" ? REDUCE : CLOSED));
const on = (text: string) => Uint8Array.from(text, (c) => (c === "!" ? 1 : 0));

describe("agreement of states", () => {
  it("is 1 for the same partition under other names, near 0 for independent ones", () => {
    const a = of(0, 0, 1, 1, 2, 2, NaN);
    const renamed = of(2, 2, 0, 0, 1, 1, 0);
    const same = compareStates(a, renamed, { rows: 3, columns: 3 });
    expect(same).toMatchObject({ sessions: 6, cramersV: 1, adjustedRand: 1 });
    const crossed = compareStates(of(0, 0, 1, 1), of(0, 1, 0, 1), { rows: 2, columns: 2 });
    expect(crossed.cramersV).toBe(0);
    expect(crossed.adjustedRand).toBeCloseTo(-0.5, 12);
  });

  it("gives the published values", () => {
    // Hubert & Arabie's index for scikit-learn's example: [0,0,1,1] against [0,0,1,2] is 4/7.
    const s = compareStates(of(0, 0, 1, 1), of(0, 0, 1, 2), { rows: 2, columns: 3 });
    expect(s.adjustedRand).toBeCloseTo(4 / 7, 12);
    // χ² of [[10, 20], [30, 40]] is 0.79365 without correction: V = √(χ² / 100).
    const rows = [...Array(30).fill(0), ...Array(70).fill(1)];
    const columns = [
      ...Array(10).fill(0),
      ...Array(20).fill(1),
      ...Array(30).fill(0),
      ...Array(40).fill(1),
    ];
    const t = compareStates(of(...rows), of(...columns), { rows: 2, columns: 2 });
    expect(t.cramersV).toBeCloseTo(Math.sqrt(0.7936507936507936 / 100), 12);
  });

  it("leaves names out that never occur, and says NaN where there is one name", () => {
    const s = compareStates(of(0, 0, 1, 1), of(0, 0, 1, 1), { rows: 5, columns: 3 });
    expect(s.cramersV).toBe(1);
    expect(compareStates(of(0, 0), of(0, 1), { rows: 1, columns: 2 }).cramersV).toBeNaN();
    expect(() => compareStates(of(5), of(0), { rows: 2, columns: 2 })).toThrow("no cell");
  });
});

describe("reactions of the gate", () => {
  it("counts sessions from the signal, 0 where the gate had answered before", () => {
    const found = gateReactions(run("ooooorcoooooorrooooo"), on("...!!.!.......!....."), 3);
    expect(found).toEqual([
      { row: 3, notOpen: 2, closed: 3 },
      { row: 14, notOpen: 0, closed: null },
    ]);
  });

  it("does not count what the gate does after the episode", () => {
    expect(gateReactions(run("oooooooocc"), on("...!......"), 3)).toEqual([
      { row: 3, notOpen: null, closed: null },
    ]);
  });

  it("takes a signal for new only after the quiet", () => {
    const states = run("rrrrrrrrrr");
    expect(gateReactions(states, on("!.!...!..!"), 3).map(({ row }) => row)).toEqual([6]);
  });

  it("knows its two signals", () => {
    expect([...vixSignal(of(30, 30.01, NaN))]).toEqual([0, 1, 0]);
    expect([...fallSignal(of(100, 95.1, 95, 101, 96))]).toEqual([0, 0, 1, 0, 0]);
  });
});
