import { describe, expect, it } from "vitest";
import { type OverlayTerms, startOverlay, startRisk, stepOverlay, stepRisk } from "#trade";
import type { RiskMemory, RiskTerms } from "#trade";

const CORRECTED: RiskTerms = {
  volatility: "own",
  volTarget: 0.07,
  volCap: 0.08,
  window: 4,
  warn: 0.06,
  stop: 0.1,
  onStop: "flatten",
  rearm: 3,
  marginCap: 0.6,
  marginWarn: 0.54,
  strikes: "episodes",
  strikeDays: 30,
  cutAt: 0.1,
};
const CODED: RiskTerms = {
  ...CORRECTED,
  volatility: "market",
  onStop: "freeze",
  rearm: 0,
  strikes: "days",
  strikeDays: 0,
  cutAt: 0,
};

/** Steps through NAVs on days `start`, `start + 1`, …; a day is a session here. */
function walk(
  terms: RiskTerms,
  navs: readonly number[],
  options: { memory?: RiskMemory; start?: number; newMonth?: (i: number) => boolean } = {},
) {
  const { memory = startRisk(), start = 1000, newMonth = () => false } = options;
  return navs.map((nav, i) =>
    stepRisk(
      memory,
      { day: start + i, nav, margin: 0, marketVolatility: 0.16, newMonth: newMonth(i) },
      terms,
    ),
  );
}

describe("the risk manager", () => {
  it("scales by the portfolio's own volatility, at scale one, and leaves the market's alone", () => {
    const memory = startRisk();
    const calm = walk(CORRECTED, [100, 100.1, 100, 100.1, 100, 100.1], { memory });
    expect(calm.map(({ scale }) => scale)).toEqual([1, 1, 1, 1, 1, 1]);
    expect(calm.at(-1)!.volatility).toBeLessThan(0.07);

    // The same returns at half the positions are the same volatility at scale one.
    const full = walk(CORRECTED, [100, 101, 100, 101, 100]);
    const half = startRisk();
    half.inForce = 0.5;
    const halved = walk(CORRECTED, [100, 100.5, 100, 100.5, 100], { memory: half });
    expect(full.at(-1)!.volatility).toBeGreaterThan(0.08);
    expect(full.at(-1)!.scale).toBeCloseTo(0.07 / full.at(-1)!.volatility, 12);
    expect(halved.at(-1)!.volatility).toBeCloseTo(full.at(-1)!.volatility, 3);
  });

  it("as coded halves everything in a calm portfolio, because the market has 16 %", () => {
    expect(walk(CODED, [100])[0]!.scale).toBeCloseTo(0.07 / 0.16, 12);
  });

  it("counts one strike an episode, and halves for thirty days at the second", () => {
    const memory = startRisk();
    const down = walk(CORRECTED, [100, 93, 93, 93.5, 93], { memory });
    expect(down.map(({ doubleStrike }) => doubleStrike)).toEqual(Array(5).fill(false));
    expect(memory.strikes).toEqual([1001]);
    // −4 % does not end the episode; −3 % does.
    walk(CORRECTED, [96, 93], { memory, start: 1010 });
    expect(memory.strikes).toHaveLength(1);
    const second = walk(CORRECTED, [97, 93], { memory, start: 1100 });
    expect(second.map(({ doubleStrike }) => doubleStrike)).toEqual([false, true]);
    const after = (day: number) => walk(CORRECTED, [97], { memory, start: day })[0]!.doubleStrike;
    expect(after(1131)).toBe(true);
    expect(after(1132)).toBe(false);
  });

  it("as coded strikes every day and halves for a year", () => {
    const memory = startRisk();
    const down = walk(CODED, [100, 93, 93, 99], { memory });
    expect(down.map(({ doubleStrike }) => doubleStrike)).toEqual([false, false, true, true]);
    expect(walk(CODED, [99], { memory, start: 1001 + 365 })[0]!.doubleStrike).toBe(true);
    expect(walk(CODED, [99], { memory, start: 1002 + 365 })[0]!.doubleStrike).toBe(false);
  });

  it("forgets strikes older than a year", () => {
    const memory = startRisk();
    walk(CORRECTED, [100, 93, 99], { memory });
    walk(CORRECTED, [93], { memory, start: 1001 + 366 });
    expect(memory.strikes).toEqual([1367]);
  });

  it("stops at 10 % and re-arms at the first turn of a month after the pause", () => {
    const memory = startRisk();
    const states = walk(CORRECTED, [100, 90, 90, 90, 90, 90, 91], {
      memory,
      newMonth: (i) => i === 2 || i === 5,
    });
    expect(states.map(({ stopped }) => stopped)).toEqual([
      false,
      true,
      true,
      true,
      true,
      false,
      false,
    ]);
    expect(states.map(({ rearmed }) => rearmed).indexOf(true)).toBe(5);
    expect(states[1]).toMatchObject({ level: "critical", scale: 0 });
    expect(states[5]).toMatchObject({ level: "normal", drawdown: 0, scale: 1 });
    expect(memory).toMatchObject({ peak: 91, strikes: [] });
  });

  it("as coded never re-arms, though the account recovers", () => {
    const states = walk(CODED, [100, 90, 110, 120], { newMonth: () => true });
    expect(states.map(({ stopped }) => stopped)).toEqual([false, true, true, true]);
  });

  it("cuts to the margin that is allowed", () => {
    const seen = { day: 1, nav: 100, marketVolatility: NaN, newMonth: false };
    const step = (margin: number) => stepRisk(startRisk(), { ...seen, margin }, CORRECTED);
    expect(step(0.8).scale).toBeCloseTo(0.75, 12);
    expect(step(0.55)).toMatchObject({ scale: 1, level: "elevated" });
  });

  it("goes on from its memory as JSON", () => {
    const navs = Array.from({ length: 80 }, (_, t) => 100 + 8 * Math.sin(t / 5));
    const whole = walk(CORRECTED, navs);
    const memory = startRisk();
    walk(CORRECTED, navs.slice(0, 40), { memory });
    const revived = JSON.parse(JSON.stringify(memory)) as RiskMemory;
    const rest = walk(CORRECTED, navs.slice(40), { memory: revived, start: 1040 });
    expect(rest).toEqual(whole.slice(40));
  });
});

describe("the overlay", () => {
  const terms: OverlayTerms = { target: 0.1, least: 0.25, most: 1.5, step: 0.1, dwell: 2 };

  it("moves by a tenth or more, at most every second session, between its limits", () => {
    const memory = startOverlay(terms);
    const scales = [0.105, 0.05, 0.8, 0.8, 0.8, NaN, NaN].map((v) => stepOverlay(memory, v, terms));
    expect(scales).toEqual([1, 1.5, 1.5, 0.25, 0.25, 1, 1]);
  });
});
