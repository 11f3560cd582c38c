import { describe, expect, it } from "vitest";
import { key } from "#core";
import { LANES, normals, withWeights } from "#num";

describe("weighted sums", () => {
  const n = 53;
  const rows = Array.from({ length: 6 }, (_, i) => normals(key(i), n));
  const pairs = [0, 2, 4].map((i) => [rows[i]!, rows[i + 1]!] as const);
  const weights = [normals(key(7), LANES * n), normals(key(8), LANES * n)];

  function run(): number[] {
    return withWeights({ n, blocks: 2 }, pairs, ({ blocks, sums }) => {
      blocks.forEach((block, b) => block.set(weights[b]!));
      return pairs.flatMap((_, pair) => [0, 1].flatMap((block) => [...sums(pair, block)]));
    });
  }

  it("have the bits of a plain loop for every pair, block and lane", () => {
    const plain = pairs.flatMap((pair) =>
      weights.flatMap((block) =>
        pair.flatMap((row) =>
          Array.from({ length: LANES }, (_, lane) =>
            row.reduce((total, value, t) => total + value * block[LANES * t + lane]!, 0),
          ),
        ),
      ),
    );
    expect(run()).toEqual(plain);
  });

  it("begin with weights of zero, whatever was there before", () => {
    run();
    withWeights({ n, blocks: 2 }, pairs, ({ sums }) => {
      expect([...sums(1, 1)].every((total) => total === 0)).toBe(true);
    });
  });

  it("give the memory back when the work fails", () => {
    // 256 MB each, of an engine that has 1 GB.
    for (let i = 0; i < 5; i++) {
      expect(() =>
        withWeights({ n: 1_000_000, blocks: 4 }, [], () => {
          throw new Error("no");
        }),
      ).toThrow("no");
    }
    expect(run()).toHaveLength(6 * 2 * LANES);
  });
});
