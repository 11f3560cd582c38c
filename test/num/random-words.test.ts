import { expect, it } from "vitest";
import { bits, key } from "#core";
import { randomWords } from "#num";

it("random words are the bits of core, from any block, for lengths that grow and shrink", () => {
  for (const [n, from] of [
    [5, 0],
    [64, 3],
    [1000, 2 ** 20],
    [16, 7],
  ] as const) {
    const source = key(n).fold("words");
    expect([...randomWords(source, n, from)]).toEqual([...bits(source, n, from)]);
  }
});
