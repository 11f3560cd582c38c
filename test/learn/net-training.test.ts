import { describe, expect, it } from "vitest";
import { bits, key } from "#core";
import { openEngine } from "#num";
import { Shelf } from "../../src/learn/block.ts";
import { scratchOver } from "../../src/learn/block-scratch.ts";
import { recurrentPolicy } from "../../src/learn/blocks/recurrent-policy.ts";
import { type LossSpec, rowLoss } from "../../src/learn/loss.ts";
import { adamNumbers, rateShare } from "../../src/learn/optimiser.ts";

describe("losses", () => {
  const cases: [LossSpec, number[], number][] = [
    [{ kind: "cross-entropy" }, [0.3, -1.2, 2.5], 1],
    [{ kind: "cross-entropy" }, [800, -900, 10], 0],
    [{ kind: "binary" }, [0.7], 1],
    [{ kind: "binary" }, [-3], 1],
    [{ kind: "squared" }, [1.5], -0.4],
    [{ kind: "quantile", tau: 0.9 }, [1.5], 2],
    [{ kind: "quantile", tau: 0.9 }, [1.5], 1],
  ];
  it.each(cases)("%o: the gradient is that of the loss", (spec, outputs, target) => {
    const judge = rowLoss(spec);
    const z = Float64Array.from(outputs);
    const gradient = new Float64Array(z.length);
    judge(z, target, gradient);
    const unused = new Float64Array(z.length);
    for (let i = 0; i < z.length; i++) {
      const at = (h: number): number => judge(z.with(i, z[i]! + h), target, unused);
      expect(gradient[i]).toBeCloseTo((at(1e-5) - at(-1e-5)) / 2e-5, 6);
    }
  });
  it("stay finite for outputs far out", () => {
    const unused = new Float64Array(2);
    const crossEntropy = rowLoss({ kind: "cross-entropy" });
    expect(crossEntropy(Float64Array.of(1e4, -1e4), 1, unused)).toBe(2e4);
    expect(rowLoss({ kind: "binary" })(Float64Array.of(-1e4), 1, unused)).toBe(1e4);
  });
  it("equal a known value: −ln ⅓ for equal scores", () => {
    const unused = new Float64Array(3);
    const loss = rowLoss({ kind: "cross-entropy" })(Float64Array.of(2, 2, 2), 0, unused);
    expect(loss).toBeCloseTo(Math.log(3), 14);
    expect(Array.from(unused)).toEqual([1 / 3 - 1, 1 / 3, 1 / 3]);
  });
  it("refuse a quantile outside 0 … 1", () => {
    expect(() => rowLoss({ kind: "quantile", tau: 1 })).toThrow(RangeError);
  });
});

describe("the rate", () => {
  const schedule = { kind: "constant", warmup: 0, floor: 0.1, every: 10 } as const;
  it("rises in a line and stays", () => {
    const shares = [0, 1, 2, 3, 4, 50].map((step) =>
      rateShare({ ...schedule, warmup: 4 }, step, 60),
    );
    expect(shares).toEqual([0.25, 0.5, 0.75, 1, 1, 1]);
  });
  it("falls by half a cosine to its floor", () => {
    const shares = [0, 50, 100].map((step) =>
      rateShare({ ...schedule, kind: "cosine" }, step, 100),
    );
    for (const [i, share] of [1, 0.55, 0.1].entries()) expect(shares[i]).toBeCloseTo(share, 12);
  });
  it("falls by steps", () => {
    const drops = { ...schedule, kind: "step", floor: 0.5 } as const;
    expect([9, 10, 19, 20, 35].map((step) => rateShare(drops, step, 100))).toEqual([
      1, 0.5, 0.5, 0.25, 0.125,
    ]);
  });
  it("a long gradient is scaled to the clip, a short one left", () => {
    const adam = {
      kind: "adam",
      rate: 0.1,
      decay: 0,
      beta1: 0.9,
      beta2: 0.99,
      epsilon: 1e-8,
    } as const;
    const scaleOf = (clip: number, norm: number): number | undefined =>
      adamNumbers({ ...adam, clip }, { share: 1, step: 1, norm })[0];
    expect([scaleOf(1, 4), scaleOf(1, 0.5), scaleOf(0, 4)]).toEqual([0.25, 1, 1]);
  });
});

