import fc from "fast-check";
import { constantMaturity30, constantMaturity30Clamped, type CurveFront } from "#market";
import { describe, expect, it } from "vitest";

const price = fc.double({ min: 9, max: 90, noNaN: true });

/** Fronts as the expiry rule makes them: contracts 28 or 35 days apart, the first 1 … 35 days ahead. */
const front = fc.record({
  f1: price,
  f2: price,
  f3: price,
  spot: price,
  dte1: fc.integer({ min: 1, max: 35 }),
  gap2: fc.constantFrom(27, 28, 29, 35),
  gap3: fc.constantFrom(27, 28, 29, 35),
});

function curveOf({
  gap2,
  gap3,
  ...rest
}: typeof front extends fc.Arbitrary<infer T> ? T : never): CurveFront {
  return { ...rest, dte2: rest.dte1 + gap2, dte3: rest.dte1 + gap2 + gap3 };
}

const curves = front.map(curveOf);

describe("constant maturity of 30 days", () => {
  it("is exact on a straight curve through spot, whatever pair encloses 30 days", () => {
    fc.assert(
      fc.property(curves, fc.double({ min: -0.2, max: 0.2, noNaN: true }), (curve, slope) => {
        const at = (days: number) => 20 + slope * days;
        const { dte1, dte2, dte3 } = curve;
        const straight = { ...curve, spot: 20, f1: at(dte1), f2: at(dte2), f3: at(dte3) };
        expect(constantMaturity30(straight).value).toBeCloseTo(at(30), 10);
      }),
    );
  });

  it("lies between the two points it names, and they enclose 30 days", () => {
    fc.assert(
      fc.property(curves, (curve) => {
        const { value, bracket } = constantMaturity30(curve);
        const points = {
          "spot-f1": [curve.spot, curve.f1, 0, curve.dte1],
          "f1-f2": [curve.f1, curve.f2, curve.dte1, curve.dte2],
          "f2-f3": [curve.f2, curve.f3, curve.dte2, curve.dte3],
          none: [NaN, NaN, NaN, NaN],
        } as const;
        const [low, high, near, far] = points[bracket];
        expect(near <= 30 && far >= 30).toBe(true);
        expect(value).toBeGreaterThanOrEqual(Math.min(low, high) - 1e-12);
        expect(value).toBeLessThanOrEqual(Math.max(low, high) + 1e-12);
      }),
    );
  });

  it("equals the clamped formula exactly where F1 and F2 enclose 30 days", () => {
    fc.assert(
      fc.property(curves, (curve) => {
        const clamped = constantMaturity30Clamped(curve);
        if (curve.dte1 <= 30 && curve.dte2 >= 30) {
          expect(constantMaturity30(curve).value).toBe(clamped);
        } else expect(clamped).toBe(curve.dte1 > 30 ? curve.f1 : curve.f2);
      }),
    );
  });

  it("meets at the edges: at 30 days it is the contract itself", () => {
    const curve = { f1: 15, f2: 17, f3: 18, spot: 13 };
    expect(constantMaturity30({ ...curve, dte1: 30, dte2: 58, dte3: 93 })).toEqual({
      value: 15,
      bracket: "f1-f2",
    });
    expect(constantMaturity30({ ...curve, dte1: 2, dte2: 30, dte3: 65 }).value).toBe(17);
  });

  it("does by hand: 33 days from spot 12 and F1 15; 1, 29 and 57 days", () => {
    const far = { f1: 15, f2: 17, f3: 18, spot: 12, dte1: 33, dte2: 61, dte3: 96 };
    expect(constantMaturity30(far)).toEqual({
      value: expect.closeTo(12 + (3 * 30) / 33, 12),
      bracket: "spot-f1",
    });
    const near = { ...far, dte1: 1, dte2: 29, dte3: 57 };
    expect(constantMaturity30(near)).toEqual({
      value: expect.closeTo(17 + 1 / 28, 12),
      bracket: "f2-f3",
    });
  });

  it("is missing where a needed point is, and does not need the others", () => {
    const curve = { f1: 15, f2: 17, f3: NaN, spot: NaN, dte1: 10, dte2: 38, dte3: NaN };
    expect(constantMaturity30(curve).bracket).toBe("f1-f2");
    expect(constantMaturity30({ ...curve, f2: NaN })).toEqual({ value: NaN, bracket: "none" });
    expect(constantMaturity30({ ...curve, dte2: 10 }).bracket).toBe("none");
    expect(constantMaturity30({ ...curve, dte1: 0 }).bracket).toBe("none");
    expect(constantMaturity30({ ...curve, dte1: 1, dte2: 29 }).bracket).toBe("none");
    expect(constantMaturity30Clamped({ ...curve, dte2: 10 })).toBeNaN();
  });
});
