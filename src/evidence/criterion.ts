import { suggest, toDay, toNumber, VolterraError, type Key } from "#core";
import { stationaryBootstrap, variance } from "#num";
import type { Evidence } from "./evidence.ts";
import { resolveStatistic, type Criterion, type KillTest, type Outcome } from "./kill-test.ts";
import { dataFactorNeeded, minimumDetectableEffect, powerAt } from "./power.ts";
import { meanBlockLength, sampleEstimands, widen, type Estimand } from "./sampled.ts";
import { minus, onDays, within, type ReturnSeries } from "./series.ts";
import { deflatedSharpe, perPeriodSharpe, sharpeSample } from "./sharpe.ts";
import { measure } from "./resample.ts";
import { isPathStatistic, rangeOf } from "./statistic.ts";
import { maximumQuantile, stepDown } from "./step-m.ts";
import { gatherTrials, isFlat, sameDays, type TrialPanel } from "./trial-panel.ts";

/** One criterion, measured. */
export interface CriterionResult {
  readonly criterion: Criterion;
  readonly outcome: Outcome;
  readonly n: number;
  readonly estimate: number;
  readonly standardError: number;
  /** One-sided 1 − α lower bound, selection among trials paid for; for direction "below" the roles turn. */
  readonly lower: number;
  /** One-sided 1 − α upper bound; selection can only have flattered the estimate, so nothing is added. */
  readonly upper: number;
  /** Distance from the estimate to the lower bound in standard errors. */
  readonly criticalValue: number;
  readonly blockLength: number;
  /** Probability that the stream's Sharpe ratio in this window beats the best of as many worthless trials. */
  readonly deflatedSharpe: number;
  /** Smallest true value that would PASS four times in five with this much data; NaN where no possible value would. */
  readonly minimumDetectableEffect: number;
  /** Chance of a PASS if the true value were the estimate. */
  readonly power: number;
  /** Months of data, beyond those at hand, after which this estimate would clear; null where no length would. */
  readonly monthsNeeded: number | null;
  /** The same, after which it would be a KILL. */
  readonly monthsToKill: number | null;
}

/** Below this many returns neither a block length nor a standard error means anything. */
const FEWEST = 20;

/** What one criterion is judged with. */
export interface Case {
  readonly killTest: KillTest;
  readonly evidence: Evidence;
  /** Streams of the recorded trials. */
  readonly streams: readonly ReturnSeries[];
  /** N: recorded and declared trials. */
  readonly total: number;
  readonly key: Key;
}

