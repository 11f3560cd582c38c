import { uniforms, type Key } from "#core";
import { cos, exp, log, mean, normalQuantile, normals, stationaryBootstrap } from "#num";
import { clopperPearson } from "./power.ts";
import { meanBlockLength, sampleEstimands } from "./sampled.ts";
import { stepDown } from "./step-m.ts";

/** How daily returns are made: unit variance, independent, or an autoregression of order one. */
export type ReturnProcess = "normal" | "fat-tailed" | "autocorrelated";

/** First-order autocorrelation of the autocorrelated process: large for daily returns of a strategy. */
export const AUTOCORRELATION = 0.2;

/** One cell of the table of size and power. */
export interface PowerCell {
  readonly process: ReturnProcess;
  readonly years: number;
  /** Trials, the best of which is judged; the first has the planted Sharpe ratio, the others none. */
  readonly trials: number;
  readonly histories: number;
  readonly resamples: number;
  /** Annual Sharpe ratios planted, one set of histories for all. */
  readonly planted: readonly number[];
  readonly alpha: number;
}

/** Counts over the histories of a cell, for one planted Sharpe ratio. */
export interface PowerCount {
  readonly planted: number;
  /** PASS on the planted trial. */
  readonly found: number;
  /** PASS on a trial whose true Sharpe ratio is zero. */
  readonly falsePasses: number;
  /** The same of the test that knows every mean, variance and dependence but the one in question. */
  readonly oracleFound: number;
  readonly oracleFalsePasses: number;
  /** Histories in which only one of the two finds the planted trial, for the error of the ratio of powers. */
  readonly foundAlone: number;
  readonly oracleFoundAlone: number;
}

const SESSIONS = 252;

/**
 * Size and power of the judge: histories of `trials` independent streams are simulated, the stream with the best Sharpe
 * ratio becomes the candidate and is judged with all streams as trials (Sharpe ratio above zero, StepM). This runs the
 * judge's own resampling and step-down, not a model of them; what it leaves out is the reading of windows and reasons,
 * and what it saves is resampling the streams without effect again for every planted value. The oracle standardises
 * means by their true long-run deviation and compares the largest with Φ⁻¹((1 − α)^(1/N)), exact for independent trials.
 */
export function measurePower(cell: PowerCell, key: Key): PowerCount[] {
  const { process, trials, histories, resamples, alpha } = cell;
  const n = Math.round(cell.years * SESSIONS);
  const counts = cell.planted.map((planted) => ({
    planted,
    found: 0,
    falsePasses: 0,
    oracleFound: 0,
    oracleFalsePasses: 0,
    foundAlone: 0,
    oracleFoundAlone: 0,
  }));
  const bound = normalQuantile(exp(log(1 - alpha) / trials));
  const scale = Math.sqrt(n / longRunRatio(process));
  for (let h = 0; h < histories; h++) {
    const history = key.fold(h);
    const streams = Array.from({ length: trials }, (_, k) =>
      simulateReturns(process, n, history.fold("stream", k)),
    );
    const shifted = cell.planted.map((sharpe) => {
      const drift = sharpe / Math.sqrt(SESSIONS);
      return streams[0]!.map((r) => r + drift);
    });
    // One length for all effects: adding a constant changes no autocovariance.
    const plan = {
      sampler: stationaryBootstrap(
        n,
        meanBlockLength(streams.map(asEstimand)),
        // What the judge draws from for a criterion of this name, so that the two can be compared.
        history.fold("sharpe", "days"),
      ),
      resamples,
      periodsPerYear: SESSIONS,
    };
    const others = streams.slice(1);
    const sampled = sampleEstimands([...shifted, ...others].map(asEstimand), plan);
    const otherMeans = others.map((s) => mean(s));
    cell.planted.forEach((sharpe, p) => {
      const hypotheses = [sampled[p]!, ...sampled.slice(shifted.length)];
      const { rejected } = stepDown({ hypotheses, threshold: 0, alpha });
      const best = largestIndex(hypotheses.map((s) => s.estimate));
      const means = [mean(shifted[p]!), ...otherMeans];
      const oracleBest = largestIndex(means);
      const count = counts[p]!;
      const isEffect = (candidate: number) => candidate === 0 && sharpe > 0;
      const passes = rejected[best]!;
      const oraclePasses = means[oracleBest]! * scale > bound;
      const found = passes && isEffect(best);
      const oracleFound = oraclePasses && isEffect(oracleBest);
      if (found) count.found++;
      else if (passes) count.falsePasses++;
      if (oracleFound) count.oracleFound++;
      else if (oraclePasses) count.oracleFalsePasses++;
      if (found && !oracleFound) count.foundAlone++;
      if (oracleFound && !found) count.oracleFoundAlone++;
    });
  }
  return counts;
}

