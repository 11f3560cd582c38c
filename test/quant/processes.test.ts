import { describe, expect, it } from "vitest";
import { VolterraError, key, sha256, uniforms } from "#core";
import {
  type Paths,
  type Process,
  type Simulation,
  blackScholesPrice,
  defineProcess,
  hestonPrice,
  mertonPrice,
  sabrVolatility,
} from "#quant";
import { z } from "zod";
import bates from "../../catalog/processes/bates.ts";
import blockBootstrap from "../../catalog/processes/block-bootstrap.ts";
import gbm from "../../catalog/processes/gbm.ts";
import heston from "../../catalog/processes/heston.ts";
import merton from "../../catalog/processes/merton.ts";
import sabr from "../../catalog/processes/sabr.ts";
import { createDraws } from "../../src/quant/draws.ts";

const HISTORY = {
  returns: Float64Array.from({ length: 250 }, (_, i) => 0.012 * Math.sin(i * i)),
  variance: Float64Array.from({ length: 250 }, (_, i) => 0.02 + i / 1e4),
};
const ALL: readonly Process[] = [bates, blockBootstrap, gbm, heston, merton, sabr];

function run(process: Process, more: Partial<Simulation> = {}) {
  return process.simulate({
    paths: 700,
    steps: 12,
    dt: 1 / 252,
    key: key(11),
    spot: 100,
    history: HISTORY,
    ...more,
  });
}

/** Mean and standard error of a function of the last prices. */
function lastMean({ spot, paths, steps }: Paths, payoff: (s: number) => number) {
  const values = spot.subarray(steps * paths).map(payoff);
  const mean = values.reduce((sum, v) => sum + v, 0) / paths;
  const squares = values.reduce((sum, v) => sum + (v - mean) ** 2, 0);
  return { mean, error: Math.sqrt(squares / (paths - 1) / paths) };
}

describe.each(
  ALL.flatMap((process) =>
    process.schemes.map((scheme) => ({ process, scheme, name: process.name })),
  ),
)("$name, $scheme", ({ process, scheme }) => {
  it("gives rows of positive prices and variances from the start given", () => {
    const { spot, variance, paths, steps } = run(process, { scheme });
    expect(spot.length).toBe(13 * 700);
    expect([paths, steps]).toEqual([700, 12]);
    expect(spot.subarray(0, 700).every((s) => s === 100)).toBe(true);
    expect(spot.every((s) => s > 0 && s < 1000)).toBe(true);
    expect(variance.every((v) => v >= 0 && v < 4)).toBe(true);
    expect(new Set(spot.subarray(700, 1400)).size).toBeGreaterThan(200);
  });

  it("draws path i from the key and i alone: parts join to the whole, prefixes agree", () => {
    const whole = run(process, { scheme });
    const part = run(process, { scheme, first: 333, paths: 300, steps: 7 });
    for (let t = 0; t <= 7; t++) {
      const from = t * 700 + 333;
      const of = (paths: typeof whole, a: number) => [
        paths.spot.slice(a, a + 300),
        paths.variance.slice(a, a + 300),
      ];
      expect(of(part, t * 300)).toEqual(of(whole, from));
    }
    expect(run(process, { scheme, key: key(12) }).spot).not.toEqual(whole.spot);
    expect(run(process, { scheme }).spot).toEqual(whole.spot);
  });
});

// Pinned on Node 20 and 24: a change here changes every simulated result.
it.each([
  [gbm, "exact", "47b215836217eec4"],
  [heston, "full-truncation", "ccbd5a855708e686"],
  [heston, "qe", "4d5bd6f00a041a67"],
  [merton, "exact", "63bf99f7d06f9572"],
  [sabr, "euler", "147908584559862a"],
] as const)(
  "gives equal bytes in every version of the engine: $0.name, $1",
  (process, scheme, pin) => {
    const params = process === sabr ? { beta: 0.5, alpha: 2 } : {};
    const { spot, variance } = run(process as Process, { scheme, params, steps: 60 });
    expect(sha256(spot, variance).slice(0, 16)).toBe(pin);
  },
);

it("parts written into one pair of arrays are the whole", () => {
  const whole = run(heston, { paths: 5000, steps: 3 });
  const spot = new Float64Array(4 * 5000);
  const variance = new Float64Array(4 * 5000);
  for (const at of [3000, 0]) {
    const into = { spot, variance, width: 5000, at };
    run(heston, { paths: at ? 2000 : 3000, steps: 3, first: at, into });
  }
  expect(spot).toEqual(whole.spot);
  expect(variance).toEqual(whole.variance);
  const into = { spot, variance, width: 5000, at: 4000 };
  expect(() => run(heston, { paths: 2000, steps: 3, into })).toThrow(RangeError);
});

