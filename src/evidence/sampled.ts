import { mean, std } from "#num";
import { longRunVariance, politisWhite } from "./block-length.ts";
import { pairedInfluences } from "./bootstrap.ts";
import { minus } from "./series.ts";
import { measure, resample, type ResamplePlan } from "./resample.ts";
import { isPathStatistic, type Statistic } from "./statistic.ts";

/** What is estimated: a statistic of a stream, or its difference to the same statistic of a benchmark. */
export interface Estimand {
  readonly statistic: Statistic;
  readonly returns: Float64Array;
  readonly benchmark?: Float64Array | undefined;
  /** −1 turns the question round: how far below. 1 unless said. */
  readonly sign?: 1 | -1;
}

/**
 * An estimand with its resampling distribution, in the form every bound here is made of:
 * lower bound = centre − c · standardError, with c a high quantile of `deviations`.
 */
export interface Sampled {
  readonly estimate: number;
  /** The estimate; for a path statistic the mean of its resamples. */
  readonly centre: number;
  readonly standardError: number;
  /** One for each resample, in units of the resampled standard deviation. */
  readonly deviations: Float64Array;
  /** Degrees of freedom of the standard error: of the data's long-run variance, and of its being resampled B times. */
  readonly freedom: number;
}

/**
 * Resamples estimands on the same days; a benchmark is asked for one statistic. The basic pivot (resampled − estimate) for statistics that are smooth in the mean, with the
 * bootstrap's standard deviation multiplied by √(flat-top / stationary long-run variance) of the influences, since
 * blocks of finite length see too little dependence; for path statistics the percentile pivot (mean of the resamples
 * − resampled), since a reshuffled path does not centre on the realised extreme.
 */
export function sampleEstimands(estimands: readonly Estimand[], plan: ResamplePlan): Sampled[] {
  // A benchmark shared by all is resampled once.
  const benchmarks = [...new Set(estimands.flatMap((e) => (e.benchmark ? [e.benchmark] : [])))];
  const statistic = (benchmark: Float64Array) =>
    estimands.find((e) => e.benchmark === benchmark)!.statistic;
  const draws = resample(
    [...estimands, ...benchmarks.map((b) => ({ returns: b, statistic: statistic(b) }))],
    plan,
  );
  return estimands.map((estimand, i) => {
    const other = estimand.benchmark
      ? draws[estimands.length + benchmarks.indexOf(estimand.benchmark)]
      : undefined;
    return standardise(estimand, other ? minus(draws[i]!, other) : draws[i]!, plan);
  });
}

function standardise(estimand: Estimand, draws: Float64Array, plan: ResamplePlan): Sampled {
  const { statistic, returns, benchmark, sign = 1 } = estimand;
  let [estimate] = measure(returns, [statistic], plan.periodsPerYear) as [number];
  if (benchmark) estimate -= measure(benchmark, [statistic], plan.periodsPerYear)[0]!;
  const spread = std(draws, 1);
  const resampled = draws.length - 1;
  const scaled = (d: number) => (spread === 0 ? 0 : d / spread);
  if (isPathStatistic(statistic)) {
    const centre = mean(draws);
    return {
      estimate: sign * estimate,
      centre: sign * centre,
      standardError: spread,
      deviations: draws.map((d) => scaled(sign * (centre - d))),
      freedom: resampled,
    };
  }
  const influence = pairedInfluences(returns, statistic, benchmark)[0]!;
  const { flatTop, stationary, freedom } = longRunVariance(influence, plan.sampler.blockLength);
  return {
    estimate: sign * estimate,
    centre: sign * estimate,
    standardError: spread * (flatTop > 0 ? Math.sqrt(flatTop / stationary) : 1),
    deviations: draws.map((d) => scaled(sign * (d - estimate))),
    freedom: 1 / (1 / freedom + 1 / resampled),
  };
}

/** The average Politis–White length over what is resampled together: one length keeps the days the same for all. */
export function meanBlockLength(estimands: readonly Estimand[]): number {
  const lengths = estimands.map(({ returns, statistic, benchmark }) =>
    Math.max(
      ...pairedInfluences(returns, statistic, benchmark).map((v) => politisWhite(v).stationary),
    ),
  );
  return mean(lengths);
}

/**
 * A normal-scale critical value widened for a standard error that is itself estimated with ν degrees of freedom:
 * c (1 + (c² + 1) / 4ν), the first terms of Student's quantile in the normal's (Abramowitz & Stegun 26.7.5).
 */
export function widen(critical: number, freedom: number): number {
  return critical * (1 + (critical * critical + 1) / (4 * freedom));
}
