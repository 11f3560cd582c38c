import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bits, integers, key, threefry, uniforms } from "#core";

function block(counter: readonly number[], words: readonly number[]): string[] {
  const out = new Uint32Array(4);
  threefry(counter, words, out);
  return [...out].map((word) => word.toString(16).padStart(8, "0"));
}

describe("threefry4x32-20", () => {
  // The `kat_vectors` file of the Random123 distribution (Salmon et al.), threefry4x32 with 20 rounds.
  it.each([
    [[0, 0, 0, 0], [0, 0, 0, 0], "9c6ca96a e17eae66 fc10ecd4 5256a7d8"],
    [Array(4).fill(0xffffffff), Array(4).fill(0xffffffff), "2a881696 57012287 f6c7446e a16a6732"],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0, 0x082efa98, 0xec4e6c89],
      "59cd1dbb b8879579 86b5d00c ac8b6d84",
    ],
  ])("gives the known answers of Random123", (counter, words, expected) => {
    expect(block(counter, words).join(" ")).toBe(expected);
  });
});

describe("a key", () => {
  it("gives the same draws for the same purpose whatever was drawn before", () => {
    const root = key(7);
    const first = uniforms(root.fold("lstm", 3), 5);
    uniforms(root.fold("other"), 100);
    expect(uniforms(key(7).fold("lstm", 3), 5)).toEqual(first);
  });

  it("differs by seed, by purpose, by order and by type of its parts", () => {
    const keys = [
      key(7),
      key(8),
      key(2 ** 32 + 7),
      key(7).fold("a"),
      key(7).fold("b"),
      key(7).fold("a", "b"),
      key(7).fold("b", "a"),
      key(7).fold("ab"),
      key(7).fold(1),
      key(7).fold("1"),
      key(7).fold("n1"),
    ];
    expect(new Set(keys.map((one) => one.words.join())).size).toBe(keys.length);
  });

  it("folds parts one by one", () => {
    expect(key(1).fold("a", 2).words).toEqual(key(1).fold("a").fold(2).words);
  });

  it.each([-1, 0.5, NaN, 2 ** 53])("refuses the seed %s", (seed) => {
    expect(() => key(seed)).toThrow(RangeError);
  });
});

describe("draws", () => {
  it("continue a stream: the blocks from k on are the tail of the blocks from 0 on", () => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.nat(20), (seed, blocks) => {
        const whole = bits(key(seed), 4 * blocks + 8);
        expect(bits(key(seed), 8, blocks)).toEqual(whole.subarray(4 * blocks));
      }),
    );
  });

  it("are uniform in the open interval: mean, variance and 20 equal bins (χ², 19 degrees)", () => {
    const n = 200_000;
    const draws = uniforms(key(1), n);
    const bins = new Float64Array(20);
    let sum = 0;
    let squares = 0;
    expect(draws.every((u) => u > 0 && u < 1)).toBe(true);
    for (const u of draws) {
      bins[Math.floor(u * 20)]! += 1;
      sum += u;
      squares += (u - 0.5) ** 2;
    }
    const chi2 = bins.reduce((total, count) => total + (count - n / 20) ** 2 / (n / 20), 0);
    // Within 4 standard errors; χ²(19) exceeds 43.82 with probability 0.001.
    expect(Math.abs(sum / n - 0.5)).toBeLessThan(4 * Math.sqrt(1 / 12 / n));
    expect(Math.abs(squares / n - 1 / 12)).toBeLessThan(4 * Math.sqrt(1 / 180 / n));
    expect(chi2).toBeLessThan(43.82);
  });

  it("are integers below their bound, each equally often", () => {
    const counts = new Float64Array(6);
    for (const face of integers(key(3), 60_000, 6)) counts[face]! += 1;
    const chi2 = counts.reduce((total, count) => total + (count - 1e4) ** 2 / 1e4, 0);
    expect(chi2).toBeLessThan(20.52); // χ²(5) at 0.001
  });
});