describe("drift", () => {
  const year = { paths: 20_000, steps: 6, dt: 1 / 6, key: key(5) };
  it.each([
    ["gbm", gbm, { drift: 0.1, vol: 0.3 }, undefined],
    ["heston by QE", heston, { drift: 0.1, xi: 0.6, v0: 0.09 }, "qe"],
    ["heston by QE, rho > 0", heston, { drift: 0.1, xi: 0.9, rho: 0.8 }, "qe"],
    ["heston by full truncation", heston, { drift: 0.1 }, "full-truncation"],
    [
      "merton, large jumps",
      merton,
      { drift: 0.1, intensity: 3, jumpMean: -0.2, jumpDeviation: 0.2 },
      undefined,
    ],
    [
      "bates, large jumps",
      bates,
      { drift: 0.1, intensity: 3, jumpMean: 0.1, jumpDeviation: 0.2 },
      "qe",
    ],
    ["sabr", sabr, { drift: 0.1, nu: 0.8 }, undefined],
    ["sabr, square root", sabr, { drift: 0.1, beta: 0.5, alpha: 2 }, undefined],
  ] as const)("of %s is what it says: E S = spot·e^(drift·tau)", (_, process, params, scheme) => {
    const { mean, error } = lastMean(
      run(process as Process, { ...year, params, ...(scheme ? { scheme } : {}) }),
      (s) => s,
    );
    // Euler's arithmetic step grows by (1 + drift·dt)ⁿ.
    const growth = process === sabr && "beta" in params ? (1 + 0.1 / 6) ** 6 : Math.exp(0.1);
    expect(Math.abs(mean - 100 * growth)).toBeLessThan(3 * error);
  });
});

describe("prices by simulation agree with closed forms within three standard errors", () => {
  const rate = 0.03;
  const model = { kappa: 1.5, theta: 0.06, xi: 0.5, rho: -0.7, v0: 0.09 };
  const jumps = { intensity: 0.8, jumpMean: -0.1, jumpDeviation: 0.15 };
  const drift = rate;
  const year = { paths: 40_000, key: key(2), steps: 1, dt: 1 };
  const quarters = { ...year, steps: 8, dt: 1 / 8, scheme: "qe" };
  const days = { ...year, steps: 100, dt: 1 / 100, paths: 10_000, scheme: "full-truncation" };

  it.each([
    [
      "gbm",
      gbm,
      { ...year, params: { drift, vol: 0.25 } },
      (strike: number) => blackScholesPrice("call", 100, strike, 1, 0.25, rate),
    ],
    [
      "merton",
      merton,
      { ...year, params: { drift, vol: 0.2, ...jumps } },
      (strike: number) => mertonPrice("call", 100, strike, 1, { vol: 0.2, ...jumps }, rate),
    ],
    [
      "heston by QE",
      heston,
      { ...quarters, params: { drift, ...model } },
      (strike: number) => hestonPrice("call", 100, strike, 1, model, rate),
    ],
    [
      "heston by full truncation",
      heston,
      { ...days, params: { drift, ...model } },
      (strike: number) => hestonPrice("call", 100, strike, 1, model, rate),
    ],
    [
      "bates",
      bates,
      { ...quarters, params: { drift, ...model, ...jumps } },
      (strike: number) => hestonPrice("call", 100, strike, 1, { ...model, jumps }, rate),
    ],
  ] as const)("%s", (_, process, simulation, exact) => {
    const paths = run(process as Process, simulation);
    for (const strike of [80, 100, 125]) {
      const { mean, error } = lastMean(paths, (s) => Math.exp(-rate) * Math.max(0, s - strike));
      expect(Math.abs(mean - exact(strike)), `strike ${strike}`).toBeLessThan(3 * error);
    }
  });

  it.each([
    [1, 0.2],
    [0.5, 2],
  ])("sabr, beta %d: Hagan's volatility at a short maturity", (beta, alpha) => {
    const params = { alpha, beta, rho: -0.3, nu: 0.5 };
    const paths = run(sabr, { params, steps: 20, dt: 0.25 / 20, paths: 20_000, key: key(3) });
    for (const strike of [90, 100, 110]) {
      const vol = sabrVolatility(100, strike, 0.25, params);
      const exact = blackScholesPrice("call", 100, strike, 0.25, vol, 0);
      const { mean, error } = lastMean(paths, (s) => Math.max(0, s - strike));
      expect(Math.abs(mean - exact)).toBeLessThan(3 * error);
    }
  });

  it("Buehler's thirty-day option is worth 1.69, though Feller's condition fails", () => {
    const params = { kappa: 1, theta: 0.04, xi: 2, rho: -0.7, v0: 0.04 };
    expect(hestonPrice("call", 100, 100, 30 / 365, params, 0)).toBeCloseTo(1.69, 2);
    const simulation = { params, steps: 30, dt: 1 / 365, paths: 20_000, key: key(4), scheme: "qe" };
    const { mean, error } = lastMean(run(heston, simulation), (s) => Math.max(0, s - 100));
    expect(Math.abs(mean - hestonPrice("call", 100, 100, 30 / 365, params, 0))).toBeLessThan(
      3 * error,
    );
    expect(run(heston, { params }).warnings[0]).toMatch(/Feller/);
    expect(run(heston, { params: { xi: 0.2 } }).warnings).toEqual([]);
  });
});

