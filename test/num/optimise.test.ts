import { describe, expect, it } from "vitest";
import { type Minimum, type Objective, minimise, searchSimplex } from "#num";

const rosenbrock: Objective = (x) =>
  x.reduce(
    (sum, v, i) => (i === 0 ? sum : sum + 100 * (v - x[i - 1]! ** 2) ** 2 + (1 - x[i - 1]!) ** 2),
    0,
  );
/** A bowl a million times steeper along one axis, turned by 45°. */
const narrow: Objective = ([a, b]) => 1e6 * (a! - b! - 1) ** 2 + (a! + b! - 3) ** 2;

function near(found: Minimum, at: readonly number[], tolerance: number): void {
  expect(found.converged).toBe(true);
  expect(Math.max(...at.map((v, i) => Math.abs(found.x[i]! - v)))).toBeLessThan(tolerance);
}

describe("minimise", () => {
  it("finds the floor of Rosenbrock's valley in two and six dimensions", () => {
    near(minimise(rosenbrock, [-1.2, 1], { tolerance: 1e-14 }), [1, 1], 1e-5);
    near(
      minimise(rosenbrock, [-1, 1, -1, 1, 0.5, 0.3], { tolerance: 1e-14 }),
      [1, 1, 1, 1, 1, 1],
      1e-4,
    );
  });

  it("finds the floor of a narrow bowl, and stays inside a domain", () => {
    near(minimise(narrow, [30, -20], { tolerance: 1e-14 }), [2, 1], 1e-4);
    near(
      minimise(([x]) => x! - Math.log(x!), [8]),
      [1],
      1e-5,
    );
  });

  it("says when it ran out of evaluations, and refuses a start outside the domain", () => {
    expect(minimise(rosenbrock, [-1.2, 1], { evaluations: 30 }).converged).toBe(false);
    expect(() => minimise(([x]) => Math.log(x!), [-1])).toThrow(RangeError);
  });
});

describe("searchSimplex", () => {
  it("finds smooth and kinked floors", () => {
    near(searchSimplex(rosenbrock, [-1.2, 1]), [1, 1], 1e-5);
    near(
      searchSimplex(([a, b]) => Math.abs(a! - 3) + 2 * Math.abs(b! + 1), [0, 0]),
      [3, -1],
      1e-5,
    );
    near(
      searchSimplex(([x]) => x! - Math.log(x!), [8]),
      [1],
      1e-5,
    );
  });

  it("says when it ran out of evaluations, and refuses a start outside the domain", () => {
    expect(searchSimplex(rosenbrock, [-1.2, 1], { evaluations: 20 }).converged).toBe(false);
    expect(() => searchSimplex(() => NaN, [1])).toThrow(RangeError);
  });
});
