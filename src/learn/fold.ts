import { VolterraError, toDay } from "#core";

/** Rows to train on and rows to test on; no label of a training row reaches into the test. */
export interface Fold {
  readonly index: number;
  /** Row numbers, increasing. */
  readonly train: Int32Array;
  readonly test: Int32Array;
}

export interface WalkForward {
  /** `expanding` trains on all days before the test, `rolling` on the last `train` of them. */
  readonly kind: "expanding" | "rolling";
  /** Days of the first training window, and of every one where it rolls. */
  readonly train: number;
  /** Days of a test, which is also the step: each day is tested once. The last test may be shorter. */
  readonly test: number;
  /** Sessions a label looks ahead: that many days before a test are purged. */
  readonly horizon: number;
  /** Days left out beside the purge. */
  readonly embargo?: number;
  /** Day number before which nothing is tested. */
  readonly from?: number;
}

/**
 * Walk-forward folds over the days of the rows; rows of one day (several assets) stay together. A training row's
 * label ends before the first day of its test: with labels h ahead, the h days before the test are left out.
 * Throws `VolterraError` ("EMPTY_WINDOW") where there are too few days for one fold.
 */
export function walkForward(times: Int32Array, plan: WalkForward): Fold[] {
  const { kind, train, test, horizon, embargo = 0, from = -Infinity } = plan;
  checkCounts({ train, test }, 1);
  checkCounts({ horizon, embargo }, 0);
  const days = distinct(times);
  const gap = horizon + embargo;
  let first = Math.max(
    train + gap,
    days.findIndex((day) => day >= from),
  );
  if (days.length <= train + gap || days.at(-1)! < from) {
    throw new VolterraError(
      "EMPTY_WINDOW",
      `${days.length} days${span(days)} are too few for ${train} of training, ${gap} of purge and embargo and one of test`,
      "Lengthen the window, or shorten `train`.",
    );
  }
  const folds: Fold[] = [];
  for (; first < days.length; first += test) {
    const end = first - gap;
    const start = kind === "rolling" ? end - train : 0;
    folds.push({
      index: folds.length,
      train: rowsBetween(times, days[start]!, days[end]!),
      test: rowsBetween(times, days[first]!, days[first + test] ?? Infinity),
    });
  }
  return folds;
}

/** Rows whose day is in [from, to). */
function rowsBetween(times: Int32Array, from: number, to: number): Int32Array {
  const rows: number[] = [];
  times.forEach((day, row) => {
    if (day >= from && day < to) rows.push(row);
  });
  return Int32Array.from(rows);
}

function distinct(times: Int32Array): Int32Array {
  return Int32Array.from(new Set(times)).toSorted();
}

function span(days: Int32Array): string {
  return days.length > 0 ? ` (${toDay(days[0]!)} to ${toDay(days.at(-1)!)})` : "";
}

function checkCounts(counts: Record<string, number>, least: number): void {
  for (const [name, count] of Object.entries(counts)) {
    if (!Number.isInteger(count) || count < least) {
      throw new RangeError(`${name} is an integer of at least ${least}, not ${count}`);
    }
  }
}

export interface CombinatorialPlan {
  /** Parts of equal length into which the days are cut. */
  readonly groups: number;
  /** Parts that a fold tests. */
  readonly testGroups: number;
  readonly horizon: number;
  /** Days left out after a test beside the purge. */
  readonly embargo?: number;
}

/** Folds over every choice of test parts, and how they combine to whole histories. */
export interface CombinatorialFolds {
  readonly folds: readonly Fold[];
  /** `[paths][groups]`: the fold from which a path takes the test of a part. Each path tests each day once. */
  readonly paths: readonly (readonly number[])[];
  /** Part of each row. */
  readonly groupOf: Int32Array;
}

/**
 * Combinatorial purged cross-validation: C(N, k) folds, each testing k of N parts, which make up C(N − 1, k − 1)
 * paths (López de Prado, Advances in Financial Machine Learning, 2018, chapter 12). Labels of training rows
 * before a test end before it, and training begins again only after the last test label has ended and the
 * embargo has passed.
 */
export function combinatorialPurged(
  times: Int32Array,
  plan: CombinatorialPlan,
): CombinatorialFolds {
  const { groups, testGroups, horizon, embargo = 0 } = plan;
  checkCounts({ groups, testGroups }, 1);
  checkCounts({ horizon, embargo }, 0);
  if (testGroups >= groups) throw new RangeError(`${testGroups} of ${groups} parts to test`);
  const days = distinct(times);
  if (days.length < groups) {
    throw new VolterraError(
      "EMPTY_WINDOW",
      `${days.length} days${span(days)} are too few for ${groups} parts`,
      "Lengthen the window, or ask for fewer parts.",
    );
  }
  const border = (group: number) => Math.floor((days.length * group) / groups);
  const dayIndex = new Map(Array.from(days, (day, i) => [day, i]));
  const at = times.map((day) => dayIndex.get(day)!);
  const groupOf = at.map((i) => Math.floor(((i + 1) * groups - 1) / days.length));

  const paths = Array.from({ length: groups }, () => [] as number[]);
  const folds = choices(groups, testGroups).map((tested, index) => {
    for (const group of tested) paths[group]!.push(index);
    const far = (i: number) =>
      tested.every((group) => {
        const [first, last] = [border(group), border(group + 1) - 1];
        return i + horizon < first || i > last + horizon + embargo;
      });
    const train: number[] = [];
    const test: number[] = [];
    at.forEach((i, row) => {
      if (tested.includes(groupOf[row]!)) test.push(row);
      else if (far(i)) train.push(row);
    });
    return { index, train: Int32Array.from(train), test: Int32Array.from(test) };
  });
  return {
    folds,
    paths: paths[0]!.map((_, path) => paths.map((ofGroup) => ofGroup[path]!)),
    groupOf,
  };
}

/** All sets of `k` of the numbers 0 … n − 1, in lexical order. */
function choices(n: number, k: number, first = 0): number[][] {
  if (k === 0) return [[]];
  const out: number[][] = [];
  for (let lead = first; lead <= n - k; lead++) {
    for (const rest of choices(n, k - 1, lead + 1)) out.push([lead, ...rest]);
  }
  return out;
}
