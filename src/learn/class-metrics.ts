import { log } from "#num";
import { type Measured, type Metric, meanMetric, ones } from "./metric.ts";
import { areaUnderRoc, averagePrecision } from "./ranking.ts";

/** Probabilities are taken at least this far from 0 in a logarithm: the spacing of doubles at 1. */
const EDGE = 2 ** -52;

/** Most probable class of each row, the first of equals. */
function named({ values, classes, target }: Measured): Int32Array {
  return Int32Array.from(target, (_, row) => {
    const shares = values.subarray(row * classes, (row + 1) * classes);
    return shares.indexOf(Math.max(...shares));
  });
}

/** Weighted counts `[actual][named]`. */
export function confusionMatrix(forecasts: Measured, weight = ones(forecasts.target.length)) {
  return countPairs(forecasts, named(forecasts), weight);
}

function countPairs({ target, classes }: Measured, labels: Int32Array, weight: Float64Array) {
  const counts = new Float64Array(classes * classes);
  for (let row = 0; row < target.length; row++) {
    counts[target[row]! * classes + labels[row]!]! += weight[row]!;
  }
  return counts;
}

/** A metric of the confusion matrix. */
function confusionMetric(
  about: Omit<Metric, "prepare" | "better">,
  of: (counts: Float64Array, classes: number) => number,
): Metric {
  return {
    ...about,
    better: "higher",
    prepare(forecasts) {
      const labels = named(forecasts);
      return (weight) => of(countPairs(forecasts, labels, weight), forecasts.classes);
    },
  };
}

/** Sums of the rows (actual), of the columns (named) and the diagonal of a confusion matrix. */
function margins(counts: Float64Array, classes: number) {
  const actual = new Float64Array(classes);
  const guessed = new Float64Array(classes);
  const hits = new Float64Array(classes);
  counts.forEach((count, at) => {
    const [i, j] = [Math.floor(at / classes), at % classes];
    actual[i]! += count;
    guessed[j]! += count;
    if (i === j) hits[i] = count;
  });
  return { actual, guessed, hits };
}

const total = (values: ArrayLike<number>) =>
  Array.from(values).reduce((sum, value) => sum + value, 0);

/** Share of rows whose most probable class is the actual one. */
export const accuracy = confusionMetric(
  { name: "accuracy", describe: "share of rows named right" },
  (counts, classes) => total(margins(counts, classes).hits) / total(counts),
);

/** Mean over the classes that occur of the share of their rows named right. */
export const balancedAccuracy = confusionMetric(
  { name: "balancedAccuracy", describe: "mean recall of the classes" },
  (counts, classes) => {
    const { actual, hits } = margins(counts, classes);
    const recalls = Array.from(hits, (hit, c) => hit / actual[c]!).filter((r) => r === r);
    return total(recalls) / recalls.length;
  },
);

/** Mean over the classes that occur or are named of 2·hits / (actual + named). */
export const macroF1 = confusionMetric(
  { name: "macroF1", describe: "mean F1 of the classes" },
  (counts, classes) => {
    const { actual, guessed, hits } = margins(counts, classes);
    const scores = Array.from(hits, (hit, c) => (2 * hit) / (actual[c]! + guessed[c]!)).filter(
      (f1) => f1 === f1,
    );
    return total(scores) / scores.length;
  },
);

/**
 * Matthews correlation of K classes (Gorodkin, Computational Biology and Chemistry 28 (2004), 367–374); 0 where all
 * rows are of one class or named one.
 */
export const mcc = confusionMetric(
  { name: "mcc", describe: "Matthews correlation" },
  (counts, classes) => {
    const { actual, guessed, hits } = margins(counts, classes);
    const n = total(counts);
    const dot = (a: Float64Array, b: Float64Array) => total(a.map((value, c) => value * b[c]!));
    const spread = (n * n - dot(actual, actual)) * (n * n - dot(guessed, guessed));
    return spread > 0 ? (n * total(hits) - dot(actual, guessed)) / Math.sqrt(spread) : 0;
  },
);

