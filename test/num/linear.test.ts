import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cholesky, leastSquares, solveLinear } from "#num";
import { golden } from "../quant/golden.ts";

const number = fc.double({ min: -10, max: 10, noNaN: true });
const system = fc.integer({ min: 1, max: 6 }).chain((n) =>
  fc.record({
    n: fc.constant(n),
    matrix: fc
      .array(number, { minLength: n * n, maxLength: n * n })
      .map((m) => Float64Array.from(m)),
    right: fc.array(number, { minLength: n, maxLength: n }).map((m) => Float64Array.from(m)),
  }),
);

function times(matrix: Float64Array, x: Float64Array): Float64Array {
  const n = x.length;
  return Float64Array.from({ length: matrix.length / n }, (_, i) =>
    x.reduce((sum, v, j) => sum + v * matrix[i * n + j]!, 0),
  );
}

describe("solveLinear", () => {
  it("solves diagonally dominant systems", () => {
    fc.assert(
      fc.property(system, ({ n, matrix, right }) => {
        for (let i = 0; i < n; i++) matrix[i * n + i] = 100;
        const back = times(matrix, solveLinear(matrix, right));
        expect(Math.max(...back.map((v, i) => Math.abs(v - right[i]!)))).toBeLessThan(1e-12);
      }),
    );
  });

  it("pivots where the diagonal is zero, and refuses a singular matrix", () => {
    expect([...solveLinear(Float64Array.of(0, 1, 1, 0), Float64Array.of(3, 4))]).toEqual([4, 3]);
    expect(() => solveLinear(Float64Array.of(1, 2, 2, 4), Float64Array.of(1, 1))).toThrow(
      /singular/,
    );
    expect(() => solveLinear(Float64Array.of(1, 2, 2), Float64Array.of(1, 1))).toThrow(/2 × 2/);
  });
});

describe("cholesky", () => {
  it("is the root of a positive definite matrix", () => {
    fc.assert(
      fc.property(system, ({ n, matrix }) => {
        const gram = Float64Array.from({ length: n * n }, (_, at) => {
          const [i, j] = [Math.floor(at / n), at % n];
          let sum = i === j ? 1 : 0;
          for (let k = 0; k < n; k++) sum += matrix[i * n + k]! * matrix[j * n + k]!;
          return sum;
        });
        const root = cholesky(gram, n);
        for (let i = 0; i < n; i++) {
          for (let j = 0; j < n; j++) {
            let sum = 0;
            for (let k = 0; k < n; k++) sum += root[i * n + k]! * root[j * n + k]!;
            expect(Math.abs(sum - gram[i * n + j]!)).toBeLessThan(1e-11);
            if (j > i) expect(root[i * n + j]).toBe(0);
          }
        }
      }),
    );
  });

  it("refuses a matrix that is not positive definite", () => {
    expect(() => cholesky(Float64Array.of(1, 2, 2, 1), 2)).toThrow(/pivot 1/);
  });
});

describe("leastSquares", () => {
  it("agrees with numpy in coefficients, residual variance and (XᵀX)⁻¹", () => {
    const rv = golden.garch.returns.map((r) => r * r);
    const mean = (t: number, n: number) =>
      rv.slice(t - n + 1, t + 1).reduce((a, b) => a + b, 0) / n;
    const rows = Array.from({ length: rv.length - 22 }, (_, i) => i + 21);
    const design = Float64Array.from(rows.flatMap((t) => [1, rv[t]!, mean(t, 5), mean(t, 22)]));
    const fit = leastSquares(
      design,
      Float64Array.from(rows, (t) => rv[t + 1]!),
      4,
    );
    const { coefficients, variance, inverseGram } = golden.har[0]!;
    fit.coefficients.forEach((c, i) => expect(c).toBeCloseTo(coefficients[i]!, 10));
    expect(fit.variance / variance).toBeCloseTo(1, 10);
    fit.inverseGram.forEach((v, i) => expect(Math.abs(v / inverseGram[i]! - 1)).toBeLessThan(1e-9));
  });

  it("leaves residuals at right angles to every column, however differently scaled", () => {
    const design = Float64Array.from({ length: 60 }, (_, at) =>
      at % 3 === 0 ? 1 : Math.sin(at * at) * (at % 3 === 1 ? 1e6 : 1e-6),
    );
    const target = Float64Array.from({ length: 20 }, (_, i) => Math.cos(3 * i));
    const { residuals } = leastSquares(design, target, 3);
    for (let j = 0; j < 3; j++) {
      const column = residuals.map((_, i) => design[i * 3 + j]!);
      const dot = column.reduce((sum, v, i) => sum + v * residuals[i]!, 0);
      expect(Math.abs(dot) / Math.hypot(...column)).toBeLessThan(1e-13);
    }
  });

  it("refuses dependent columns, missing values and wrong sizes", () => {
    const twice = Float64Array.from(
      { length: 20 },
      (_, at) => (at % 2 ? 2 : 1) * (1 + Math.floor(at / 2) / 3),
    );
    expect(() => leastSquares(twice, new Float64Array(10), 2)).toThrow(/column 1/);
    expect(() => leastSquares(Float64Array.of(1, NaN, 2), Float64Array.of(1, 2, 3), 1)).toThrow(
      /column 0/,
    );
    expect(() => leastSquares(Float64Array.of(1, 2), Float64Array.of(1), 2)).toThrow(RangeError);
  });
});