const wavy = (i: number): number => Math.sin(i + 1) / 2;

describe("the recurrent policy", () => {
  const STEPS = 8;
  /** Actions of paths in tiles of `tile`, from parameters set by `fill`. */
  function actions(tile: number, fill: (i: number) => number, how: "act" | "forward"): number[] {
    const { arena, kernels } = openEngine({ megabytes: 32 });
    const shelf = new Shelf();
    const spec = { features: 3, hidden: [12, 8], activation: "tanh", bound: 0.4 } as const;
    const policy = recurrentPolicy(shelf, "p", spec);
    const values = arena.reserve(4 * shelf.size);
    for (const { shape, place } of policy.parameters) {
      const n = shape.reduce((a, b) => a * b, 1);
      for (let i = 0; i < n; i++) arena.f32(values, shelf.size)[place(i)] = fill(i);
    }
    const room = 4 * tile * (policy.workspace(STEPS) + 4096);
    const scratch = scratchOver(arena.reserve(room), room);
    const pass = { kernels, arena, scratch, values, transposed: 0, gradient: 0 };
    const paths = 24;
    const draws = bits(key(3), paths * STEPS * 4);
    const [x, base] = [
      arena.reserve(4 * tile * STEPS * policy.stride),
      arena.reserve(4 * tile * STEPS),
    ];
    const out: number[] = [];
    for (let first = 0; first < paths; first += tile) {
      scratch.reset();
      const features = arena.f32(x, tile * STEPS * policy.stride).fill(0);
      const start = arena.f32(base, tile * STEPS);
      for (let t = 0; t < STEPS; t++) {
        for (let row = 0; row < tile; row++) {
          const at = (first + row) * STEPS + t;
          for (let f = 0; f < 3; f++) {
            features[(t * tile + row) * policy.stride + f] = draws[4 * at + f]! / 2 ** 32;
          }
          start[t * tile + row] = draws[4 * at + 3]! / 2 ** 32;
        }
      }
      const given = { x, base, steps: STEPS, rows: tile };
      const at = how === "act" ? policy.act(pass, given) : policy.forward(pass, given).actions;
      const done = arena.f32(at, tile * STEPS);
      for (let row = 0; row < tile; row++) {
        for (let t = 0; t < STEPS; t++) out.push(done[t * tile + row]!);
      }
    }
    return out;
  }
  it("gives a path the same actions in any tile, with or without keeping the way back", () => {
    const one = actions(8, wavy, "forward");
    expect(actions(24, wavy, "forward")).toEqual(one);
    expect(actions(3, wavy, "act")).toEqual(one);
    expect(new Set(one).size).toBeGreaterThan(100);
  });

  it("answers its base while its last layer is zero, and starts so", () => {
    const shelf = new Shelf();
    const spec = { features: 3, hidden: [12], activation: "relu", bound: 0.4 } as const;
    const { parameters } = recurrentPolicy(shelf, "p", spec);
    const last = parameters.slice(-2).map(({ start }) => start);
    expect(last).toEqual([{ constant: 0 }, { constant: 0 }]);
    const base = actions(8, () => 0, "forward");
    const draws = bits(key(3), 24 * STEPS * 4);
    expect(base).toEqual(base.map((_, at) => Math.fround(draws[4 * at + 3]! / 2 ** 32)));
  });

  it("moves at most its bound from the base", () => {
    const base = actions(8, () => 0, "forward");
    const far = actions(8, (i) => 9 * wavy(i), "forward");
    expect(Math.max(...far.map((a, i) => Math.abs(a - base[i]!)))).toBeLessThanOrEqual(0.4000001);
    expect(Math.max(...far.map((a, i) => Math.abs(a - base[i]!)))).toBeGreaterThan(0.3);
  });
});
