import type { ContractHistory, Declaration } from "./ledger-memory.ts";
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
    /** Trials told of now; the contract's `priorTrials` are told of too, and the larger number holds. */
    readonly declared?: number;
    /** The largest number told of before. */
    readonly remembered?: Declaration | undefined;
    /** Streams of the recorded trials (daily, or monthly at month ends); the candidate may be among them. */
    readonly streams?: readonly ReturnSeries[];
  };
  /** What a ledger remembers of the contract and of others on this trial. */
  readonly contracts?: ContractHistory;
}
