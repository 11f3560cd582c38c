import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bits, key } from "#core";
import { compileKernels } from "../../src/num/kernels/compile.ts";
import { type Kernels, packedIndex, padded } from "../../src/num/kernels/kernels.ts";
import { instantiate } from "../../src/num/kernels/load.ts";
import { createArena } from "../../src/num/kernels/memory.ts";
import { referenceKernels } from "../../src/num/kernels/reference.ts";
import { differences } from "../../src/num/kernels/self-check.ts";
import { normals } from "../../src/num/normal.ts";
import { erf } from "../../src/num/elementary.ts";

const arena = createArena(32);
const kernels = instantiate(compileKernels().module, arena.memory);
const reference = referenceKernels(arena.memory);

/** Numbers from a small generator of the test's own. */
function numbers(n: number, seed: number): Float32Array {
  return Float32Array.from(bits(key(seed), n), (word) => word / 2 ** 31 - 1);
}

function put(values: ArrayLike<number>): number {
  const at = arena.reserve(4 * values.length);
  arena.f32(at, values.length).set(values);
  return at;
}

describe("compiled kernels and their scalar references", () => {
  it("agree to the bit on inputs that reach every branch", () => {
    expect(differences(arena, kernels, reference)).toEqual([]);
  });

  it("cover every kernel", () => {
    expect(Object.keys(reference).toSorted()).toEqual(
      Object.keys(kernels)
        .filter((name) => name !== "memory")
        .toSorted(),
    );
    for (const name of Object.keys(reference) as (keyof Kernels)[]) {
      const broken: Kernels = { ...reference, [name]: () => NaN };
      expect(differences(arena, broken, reference, name)).toEqual([name]);
    }
  });

  it("the build without paired operations gives the same bytes", () => {
    const plain = instantiate(compileKernels(false).module, arena.memory);
    expect(compileKernels(false).revectorized).toBe(false);
    expect(differences(arena, plain, kernels)).toEqual([]);
  });

  it("agree on products of any shape", () => {
    const sides = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(sides, sides, sides, (m, columns, k) => {
        const n = padded(columns);
        const a = put(numbers(m * k, m));
        const b = put(numbers(k * n, n));
        const c = put(numbers(m * n, k));
        const weights = arena.f32(b, k * n).slice();
        const before = arena.f32(c, m * n).slice();
        const results = [kernels, reference].map((set) => {
          arena.f32(b, k * n).set(weights);
          arena.f32(c, m * n).set(before);
          set.matmulAccumulate(m, n, k, a, 4 * k, b, c, 4 * n, 0);
          set.matmulTransposed(m, n, k, a, 4 * k, c, 4 * n, b);
          return { c: arena.f32(c, m * n).slice(), b: arena.f32(b, k * n).slice() };
        });
        expect(results[0]).toEqual(results[1]);
      }),
      { numRuns: 40 },
    );
  });
});

