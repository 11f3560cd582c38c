import { describe, expect, it } from "vitest";
import { toNumber } from "#core";
import { type Design, designSamples, takeFeatures } from "#features";

const START = toNumber("2020-01-06");
const sessions = Int32Array.from({ length: 8 }, (_, i) => START + i);

function design(parts: Partial<Design> = {}): Design {
  return {
    features: {
      a: Float64Array.of(NaN, 1, 2, 3, 4, 5, 6, 7),
      b: Float64Array.of(0, 10, 20, 30, NaN, 50, 60, 70),
    },
    target: Float64Array.of(0, 1, 0, 1, 0, 1, 0, NaN),
    task: { kind: "classes", classes: ["no", "yes"] },
    horizon: 1,
    steps: 2,
    sessions,
    ...parts,
  };
}

describe("designSamples", () => {
  it("keeps the sessions on which all features are known over all steps, label or not", () => {
    const rows = designSamples(design(), START, START + 7);
    // Row 1 looks back on row 0, where a is missing; rows 4 and 5 look at row 4, where b is.
    expect(Array.from(rows.times, (day) => day - START)).toEqual([2, 3, 6, 7]);
    expect(Array.from(rows.features.subarray(0, 4))).toEqual([1, 10, 2, 20]);
    expect(Array.from(rows.target)).toEqual([0, 1, 0, NaN]);
  });

  it("looks back before the first day, and not beyond the last", () => {
    const rows = designSamples(design(), START + 6, START + 6);
    expect(Array.from(rows.features)).toEqual([5, 50, 6, 60]);
  });

  it("names the feature known least where no row is left", () => {
    const features = {
      a: new Float64Array(8).fill(1),
      gone: new Float64Array(8).fill(NaN),
    };
    expect(() => designSamples(design({ features }), START, START + 7)).toThrow(
      expect.objectContaining({
        code: "EMPTY_WINDOW",
        hint: expect.stringContaining("gone, never known"),
      }),
    );
  });

  it("takes some features in another order", () => {
    const rows = designSamples(design(), START, START + 7);
    const taken = takeFeatures(rows, ["b"]);
    expect(Array.from(taken.features.subarray(0, 4))).toEqual([10, 20, 20, 30]);
    expect(taken.names).toEqual(["b"]);
    expect(() => takeFeatures(rows, ["c"])).toThrow(RangeError);
  });
});
