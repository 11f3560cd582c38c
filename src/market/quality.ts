/** How bad a finding is: critical ones stop what reads the data. */
export type Severity = "critical" | "error" | "warning";

/** What a quality rule found in one series. */
export interface Finding {
  readonly code: string;
  readonly severity: Severity;
  readonly series: string;
  readonly message: string;
  /** Keys of the offending rows, e.g. `2018-02-05` or `2018-02-05 2018-02-14`. */
  readonly rows: readonly string[];
}