/** Mean of −ln p(actual class); p at least 2⁻⁵². */
export const logLoss = meanMetric(
  { name: "logLoss", describe: "mean negative log-likelihood", better: "lower" },
  ({ values, target, classes }) =>
    target.map((label, row) => -log(Math.max(EDGE, values[row * classes + label]!))),
);

/** Mean squared error of the probability of class 1 of two; of more classes, summed over all of them. */
export const brier = meanMetric(
  { name: "brier", describe: "mean squared error of the probabilities", better: "lower" },
  ({ values, target, classes }) =>
    target.map((label, row) => {
      if (classes === 2) return (values[2 * row + 1]! - label) ** 2;
      let sum = 0;
      for (let c = 0; c < classes; c++) {
        sum += (values[row * classes + c]! - (c === label ? 1 : 0)) ** 2;
      }
      return sum;
    }),
);

/** Scores of a class among rows: its probability. */
function scoresOf({ values, target, classes }: Measured, c: number): Float64Array {
  return target.map((_, row) => values[row * classes + c]!);
}

function is(target: Float64Array, c: number): Uint8Array {
  return Uint8Array.from(target, (label) => (label === c ? 1 : 0));
}

const mean = (values: readonly number[]) => total(values) / values.length;

/** Which classes are told from all others: the second of two, or each. */
function ranked(classes: number): number[] {
  return classes === 2 ? [1] : Array.from({ length: classes }, (_, c) => c);
}

/** Area under the ROC curve; for more than two classes the mean of each against the rest. NaN if one is absent. */
export const auc: Metric = {
  name: "auc",
  describe: "area under the ROC curve, one class against the rest",
  better: "higher",
  prepare(forecasts) {
    const areas = ranked(forecasts.classes).map((c) =>
      areaUnderRoc(scoresOf(forecasts, c), is(forecasts.target, c)),
    );
    return (weight) => mean(areas.map((area) => area(weight)));
  },
};

/**
 * Area under the ROC curve between two classes alone, the mean of ranking by the probability of either (Hand & Till,
 * Machine Learning 45 (2001), 171–186): "up against down" without the days that are neither.
 */
export function aucBetween(a: number, b: number): Metric {
  return {
    name: `auc ${a}/${b}`,
    describe: `area under the ROC curve between class ${a} and class ${b}`,
    better: "higher",
    prepare(forecasts) {
      const { target } = forecasts;
      const either = target.map((label) => (label === a || label === b ? 1 : 0));
      const byA = areaUnderRoc(scoresOf(forecasts, a), is(target, a));
      const byB = areaUnderRoc(scoresOf(forecasts, b), is(target, b));
      return (weight) => {
        const some = weight.map((w, row) => w * either[row]!);
        return (byA(some) + byB(some)) / 2;
      };
    },
  };
}

/** The mean of `aucBetween` over all pairs of classes. */
export const aucPairwise: Metric = {
  name: "aucPairwise",
  describe: "area under the ROC curve, mean over pairs of classes",
  better: "higher",
  prepare(forecasts) {
    const { classes } = forecasts;
    const pairs = ranked(classes).flatMap((b) =>
      Array.from({ length: b }, (_, a) => aucBetween(a, b).prepare(forecasts)),
    );
    return (weight) => mean(pairs.map((pair) => pair(weight)));
  },
};

/** Average precision of the second of two classes, or the mean of each class against the rest. */
export const averagePrecisionMetric: Metric = {
  name: "averagePrecision",
  describe: "average precision, one class against the rest",
  better: "higher",
  prepare(forecasts) {
    const each = ranked(forecasts.classes).map((c) =>
      averagePrecision(scoresOf(forecasts, c), is(forecasts.target, c)),
    );
    return (weight) => mean(each.map((precision) => precision(weight)));
  },
};

export const CLASS_METRICS: readonly Metric[] = [
  accuracy,
  balancedAccuracy,
  macroF1,
  mcc,
  logLoss,
  brier,
  auc,
  aucPairwise,
  averagePrecisionMetric,
];
