import { describe, expect, it } from "vitest";
import { canonical, contentHash, sha256 } from "#core";

describe("canonical JSON", () => {
  it("does not depend on the order of keys", () => {
    expect(canonical({ b: 1, a: { d: [1, "x"], c: null } })).toBe(
      '{"a":{"c":null,"d":[1,"x"]},"b":1}',
    );
    expect(contentHash({ a: 1, b: 2 })).toBe(contentHash({ b: 2, a: 1 }));
  });

  it("writes what is no number as null and leaves out what is undefined", () => {
    expect(canonical([NaN, Infinity, -Infinity, undefined, 0.1])).toBe("[null,null,null,null,0.1]");
    expect(canonical({ a: undefined, b: 1 })).toBe('{"b":1}');
  });

  it("writes typed arrays as arrays", () => {
    expect(canonical(Float64Array.of(1, NaN))).toBe("[1,null]");
  });

  it("tells numbers from text", () => {
    expect(contentHash({ a: 1 })).not.toBe(contentHash({ a: "1" }));
  });
});

describe("SHA-256", () => {
  it("gives the answer of FIPS 180-2 for 'abc', in pieces too", () => {
    const expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    expect(sha256("abc")).toBe(expected);
    expect(sha256("a", Uint8Array.of(98), "c")).toBe(expected);
  });
});
