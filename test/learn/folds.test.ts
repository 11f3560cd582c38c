import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { key } from "#core";
import {
  type Model,
  combinatorialPurged,
  cutTail,
  defineModel,
  eachSeed,
  forecast,
  lastSteps,
  samples,
  selectInside,
  walkForward,
  windows,
} from "#learn";
import { VolterraError } from "#core";
import { z } from "zod";
import ridge from "../../catalog/models/ridge.ts";
import { NUMBER, madeTable, weekdays } from "./made-rows.ts";

/** A calendar of `n` sessions with holidays, each with one to three rows. */
const calendars = fc
  .tuple(
    fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 30, maxLength: 160 }),
    fc.integer({ min: 1, max: 3 }),
  )
  .map(([gaps, rows]) => {
    let day = 14_000;
    return Int32Array.from(
      gaps.flatMap((gap) =>
        Array.from({ length: rows }, () => day).map((d, i, all) =>
          i === all.length - 1 ? ((day += gap), d) : d,
        ),
      ),
    );
  });

const dayIndex = (times: Int32Array) => {
  const days = [...new Set(times)].toSorted((a, b) => a - b);
  const numbers = new Map(days.map((day, i) => [day, i]));
  return (row: number) => numbers.get(times[row]!)!;
};

/** Whether the label of training day `a` (a, a + h] and that of test day `b` (b, b + h] share a session. */
const overlap = (a: number, b: number, h: number) => a < b + h && b < a + h;

describe("walk-forward folds", () => {
  const plans = fc.record({
    kind: fc.constantFrom("expanding" as const, "rolling" as const),
    train: fc.integer({ min: 1, max: 12 }),
    test: fc.integer({ min: 1, max: 9 }),
    horizon: fc.integer({ min: 0, max: 6 }),
    embargo: fc.integer({ min: 0, max: 4 }),
  });

  it("train only on days whose labels end before the test, and test each day once", () => {
    fc.assert(
      fc.property(calendars, plans, (times, plan) => {
        const index = dayIndex(times);
        const days = new Set(times).size;
        const folds = walkForward(times, plan);
        const tested = folds.flatMap(({ test }) => Array.from(test));
        expect(new Set(tested).size).toBe(tested.length);
        const first = plan.train + plan.horizon + plan.embargo;
        expect(new Set(tested.map(index)).size).toBe(days - first);
        for (const { train, test } of folds) {
          const last = Math.max(...Array.from(train, index));
          const begin = Math.min(...Array.from(test, index));
          // Known before the first test day begins, the embargo on top.
          expect(last + plan.horizon + plan.embargo).toBeLessThan(begin);
          expect(new Set(Array.from(test, index)).size).toBeLessThanOrEqual(plan.test);
          if (plan.kind === "rolling")
            expect(new Set(Array.from(train, index)).size).toBe(plan.train);
          else expect(Math.min(...Array.from(train, index))).toBe(0);
        }
      }),
      { numRuns: 80 },
    );
  });

  it("begin no earlier than asked", () => {
    const times = weekdays(300);
    const from = times[200]!;
    const folds = walkForward(times, { kind: "expanding", train: 50, test: 40, horizon: 5, from });
    expect(times[folds[0]!.test[0]!]).toBe(from);
    expect(folds.map(({ test }) => test.length)).toEqual([40, 40, 20]);
  });

  it("refuse a window that is too short, with its days", () => {
    const plan = { kind: "rolling", train: 50, test: 10, horizon: 5 } as const;
    expect(() => walkForward(weekdays(55), plan)).toThrow(
      /55 days \(2010-01-04 to 2010-03-19\) are too few/,
    );
    expect(() => walkForward(weekdays(300), { ...plan, test: 0 })).toThrow(RangeError);
  });
});

/** Number of ways to choose `k` of `n`. */
function choose(n: number, k: number): number {
  return k === 0 ? 1 : (n * choose(n - 1, k - 1)) / k;
}