describe("what the kernels compute", () => {
  it("a product is the product", () => {
    const [m, n, k] = [7, 24, 5];
    const left = numbers(m * k, 1);
    const right = numbers(k * n, 2);
    const packed = new Float32Array(k * n);
    for (let i = 0; i < k; i++) {
      for (let j = 0; j < n; j++) packed[packedIndex(k, n, i, j)] = right[i * n + j]!;
    }
    const bias = numbers(n, 3);
    const [a, b, c, extra] = [put(left), put(packed), put(new Float32Array(m * n)), put(bias)];
    kernels.matmulBiasRelu(m, n, k, a, 4 * k, b, c, 4 * n, extra);
    const out = arena.f32(c, m * n);
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = bias[j]!;
        for (let q = 0; q < k; q++) sum += left[i * k + q]! * right[q * n + j]!;
        expect(out[i * n + j]).toBeCloseTo(Math.max(0, sum), 6);
      }
    }
  });

  const spread = Float32Array.from({ length: 4096 }, (_, i) => (i - 2048) / 200);
  const positive = spread.map((x) => Math.fround(Math.exp(3 * x)));
  const table: [keyof Kernels, Float32Array, (x: number) => number, number][] = [
    ["expMany", spread.map((x) => 8 * x), Math.exp, 2],
    ["logMany", positive, Math.log, 2],
    ["erfMany", spread, erf, 6],
    ["geluMany", spread.filter((x) => x > 0), (x) => 0.5 * x * (1 + erf(x / Math.SQRT2)), 6],
  ];
  it.each(table)(
    "%s is near the true function, in units in the last place",
    (name, x, f, limit) => {
      const n = x.length & ~7;
      const [from, to] = [put(x), put(x)];
      (kernels[name] as (n: number, x: number, y: number) => void)(n, from, to);
      const y = arena.f32(to, n);
      let worst = 0;
      for (let i = 0; i < n; i++) {
        const truth = f(x[i]!);
        if (truth === 0) continue;
        const ulp = 2 ** (Math.max(Math.floor(Math.log2(Math.abs(truth))), -126) - 23);
        worst = Math.max(worst, Math.abs(y[i]! - truth) / ulp);
      }
      expect(worst).toBeLessThanOrEqual(limit);
    },
  );

  it("squash is tanh and the logistic function, near the true ones", () => {
    const n = spread.length & ~7;
    const [from, to] = [put(spread), put(spread)];
    const worst = (truth: (x: number) => number): number => {
      const y = arena.f32(to, n);
      return Math.max(
        ...spread.subarray(0, n).map((x, i) => {
          const wanted = truth(x);
          const ulp = 2 ** (Math.floor(Math.log2(Math.abs(wanted))) - 23);
          return wanted === 0 ? 0 : Math.abs(y[i]! - wanted) / ulp;
        }),
      );
    };
    kernels.squash(n, from, to, 1, 1, 0);
    expect(worst(Math.tanh)).toBeLessThanOrEqual(4);
    kernels.squash(n, from, to, 0.5, 0.5, 0.5);
    const error = arena.f32(to, n).map((y, i) => Math.abs(y - 1 / (1 + Math.exp(-spread[i]!))));
    // Absolute: the lower tail is one half less one half.
    expect(Math.max(...error)).toBeLessThan(2e-7);
  });

  it("exp and log at their edges", () => {
    const x = [200, -200, -Infinity, Infinity, NaN, 0, -1, 1e-42];
    const [from, to] = [put(x), put(x)];
    kernels.expMany(8, from, to);
    expect([...arena.f32(to, 6)]).toEqual([Infinity, 0, 0, Infinity, NaN, 1]);
    kernels.logMany(8, from, to);
    const y = arena.f32(to, 8);
    expect([...y.subarray(2, 7)]).toEqual([NaN, Infinity, NaN, -Infinity, NaN]);
    expect(y[7]).toBeCloseTo(Math.log(Math.fround(1e-42)), 4);
  });

  it("random bits and normal numbers are those of the keys", () => {
    const source = key(7).fold("paths");
    const words = arena.reserve(16);
    arena.u32(words, 4).set(source.words);
    const out = arena.reserve(8 * 4096);
    kernels.randomBits(64, words, 0, out);
    expect([...arena.u32(out, 64)]).toEqual([...bits(source, 64)]);
    kernels.normals(4096, words, 0, out);
    expect(arena.f64(out, 4096)).toEqual(normals(source, 4096));
    kernels.normals(16, words, 1024, out);
    expect(arena.f64(out, 16)).toEqual(normals(source, 1040).subarray(1024));
  });

  it("dropout keeps the stated share and scales what it keeps", () => {
    const words = arena.reserve(16);
    arena.u32(words, 4).set(key(3).words);
    const [rows, n] = [200, 64];
    const x = put(new Float32Array(rows * n).fill(1));
    const y = arena.reserve(4 * rows * n);
    kernels.dropout(rows, n, words, 0, 0, Math.round(0.3 * 2 ** 32), 1 / 0.7, x, y);
    const kept = arena.f32(y, rows * n).filter((v) => v > 0);
    expect(new Set(kept)).toEqual(new Set([Math.fround(1 / 0.7)]));
    // Four standard deviations of a binomial share.
    expect(Math.abs(kept.length / (rows * n) - 0.7)).toBeLessThan(
      4 * Math.sqrt((0.3 * 0.7) / (rows * n)),
    );
    // The same rows in another shard are dropped alike.
    const part = arena.reserve(4 * 10 * n);
    kernels.dropout(10, n, words, 50, 0, Math.round(0.3 * 2 ** 32), 1 / 0.7, x, part);
    expect(arena.f32(part, 10 * n)).toEqual(arena.f32(y + 4 * 50 * n, 10 * n));
  });
});