/** A criterion measured; whether the data cover its window; the effective number of trials there. */
export function judgeCriterion(
  criterion: Criterion,
  { killTest, evidence, streams, total, key }: Case,
): { result: CriterionResult; covered: boolean; effective: number } {
  const { periodsPerYear = 252, resamples = 2000 } = evidence;
  const { alpha } = killTest;
  const candidate = candidateOf(criterion, evidence);
  const n = candidate.days.length;
  const companions = companionsOf(criterion, evidence, candidate.days);
  const own = estimandOf(criterion, candidate.returns, netOf(companions));
  if (n < FEWEST) {
    throw new VolterraError(
      "DATA",
      `${criterion.name}: ${n} returns are fewer than ${FEWEST}, too few for blocks to be resampled`,
      "Give a longer history.",
    );
  }
  const panel = gatherTrials(
    [candidate, ...otherCosts(criterion, evidence, candidate)],
    { total, streams },
    criterion.window,
  );
  const usesStepM = killTest.selection === "stepm";
  const onGrid = netOf(companions, panel.toGrid);
  const rivals = (usesStepM ? panel.others : []).map((returns) =>
    estimandOf(criterion, returns, onGrid),
  );
  const together = panel.native ? [own, ...rivals] : [own];
  // The drawdown's spread is not corrected for short blocks, so its own dependence sets the least.
  const blockLength = Math.max(
    meanBlockLength(together),
    isPathStatistic(own.statistic) ? meanBlockLength([own]) : 1,
  );
  const sample = (estimands: readonly Estimand[], block: number, purpose: string) =>
    sampleEstimands(estimands, {
      sampler: stationaryBootstrap(estimands[0]!.returns.length, block, key.fold(purpose)),
      resamples,
      periodsPerYear,
    });
  let hypotheses = sample(together, blockLength, "days");
  const { centre, standardError, freedom, deviations, estimate } = hypotheses[0]!;
  if (!panel.native) {
    // Only the quantile of the maximum is taken from the coarser grid; the candidate keeps its own days.
    const coarse = [estimandOf(criterion, panel.toGrid(candidate), onGrid), ...rivals];
    hypotheses = sample(coarse, meanBlockLength(coarse), "grid");
  }
  const bar = own.sign * criterion.threshold;
  const step = stepDown({
    hypotheses,
    threshold: bar,
    alpha,
    unseen: usesStepM ? panel.unseen : 0,
  });
  const criticalValue = widen(step.quantiles[0]!, freedom);
  const lower = centre - criticalValue * standardError;
  const killValue = widen(maximumQuantile([deviations.map((d) => -d)], alpha), freedom);
  const upper = centre + killValue * standardError;

  const deflated = deflate(candidate, panel);
  const passes = lower > bar && (usesStepM || deflated >= 1 - alpha);
  const test = { threshold: bar, standardError, criticalValue };
  const kill = { threshold: -bar, standardError, criticalValue: killValue };
  // The spread of a statistic of the path does not shrink with its length, and a total return grows with it.
  const isRate = !isPathStatistic(own.statistic) && own.statistic !== "total-return";
  const months = (factor: number) =>
    Number.isFinite(factor) && isRate ? Math.max(0, factor - 1) * n * (12 / periodsPerYear) : null;
  const detectable = own.sign * minimumDetectableEffect(test);
  const result: CriterionResult = Object.freeze({
    criterion,
    outcome: passes ? "PASS" : upper < bar ? "KILL" : "NOT PROVEN",
    n,
    estimate: own.sign * estimate,
    standardError,
    lower: own.sign * (own.sign > 0 ? lower : upper),
    upper: own.sign * (own.sign > 0 ? upper : lower),
    criticalValue,
    blockLength,
    deflatedSharpe: deflated,
    minimumDetectableEffect: isPossible(detectable, own) ? detectable : NaN,
    power: powerAt(test, centre),
    monthsNeeded: months(dataFactorNeeded(test, centre)),
    monthsToKill: months(dataFactorNeeded(kill, -centre)),
  });
  return { result, covered: covers(candidate, criterion), effective: panel.effective };
}

/** False for what no stream can have: a drawdown above nil, more wins than days. */
function isPossible(value: number, { statistic, benchmark }: Estimand): boolean {
  const { least, most } = rangeOf(statistic);
  if (!benchmark) return value >= least && value <= most;
  // No drawdown is shallower than none.
  if (isPathStatistic(statistic)) return value <= -measure(benchmark, [statistic], 252)[0]!;
  return Math.abs(value) <= most - least;
}

function candidateOf(criterion: Criterion, evidence: Evidence): ReturnSeries {
  const stream = evidence.streams[criterion.costs];
  if (!stream) {
    throw new VolterraError(
      "DATA",
      `${criterion.name}: there is no stream at ${criterion.costs}× costs`,
      "Give the returns at every cost level that the contract names.",
    );
  }
  const { start, end } = criterion.window;
  const inside = within(stream, criterion.window);
  if (inside.days.length === 0) {
    throw new VolterraError(
      "EMPTY_WINDOW",
      `${criterion.name}: no return in ${start} … ${end}`,
      rangeHint(stream),
    );
  }
  const { returns } = inside;
  if (isFlat(returns)) {
    throw new VolterraError(
      "DATA",
      `${criterion.name}: every return in ${start} … ${end} is ${returns[0]}`,
      "A flat series has no risk to compare its return with.",
    );
  }
  return inside;
}