describe("combinatorial purged folds", () => {
  it("purge and embargo on both sides of every test, and make whole paths", () => {
    const plans = fc.record({
      groups: fc.integer({ min: 2, max: 6 }),
      testGroups: fc.integer({ min: 1, max: 3 }),
      horizon: fc.integer({ min: 0, max: 4 }),
      embargo: fc.integer({ min: 0, max: 3 }),
    });
    fc.assert(
      fc.property(calendars, plans, (times, plan) => {
        fc.pre(plan.testGroups < plan.groups);
        const index = dayIndex(times);
        const { folds, paths, groupOf } = combinatorialPurged(times, plan);
        const h = plan.horizon;
        const clash = (a: number, b: number) =>
          a === b || overlap(a, b, h) || (a > b && a - b <= h + plan.embargo);
        for (const { train, test } of folds) {
          const tested = [...new Set(Array.from(test, index))];
          const trained = [...new Set(Array.from(train, index))];
          expect(trained.filter((a) => tested.some((b) => clash(a, b)))).toEqual([]);
        }
        expect(folds.length).toBe(choose(plan.groups, plan.testGroups));
        expect(paths.length).toBe(choose(plan.groups - 1, plan.testGroups - 1));
        for (const path of paths) {
          const rows = path.flatMap((fold, group) =>
            Array.from(folds[fold]!.test).filter((row) => groupOf[row] === group),
          );
          expect(rows.toSorted((a, b) => a - b)).toEqual(Array.from(times, (_, row) => row));
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe("forecast", () => {
  const rows = madeTable({ n: 120, names: ["a", "b"], task: NUMBER, key: key(31), horizon: 5 });
  const folds = walkForward(rows.times, { kind: "expanding", train: 40, test: 20, horizon: 5 });

  it("is out of sample only: what happens from a fold's test on changes nothing before", async () => {
    const values = (await forecast(ridge, rows, folds, { key: key(1) })).values;
    const tested = new Set(folds.flatMap(({ test }) => Array.from(test)));
    values.forEach((value, row) => expect(Number.isNaN(value)).toBe(!tested.has(row)));
    const cut = folds[2]!.test[0]!;
    const poisoned = samples({
      ...rows,
      features: rows.features.map((x, at) => (at >= 2 * cut ? 100 * x : x)),
      // Targets reach five days ahead: those from cut − 5 on are of the future too.
      target: rows.target.map((y, row) => (row >= cut - 5 ? -y : y)),
    });
    const after = (await forecast(ridge, poisoned, folds, { key: key(1) })).values;
    expect(after.subarray(0, cut)).toEqual(values.subarray(0, cut));
    expect(after.subarray(cut, cut + 20)).not.toEqual(values.subarray(cut, cut + 20));
  });

  it("names the fold whose rows are bad and refuses to test a row twice", async () => {
    const holed = samples({ ...rows, features: rows.features.with(130, NaN) });
    await expect(forecast(ridge, holed, folds, { key: key(1) })).rejects.toThrow(
      /fold 1 \(test from 2010-04-\d\d\): feature "a" is NaN in row 0 \(2010-04-\d\d\)/,
    );
    await expect(forecast(ridge, rows, [folds[0]!, folds[0]!], { key: key(1) })).rejects.toThrow(
      RangeError,
    );
  });

  it("keeps a diverging seed as a failure", async () => {
    const results = await eachSeed([1, 2, 3], async (seed) => {
      if (seed === 2) throw new VolterraError("MODEL", "diverged");
      return seed;
    });
    expect(results.map(({ result }) => result)).toEqual([1, undefined, 3]);
    expect(results[1]!.failure!.message).toBe("diverged");
    await expect(eachSeed([1], () => Promise.reject(new RangeError("a bug")))).rejects.toThrow(
      "a bug",
    );
  });

  it("passes the model of the fold before where it starts warm", async () => {
    const starts: (string | undefined)[] = [];
    const spy: Model = defineModel({
      name: "spy",
      describe: "",
      tasks: ["number"],
      input: "table",
      params: z.strictObject({}),
      train(_, __, ___, { start }) {
        starts.push(start?.model);
        return {
          predict: ({ times }) => new Float64Array(times.length),
          state: () => new Uint8Array(),
        };
      },
      restore: () => ({ predict: () => new Float64Array(), state: () => new Uint8Array() }),
    });
    await forecast(spy, rows, folds, { key: key(1), warmStart: true });
    expect(starts).toEqual([undefined, "spy", "spy", "spy"]);
  });
});

describe("selection inside training", () => {
  it("finds the penalty that is best on held-out inner days and sees no other rows", async () => {
    const rows = madeTable({ n: 200, names: ["a", "b", "c"], task: NUMBER, key: key(6) });
    const seen = new Set<number>();
    const { best, losses } = await selectInside(rows, [1e6, 1], {
      inner: (times) => walkForward(times, { kind: "expanding", train: 80, test: 40, horizon: 1 }),
      async loss(l2, train, held) {
        const fitted = await ridge.fit(train, { l2 }, key(1));
        for (const day of held.times) seen.add(day);
        const { values } = fitted.predict(held);
        return values.reduce((sum, value, row) => sum + (value - held.target[row]!) ** 2, 0);
      },
    });
    expect(best).toBe(1);
    expect(losses).toHaveLength(2);
    expect(losses[0]).toHaveLength(3);
    expect(Array.from(seen).every((day) => rows.times.includes(day))).toBe(true);
  });

  it("holds out a tail whose targets the head does not know", () => {
    const rows = madeTable({ n: 100, names: ["a"], task: NUMBER, key: key(6), horizon: 5 });
    const { head, tail } = cutTail(rows, 0.2);
    expect(tail.times.length).toBe(20);
    expect(head.times.length).toBe(75);
    expect(() => cutTail(rows, 0.99)).toThrow(/leave none/);
  });
});

describe("windows", () => {
  it("end with their decision day and reach back before a fold", () => {
    const table = madeTable({ n: 50, names: ["a", "b"], task: NUMBER, key: key(6) });
    const rows = windows(table, 4);
    expect(rows.times).toEqual(table.times.subarray(3));
    expect(rows.target).toEqual(table.target.subarray(3));
    rows.times.forEach((_, i) => {
      expect(rows.features.subarray(8 * i, 8 * i + 8)).toEqual(
        table.features.subarray(2 * i, 2 * i + 8),
      );
    });
    expect(lastSteps(rows).features).toEqual(table.features.subarray(6));
    const { test } = walkForward(rows.times, {
      kind: "expanding",
      train: 20,
      test: 10,
      horizon: 1,
    })[0]!;
    const first = test[0]!;
    // The first test day's window begins three days before the test.
    expect(rows.features.subarray(8 * first, 8 * first + 2)).toEqual(
      table.features.subarray(2 * first, 2 * first + 2),
    );
  });

  it("never join two assets", () => {
    const table = madeTable({ n: 10, names: ["a"], task: NUMBER, key: key(6) });
    const groups = Int32Array.of(0, 0, 0, 0, 0, 1, 1, 1, 1, 1);
    const times = Int32Array.of(1, 2, 3, 4, 5, 1, 2, 3, 4, 5);
    const rows = windows(samples({ ...table, groups, times }), 3);
    expect(Array.from(rows.groups!)).toEqual([0, 0, 0, 1, 1, 1]);
    expect(() => windows(samples({ ...table, times }), 3)).toThrow(/days do not increase/);
  });
});