function asEstimand(returns: Float64Array) {
  return { returns, statistic: "sharpe" as const };
}

function largestIndex(values: readonly number[]): number {
  let best = 0;
  for (let k = 1; k < values.length; k++) if (values[k]! > values[best]!) best = k;
  return best;
}

/** Long-run variance / variance of a process. */
function longRunRatio(process: ReturnProcess): number {
  return process === "autocorrelated" ? (1 + AUTOCORRELATION) / (1 - AUTOCORRELATION) : 1;
}

/** `n` returns of mean zero and unit variance. Student's t has five degrees of freedom, scaled. */
export function simulateReturns(process: ReturnProcess, n: number, key: Key): Float64Array {
  if (process === "fat-tailed") {
    // Bailey, "Polar generation of random variates with the t-distribution", Math. Comp. 62 (1994) 779–781.
    const pairs = uniforms(key, 2 * n);
    const scale = Math.sqrt(3 / 5);
    return Float64Array.from({ length: n }, (_, t) => {
      const radius = Math.sqrt(5 * (exp((-2 / 5) * log(pairs[2 * t]!)) - 1));
      return scale * radius * cos(2 * Math.PI * pairs[2 * t + 1]!);
    });
  }
  const out = normals(key, n);
  if (process === "autocorrelated") {
    const fresh = Math.sqrt(1 - AUTOCORRELATION * AUTOCORRELATION);
    for (let t = 1; t < n; t++) out[t] = AUTOCORRELATION * out[t - 1]! + fresh * out[t]!;
  }
  return out;
}

/** A cell's counts as rates with their errors, and whether they are acceptable. */
export interface PowerRow {
  readonly planted: number;
  readonly falsePassRate: number;
  /** Clopper–Pearson 95 % interval of the false-PASS rate. */
  readonly interval: { readonly low: number; readonly high: number };
  /** The interval reaches down to α. */
  readonly sizeAccepted: boolean;
  readonly power: number;
  readonly oraclePower: number;
  /** power / oraclePower on the same histories, and its standard error; NaN where the oracle found fewer than 20. */
  readonly ratio: number;
  readonly ratioError: number;
  /** The ratio is at least 0.9, or not below it by more than 1.96 standard errors; null where there is none. */
  readonly powerAccepted: boolean | null;
}

/** Rates, errors and acceptance of one planted value. */
export function assessPower(count: PowerCount, histories: number, alpha: number): PowerRow {
  const interval = clopperPearson(count.falsePasses, histories);
  const comparable = count.oracleFound >= 20;
  const ratio = comparable ? count.found / count.oracleFound : NaN;
  // Only histories in which the two disagree move the ratio.
  const ratioError = comparable
    ? Math.sqrt(count.foundAlone + count.oracleFoundAlone) / count.oracleFound
    : NaN;
  return {
    planted: count.planted,
    falsePassRate: count.falsePasses / histories,
    interval,
    sizeAccepted: interval.low <= alpha,
    power: count.found / histories,
    oraclePower: count.oracleFound / histories,
    ratio,
    ratioError,
    powerAccepted: comparable ? ratio + 1.96 * ratioError >= 0.9 : null,
  };
}
