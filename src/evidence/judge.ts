import type { Key } from "#core";
import type { Criterion, KillTest } from "./kill-test.ts";
import type { ReturnSeries } from "./series.ts";

/** What a verdict is given. */
export interface Evidence {
  /** The candidate's returns by multiple of trading costs. */
  readonly streams: Readonly<Partial<Record<1 | 2, ReturnSeries>>>;
  readonly benchmarks?: Readonly<Record<string, ReturnSeries>>;
  /** Simple return of cash on each day, for `sharpe-excess`. */
  readonly riskFree?: ReturnSeries;
  readonly trials: {
    /** Distinct trials the engine saw, the candidate included. */
    readonly recorded: number;
    /** Trials told of, where more than the contract's `priorTrials`. */
    readonly declared?: number;
    /** Streams of the recorded trials (daily, or monthly at month ends); the candidate may be among them. */
    readonly streams?: readonly ReturnSeries[];
  };
}

export type Outcome = "PASS" | "KILL" | "NOT PROVEN";

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
  /** Smallest true value that would PASS four times in five with this much data. */
  readonly minimumDetectableEffect: number;
  /** Chance of a PASS if the true value were the estimate. */
  readonly power: number;
  /** Months of data, beyond those at hand, after which this estimate would clear; null where it never would. */
  readonly monthsNeeded: number | null;
}

export interface Verdict {
  readonly outcome: Outcome;
  readonly killTest: string;
  readonly hash: string;
  readonly alpha: number;
  /** N ≥ recorded + declared. */
  readonly trials: {
    readonly recorded: number;
    readonly declared: number | null;
    readonly atLeast: number;
    readonly effective: number;
  };
  /** Probability that the candidate's Sharpe ratio beats the best of that many worthless trials. */
  readonly deflatedSharpe: number;
  readonly criteria: readonly CriterionResult[];
  readonly reasons: readonly string[];
  /** What would decide, for NOT PROVEN. */
  readonly whatWouldDecide: readonly string[];
}

/** Judges the evidence by the contract. */
export declare function judge(killTest: KillTest, evidence: Evidence, key: Key): Verdict;
