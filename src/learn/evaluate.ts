import type { Key } from "#core";
import { politisWhite } from "#evidence";
import { mean, quantile, resampledIndices, std, stationaryBootstrap } from "#num";
import { CLASS_METRICS, logLoss } from "./class-metrics.ts";
import type { SeedResult } from "./forecast.ts";
import { type Measured, type Metric, ones } from "./metric.ts";
import type { Prediction } from "./model.ts";
import { NUMBER_METRICS, rmse, skillOver } from "./number-metrics.ts";
import { type Samples, outputs } from "./samples.ts";

/** A metric with its percentile interval over resampled days. */
export interface MetricInterval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

export interface Evaluation {
  /** Rows whose target and every forecast are known: all is measured on these alone. */
  readonly rows: number;
  readonly days: number;
  /** Mean block length of the bootstrap, in days. */
  readonly blockLength: number;
  /** `[forecast][metric]` */
  readonly scores: Readonly<Record<string, Readonly<Record<string, MetricInterval>>>>;
  /** `[forecast][baseline][metric]`: forecast less baseline on the same resampled days. */
  readonly against: Readonly<
    Record<string, Readonly<Record<string, Readonly<Record<string, MetricInterval>>>>>
  >;
}

export interface EvaluateOptions {
  /** Names of the forecasts that the others are compared with. */
  readonly baselines: readonly string[];
  readonly key: Key;
  /** 1,000 unless said. */
  readonly resamples?: number;
  /** Two-sided; 0.05 unless said. */
  readonly alpha?: number;
  /** All that fit the task unless said. */
  readonly metrics?: readonly Metric[];
}

/**
 * Measures forecasts of the same rows, each with an interval, and their differences to the baselines, paired. Whole
 * days are resampled by the stationary bootstrap; a block is as long as the losses and their differences ask for
 * (Politis & White) and at least as long as the targets overlap. For numbers a comparison also has `skill`,
 * 1 − MSE / MSE of the baseline. Throws `RangeError` for an unknown baseline or without a common row.
 */
export function evaluate(
  rows: Samples,
  forecasts: Readonly<Record<string, Prediction>>,
  options: EvaluateOptions,
): Evaluation {
  const { baselines, key, resamples = 1000, alpha = 0.05 } = options;
  const classes = outputs(rows.task);
  const isClass = rows.task.kind === "classes";
  const metrics = options.metrics ?? (isClass ? CLASS_METRICS : NUMBER_METRICS);
  for (const name of baselines) {
    if (!forecasts[name]) throw new RangeError(`there is no forecast "${name}" to compare with`);
  }
  const known = knownRows(rows, Object.values(forecasts));
  if (known.length === 0) throw new RangeError("no row has all forecasts and a target");
  const target = Float64Array.from(known, (row) => rows.target[row]!);
  const measured = Object.entries(forecasts).map(([name, { values }]) => {
    const own = new Float64Array(known.length * classes);
    known.forEach((row, i) => {
      own.set(values.subarray(row * classes, (row + 1) * classes), i * classes);
    });
    return { name, forecasts: { values: own, target, classes } };
  });

  const calendar = dayNumbers(known.map((row) => rows.times[row]!));
  const loss = isClass ? logLoss : rmse;
  const losses = measured.map(({ forecasts }) => dailyMeans(loss.ofRows(forecasts), calendar));
  const blockLength = Math.max(rows.horizon, 1, ...blockLengths(losses));
  const weights = resampledWeights(calendar, { blockLength, resamples, key });

  const draw = (metric: Metric, of: Measured): Draws => {
    const value = metric.prepare(of);
    return { estimate: value(ones(known.length)), resampled: weights.map(value) };
  };
  const interval = ({ estimate, resampled }: Draws): MetricInterval => {
    const finite = resampled.filter(Number.isFinite);
    const at = (p: number) => (finite.length > 0 ? quantile(finite, p) : NaN);
    return { estimate, low: at(alpha / 2), high: at(1 - alpha / 2) };
  };
  const drawn = measured.map(({ name, forecasts }) => ({
    name,
    forecasts,
    draws: metrics.map((metric) => draw(metric, forecasts)),
  }));
  const byMetric = (draws: readonly Draws[]) =>
    Object.fromEntries(metrics.map(({ name }, m) => [name, interval(draws[m]!)]));
  const compare = (own: (typeof drawn)[number]) =>
    drawn
      .filter(({ name }) => baselines.includes(name) && name !== own.name)
      .map((other) => {
        const differences = byMetric(own.draws.map((draws, m) => less(draws, other.draws[m]!)));
        const skill = skillOver(other.forecasts.values);
        return [
          other.name,
          isClass ? differences : { ...differences, skill: interval(draw(skill, own.forecasts)) },
        ] as const;
      });
  return {
    rows: known.length,
    days: calendar.days,
    blockLength,
    scores: Object.fromEntries(drawn.map(({ name, draws }) => [name, byMetric(draws)])),
    against: Object.fromEntries(drawn.map((own) => [own.name, Object.fromEntries(compare(own))])),
  };
}

