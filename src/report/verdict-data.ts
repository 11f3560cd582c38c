/** What a report shows of a verdict: arrays and numbers, NaN where not known. */
export interface ReportVerdict {
  readonly verdict: "PASS" | "KILL" | "NOT PROVEN";
  readonly criteria: readonly ReportCriterion[];
  readonly reasons: readonly string[];
  readonly whatWouldDecide: readonly string[];
  readonly trials: {
    readonly recorded: number;
    /** NaN where nobody declared earlier trials. */
    readonly declared: number;
    /** Effective number of independent trials after clustering. */
    readonly effective: number;
  };
  /** Probability that the true Sharpe is above that of the best of the trials without skill. */
  readonly deflatedSharpe: number;
  /** In the unit of the first criterion's statistic. */
  readonly minimumDetectableEffect: number;
  readonly power: number;
}

export interface ReportCriterion {
  readonly name: string;
  readonly statistic: string;
  readonly estimate: number;
  /** One-sided confidence bounds. */
  readonly lower: number;
  readonly upper: number;
  readonly threshold: number;
  readonly outcome: string;
  readonly window: string;
}
