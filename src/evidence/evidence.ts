import type { ReturnSeries } from "./series.ts";

/** What a verdict is given. */
export interface Evidence {
  /** The candidate's returns by multiple of trading costs. */
  readonly streams: Readonly<Partial<Record<1 | 2, ReturnSeries>>>;
  readonly benchmarks?: Readonly<Record<string, ReturnSeries>>;
  /** Simple return of cash on each day, for `sharpe-excess`. */
  readonly riskFree?: ReturnSeries;
  /** Observations a year; 252 unless said. */
  readonly periodsPerYear?: number;
  /** 2,000 unless said. */
  readonly resamples?: number;
  readonly trials: {
    /** Distinct trials the engine saw, the candidate included. */
    readonly recorded: number;
    /** Trials told of, where more than the contract's `priorTrials`. */
    readonly declared?: number;
    /** Streams of the recorded trials (daily, or monthly at month ends); the candidate may be among them. */
    readonly streams?: readonly ReturnSeries[];
  };
}