/** A metric on all rows and on each resample. */
interface Draws {
  readonly estimate: number;
  readonly resampled: readonly number[];
}

function less(a: Draws, b: Draws): Draws {
  return {
    estimate: a.estimate - b.estimate,
    resampled: a.resampled.map((value, i) => value - b.resampled[i]!),
  };
}

function knownRows(rows: Samples, forecasts: readonly Prediction[]): number[] {
  const width = outputs(rows.task);
  const all = Array.from(rows.target, (_, row) => row);
  return all.filter(
    (row) =>
      Number.isFinite(rows.target[row]!) &&
      forecasts.every(({ values }) => Number.isFinite(values[row * width]!)),
  );
}

/** Days in order, and for each row the number of its day. */
interface Calendar {
  readonly days: number;
  readonly dayOf: Int32Array;
}

function dayNumbers(times: readonly number[]): Calendar {
  const days = [...new Set(times)].toSorted((a, b) => a - b);
  const number = new Map(days.map((day, i) => [day, i]));
  return { days: days.length, dayOf: Int32Array.from(times, (day) => number.get(day)!) };
}

function dailyMeans(rows: Float64Array, { days, dayOf }: Calendar): Float64Array {
  const sums = new Float64Array(days);
  const counts = new Float64Array(days);
  rows.forEach((value, row) => {
    sums[dayOf[row]!]! += value;
    counts[dayOf[row]!]! += 1;
  });
  return sums.map((sum, day) => sum / counts[day]!);
}

/** Block lengths of the losses and of their differences to the first. */
function blockLengths(losses: readonly Float64Array[]): number[] {
  const differences = losses.slice(1).map((own) => own.map((loss, day) => loss - losses[0]![day]!));
  return [...losses, ...differences].map((series) => politisWhite(series).stationary);
}

/** For each resample how often each row is in it. */
function resampledWeights(
  { days, dayOf }: Calendar,
  plan: { readonly blockLength: number; readonly resamples: number; readonly key: Key },
): Float64Array[] {
  const sampler = stationaryBootstrap(days, Math.min(plan.blockLength, days), plan.key);
  const picked = new Int32Array(days);
  return Array.from({ length: plan.resamples }, (_, b) => {
    resampledIndices(sampler, b, picked);
    const counts = new Float64Array(days);
    for (const day of picked) counts[day]! += 1;
    return Float64Array.from(dayOf, (day) => counts[day]!);
  });
}

/** A metric over seeds. */
export interface SeedSummary {
  readonly mean: number;
  /** Sample deviation between seeds; NaN for one. */
  readonly deviation: number;
  readonly each: readonly { readonly seed: number; readonly value: number }[];
  /** Seeds without a result and why: the mean is over the others. */
  readonly failed: readonly { readonly seed: number; readonly why: string }[];
}

/** Mean, spread and each seed, and the seeds that failed. */
export function summariseSeeds(results: readonly SeedResult<number>[]): SeedSummary {
  const each = results.flatMap(({ seed, result }) =>
    result === undefined ? [] : [{ seed, value: result }],
  );
  const values = each.map(({ value }) => value);
  return {
    mean: mean(values),
    deviation: std(values, 1),
    each,
    failed: results.flatMap(({ seed, failure }) =>
      failure ? [{ seed, why: failure.message }] : [],
    ),
  };
}
