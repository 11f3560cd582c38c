import { type Measure, ones } from "./metric.ts";

/** Rows by falling score, with the end of each run of equal scores. */
function byScore(score: Float64Array): { rows: Int32Array; ends: Int32Array } {
  const rows = Int32Array.from(score, (_, row) => row).toSorted((a, b) => score[b]! - score[a]!);
  const ends: number[] = [];
  rows.forEach((row, i) => {
    if (i + 1 === rows.length || score[rows[i + 1]!]! !== score[row]!) ends.push(i + 1);
  });
  return { rows, ends: Int32Array.from(ends) };
}

/** Weighted counts of positives and negatives scored at least as high as each distinct score, falling. */
function* cumulated(
  { rows, ends }: { rows: Int32Array; ends: Int32Array },
  positive: Uint8Array,
  weight: Float64Array,
): Generator<{ row: number; hits: number; misses: number }> {
  let hits = 0;
  let misses = 0;
  let i = 0;
  for (const end of ends) {
    for (; i < end; i++) {
      const row = rows[i]!;
      if (positive[row] === 1) hits += weight[row]!;
      else misses += weight[row]!;
    }
    yield { row: rows[end - 1]!, hits, misses };
  }
}

/** Area under the ROC curve: P(score of a positive > of a negative) + half of P(equal). NaN without one of both. */
export function areaUnderRoc(score: Float64Array, positive: Uint8Array): Measure {
  const sorted = byScore(score);
  return (weight) => {
    let [area, hits, misses] = [0, 0, 0];
    for (const point of cumulated(sorted, positive, weight)) {
      area += ((hits + point.hits) / 2) * (point.misses - misses);
      ({ hits, misses } = point);
    }
    return area / (hits * misses);
  };
}

/** One threshold of a precision–recall curve: positives are all rows with at least this score. */
export interface PrecisionPoint {
  readonly threshold: number;
  readonly precision: number;
  readonly recall: number;
  /** Share of the negatives called positive. */
  readonly falsePositiveRate: number;
  /** Share of all rows called positive. */
  readonly called: number;
  /** Precision over the base rate. */
  readonly lift: number;
}

/** Precision, recall and lift at every distinct score, from the highest. NaN where nothing is positive. */
export function precisionCurve(
  score: Float64Array,
  positive: Uint8Array,
  weight = ones(score.length),
): PrecisionPoint[] {
  const points = [...cumulated(byScore(score), positive, weight)];
  const all = points.at(-1) ?? { hits: 0, misses: 0 };
  const total = all.hits + all.misses;
  return points.map(({ row, hits, misses }) => ({
    threshold: score[row]!,
    precision: hits / (hits + misses),
    recall: hits / all.hits,
    falsePositiveRate: misses / all.misses,
    called: (hits + misses) / total,
    lift: hits / (hits + misses) / (all.hits / total),
  }));
}

/** Average precision Σ (Rᵢ − Rᵢ₋₁)·Pᵢ over the thresholds. NaN without a positive. */
export function averagePrecision(score: Float64Array, positive: Uint8Array): Measure {
  const sorted = byScore(score);
  return (weight) => {
    let [sum, before] = [0, 0];
    for (const { hits, misses } of cumulated(sorted, positive, weight)) {
      if (hits > before) sum += ((hits - before) * hits) / (hits + misses);
      before = hits;
    }
    return sum / before;
  };
}

/** What a threshold does: rows with at least this score are called positive. */
export function pointAt(
  score: Float64Array,
  positive: Uint8Array,
  threshold: number,
): PrecisionPoint | undefined {
  return precisionCurve(score, positive).findLast((point) => point.threshold >= threshold);
}

/** A bin of a calibration curve. */
export interface CalibrationBin {
  /** Mean forecast probability. */
  readonly forecast: number;
  /** Share that happened. */
  readonly happened: number;
  readonly rows: number;
}

/** Mean forecast and observed share in bins of [0, 1] of equal width, or of equal numbers of rows; empty bins left out. */
export function calibrationCurve(
  score: Float64Array,
  positive: Uint8Array,
  bins: { readonly count: number; readonly by: "width" | "rows" },
): CalibrationBin[] {
  const { rows } = byScore(score);
  const sums = Array.from({ length: bins.count }, () => ({ forecast: 0, happened: 0, rows: 0 }));
  rows.toReversed().forEach((row, rank) => {
    const place = bins.by === "width" ? score[row]! : rank / rows.length;
    const bin = sums[Math.min(bins.count - 1, Math.floor(place * bins.count))]!;
    bin.forecast += score[row]!;
    bin.happened += positive[row]!;
    bin.rows += 1;
  });
  return sums
    .filter((bin) => bin.rows > 0)
    .map(({ forecast, happened, rows: n }) => ({
      forecast: forecast / n,
      happened: happened / n,
      rows: n,
    }));
}