describe("draws", () => {
  it("are the uniforms of the key folded by step and stream", () => {
    const [left, right] = createDraws(key(9))(100, 50).uniforms(6, 1);
    const expected = uniforms(key(9).fold(6, 1), 300);
    expect([...left]).toEqual(Array.from({ length: 50 }, (_, i) => expected[2 * (100 + i)]));
    expect([...right]).toEqual(Array.from({ length: 50 }, (_, i) => expected[2 * (100 + i) + 1]));
  });

  it("are common to all processes: degenerate cousins walk the same paths", () => {
    const flat = run(gbm, { params: { vol: 0.2 } });
    const same = (process: Process, params: object, scheme?: string) => {
      const { spot } = run(process, { params, ...(scheme ? { scheme } : {}) });
      expect(spot.every((s, i) => Math.abs(s / flat.spot[i]! - 1) < 1e-12)).toBe(true);
    };
    same(heston, { xi: 0, rho: 0, theta: 0.04, v0: 0.04 });
    same(heston, { xi: 0, rho: 0, theta: 0.04, v0: 0.04 }, "qe");
    same(sabr, { nu: 0, rho: 0, alpha: 0.2 });
    same(merton, { intensity: 0, vol: 0.2 });
    same(bates, { intensity: 0, xi: 0, rho: 0 });
  });
});

describe("block bootstrap", () => {
  it("joins neighbours of the history, returns with their variances, in blocks of the mean length asked", () => {
    const { spot, variance, paths, steps } = run(blockBootstrap, {
      params: { block: 10 },
      paths: 2000,
      steps: 50,
    });
    const periods = new Map([...HISTORY.variance].map((v, i) => [v, i]));
    let joined = 0;
    let worst = 0;
    for (let i = 0; i < paths; i++) {
      for (let t = 1; t <= steps; t++) {
        const period = periods.get(variance[t * paths + i]!)!;
        const before = periods.get(variance[(t - 1) * paths + i]!)!;
        const ratio = spot[t * paths + i]! / spot[(t - 1) * paths + i]!;
        worst = Math.max(worst, Math.abs(ratio - 1 - HISTORY.returns[period]!));
        if (period === (before + 1) % 250) joined++;
      }
    }
    expect(worst).toBeLessThan(1e-12);
    // A block goes on with probability 1 − 1/10, or restarts at the same place once in 250.
    expect(joined / (paths * steps)).toBeCloseTo(0.9 + 0.1 / 250, 2);
  });

  it("has no variance where the history has none, and says what a bad history is", () => {
    const { returns } = HISTORY;
    expect(run(blockBootstrap, { history: { returns } }).variance.every(Number.isNaN)).toBe(true);
    const withBad = Float64Array.from(returns);
    withBad[17] = NaN;
    expect(() => run(blockBootstrap, { history: { returns: withBad } })).toThrow(
      /return 17 .* NaN/,
    );
    const { history: _, ...without } = {
      history: 0,
      paths: 1,
      steps: 1,
      dt: 1,
      key: key(1),
      spot: 1,
    };
    expect(() => blockBootstrap.simulate(without)).toThrow(/0 returns/);
  });
});

describe("bad input is refused before work", () => {
  it.each([
    ["a negative variance", heston, { params: { v0: -0.01 } }, /v0/],
    ["|rho| > 1", heston, { params: { rho: 1.2 } }, /rho/],
    ["|rho| > 1", sabr, { params: { rho: -1.2 } }, /rho/],
    ["a negative jump rate", merton, { params: { intensity: -1 } }, /intensity/],
    ["a missing number", gbm, { params: { vol: NaN } }, /vol/],
    ["zero maturity", gbm, { steps: 0 }, /0 steps/],
    ["zero time", gbm, { dt: 0 }, /steps of 0 years/],
    ["no paths", gbm, { paths: 0 }, /0 paths/],
    ["a negative price", gbm, { spot: -1 }, /spot of -1/],
    ["too much memory", gbm, { paths: 2 ** 30 }, /memory/],
    ["too many jumps", merton, { params: { intensity: 1e6 } }, /jumps/],
    ["a misspelt scheme", heston, { scheme: "full-trunkation" }, /scheme/],
    ["a misspelt parameter", heston, { params: { kapa: 1 } }, /kapa/],
  ] as const)("%s", (_, process, bad, message) => {
    let caught: unknown;
    try {
      run(process as Process, bad);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(VolterraError);
    const error = caught as VolterraError;
    expect(error.code).toBe("SPEC");
    expect(error.message).toMatch(message);
    expect(error.hint).not.toBe("");
  });

  it("and a misspelling is answered with the name meant", () => {
    expect(() => run(heston, { params: { kapa: 1 } })).toThrow(
      expect.objectContaining({ hint: 'Did you mean "kappa"?' }),
    );
  });
});

it("a process is defined in one place, with its defaults", () => {
  const flat = defineProcess({
    name: "flat",
    describe: "A price that does not move",
    params: z.strictObject({ level: z.number().default(0.01) }),
    schemes: ["exact"],
    start: ({ params }) => ({ begin: ({ variance }) => variance.fill(params.level), advance() {} }),
  });
  expect(flat.defaults).toEqual({ level: 0.01 });
  expect(run(flat).spot.every((s) => s === 100)).toBe(true);
});