function rangeHint({ days }: ReturnSeries): string {
  return days.length === 0
    ? "The series is empty."
    : `The series runs from ${toDay(days[0]!)} to ${toDay(days.at(-1)!)}.`;
}

/** The same window at the other cost levels: copies of the candidate among the trials. */
function otherCosts(
  criterion: Criterion,
  evidence: Evidence,
  candidate: ReturnSeries,
): ReturnSeries[] {
  return Object.values(evidence.streams)
    .map((stream) => within(stream, criterion.window))
    .filter((stream) => sameDays(stream.days, candidate.days));
}

/** What a stream is held against. */
interface Companions<T> {
  readonly cash?: T | undefined;
  readonly benchmark?: T | undefined;
}

/** Cash and the benchmark on the stream's days, where the criterion asks for them. */
function companionsOf(
  { name, statistic, benchmark }: Criterion,
  evidence: Evidence,
  days: Int32Array,
): Companions<ReturnSeries> {
  const { of, overCash } = resolveStatistic(statistic);
  const { riskFree, benchmarks = {} } = evidence;
  if (overCash && !riskFree) {
    throw new VolterraError(
      "DATA",
      `${name}: ${statistic} needs a risk-free rate`,
      "Give the return of cash.",
    );
  }
  const other = of === "difference" ? benchmarks[benchmark!] : undefined;
  if (of === "difference" && !other) {
    throw new VolterraError(
      "DATA",
      `${name}: there is no benchmark "${benchmark}"`,
      suggest(benchmark!, Object.keys(benchmarks)),
    );
  }
  const onOwn = (series: ReturnSeries, what: string) => ({
    days,
    returns: onDays(series, days, what),
  });
  return {
    cash: overCash ? onOwn(riskFree!, "the risk-free rate") : undefined,
    benchmark: other && onOwn(other, `the benchmark ${benchmark}`),
  };
}

/** Returns of cash, and of the benchmark, over cash where there is some; one array for all who share it. */
function netOf(
  { cash, benchmark }: Companions<ReturnSeries>,
  toGrid: (series: ReturnSeries) => Float64Array = ({ returns }) => returns,
): Companions<Float64Array> {
  const bills = cash && toGrid(cash);
  const other = benchmark && toGrid(benchmark);
  return { cash: bills, benchmark: other && bills ? minus(other, bills) : other };
}

function estimandOf(
  { statistic, direction }: Criterion,
  returns: Float64Array,
  { cash, benchmark }: Companions<Float64Array>,
) {
  return {
    statistic: resolveStatistic(statistic).statistic,
    returns: cash ? minus(returns, cash) : returns,
    benchmark,
    sign: direction === "below" ? (-1 as const) : (1 as const),
  };
}

/**
 * Deflated Sharpe ratio of the stream. The spread of worthless trials is that of the other streams, but never less than
 * that of independent ones, 1 / n: near copies agree with one another and prove nothing.
 */
function deflate(candidate: ReturnSeries, panel: TrialPanel): number {
  const sample = sharpeSample(candidate.returns);
  const others = panel.others
    .map((returns) => sharpeSample(returns))
    .map(({ sharpe, n }) => sharpe * Math.sqrt(n / sample.n))
    .filter((sharpe) => Number.isFinite(sharpe));
  const seen = others.length > 1 ? variance(others, 1) : 0;
  const deviation = perPeriodSharpe(Math.sqrt(Math.max(1 / sample.n, seen)));
  return deflatedSharpe(sample, panel.effective, deviation);
}

/** True where the stream begins and ends within a week, or one and a half of its own steps, of the window's ends. */
function covers({ days }: ReturnSeries, { window }: Criterion): boolean {
  const first = days[0]!;
  const last = days.at(-1)!;
  const slack = Math.max(7, (1.5 * (last - first)) / (days.length - 1));
  return first - toNumber(window.start) <= slack && toNumber(window.end) - last <= slack;
}
