import { describe, expect, it } from "vitest";
import { foldGate, GATE, gateTarget, stepGate, validateGate } from "#features";

const limits = { open: 0.2, closed: -0.3, hysteresis: 0.1, dwell: 2 };

describe("the regime gate", () => {
  it.each([
    [GATE.OPEN, 0.1, GATE.OPEN],
    [GATE.OPEN, 0.099, GATE.REDUCE],
    [GATE.OPEN, -0.3, GATE.REDUCE],
    [GATE.OPEN, -0.301, GATE.CLOSED],
    [GATE.REDUCE, 0.199, GATE.REDUCE],
    [GATE.REDUCE, 0.2, GATE.OPEN],
    [GATE.REDUCE, -0.3, GATE.REDUCE],
    [GATE.REDUCE, -0.301, GATE.CLOSED],
    [GATE.CLOSED, -0.201, GATE.CLOSED],
    [GATE.CLOSED, -0.2, GATE.REDUCE],
    [GATE.CLOSED, 0.2, GATE.OPEN],
  ])("from %d at score %d goes to %d", (state, score, target) => {
    // −0.3 + 0.1 is a hair above −0.2 in binary: compare at the machine's own sum.
    const exact = score === -0.2 ? limits.closed + limits.hysteresis : score;
    expect(gateTarget(state, exact, limits)).toBe(target);
  });

  it("takes a change only after its dwell, then counts from one", () => {
    const { state, days } = foldGate(Float64Array.of(-1, -1, -1, 1, 1, 1), limits);
    expect([...state]).toEqual([2, 2, 0, 0, 2, 2]);
    expect([...days]).toEqual([1, 2, 1, 2, 1, 2]);
  });

  it("begins OPEN on the first day with a score and keeps its state while one is missing", () => {
    const { state } = foldGate(Float64Array.of(NaN, 0, NaN, NaN, -1), limits);
    expect([...state]).toEqual([NaN, 2, 2, 2, 0]);
  });

  it("is a fold: stopping and going on changes nothing", () => {
    const scores = Float64Array.from({ length: 200 }, (_, t) => Math.sin(t / 7) * Math.cos(t / 3));
    const whole = foldGate(scores, limits);
    let memory = { state: whole.state[99]!, days: whole.days[99]! };
    for (let t = 100; t < 200; t++) {
      memory = stepGate(memory, scores[t]!, limits);
      expect(memory).toEqual({ state: whole.state[t], days: whole.days[t] });
    }
  });
});

describe("gate validation", () => {
  it("counts detection, false alarms, spells and flip-flops", () => {
    const states = Float64Array.of(2, 2, 2, 0, 0, 2, 2, 1, 1, 1);
    const crisis = Uint8Array.of(0, 0, 0, 1, 1, 1, 0, 0, 0, 0);
    const v = validateGate(states, crisis);
    expect(v.open).toBeCloseTo(0.5, 12);
    expect(v.crisisDetected).toBeCloseTo(2 / 3, 12);
    expect(v.falsePositives).toBeCloseTo(3 / 7, 12);
    expect(v.meanSpell).toBeCloseTo(10 / 4, 12);
    expect(v.flipFlops).toBeCloseTo(2 / 3, 12);
  });

  it("says NaN, not zero, where nothing was seen", () => {
    const v = validateGate(new Float64Array(0), new Uint8Array(0));
    expect(v.crisisDetected).toBeNaN();
    expect(v.sessions).toBe(0);
  });
});
