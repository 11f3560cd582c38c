import { contentHash, VolterraError } from "#core";

/** A way to compare two methods on a set of paths, or the change of a method between two sets. */
export type Comparison =
  /** 1 − CVaR(method)/CVaR(versus). */
  | {
      readonly kind: "improvement";
      readonly arm: string;
      readonly set: string;
      readonly costs?: number;
    }
  /** Rise of CVaR from `from` to `set`, versus's less the method's, in premiums. */
  | {
      readonly kind: "degradation";
      readonly arm: string;
      readonly from: string;
      readonly set: string;
    }
  /** turnover(method)/turnover(versus) − 1. */
  | { readonly kind: "turnover"; readonly arm: string; readonly set: string }
  /** mean P&L(method) − mean P&L(versus), in premiums. */
  | { readonly kind: "mean"; readonly arm: string; readonly set: string };

export interface HedgeCriterion {
  readonly name: string;
  readonly method: string;
  readonly versus: string;
  readonly comparison: Comparison;
  readonly threshold: number;
  readonly direction: "above" | "below";
}

/** What a claim must show, fixed before the run. */
export interface HedgeClaim {
  readonly name: string;
  readonly claim: string;
  readonly criteria: readonly HedgeCriterion[];
}

/** The claims of the hedging study: their own kind of kill-test, on P&L of common paths instead of return streams. */
export interface HedgeKillTest {
  readonly name: string;
  readonly source: string;
  readonly alpha: number;
  /** Seeds a PASS needs, and a KILL. */
  readonly seeds: number;
  readonly seedsToKill: number;
  readonly claims: readonly HedgeClaim[];
  readonly hash: string;
}

/** Checks, hashes and freezes the claims. */
export function defineHedgeKillTest(terms: Omit<HedgeKillTest, "hash">): HedgeKillTest {
  for (const { name, criteria } of terms.claims) {
    if (criteria.length === 0)
      throw new VolterraError("SPEC", `kill-test ${terms.name}: ${name} has no criterion`);
    for (const { name: criterion, threshold } of criteria) {
      if (Number.isFinite(threshold)) continue;
      throw new VolterraError(
        "SPEC",
        `kill-test ${terms.name}: ${criterion}: the threshold is ${threshold}`,
      );
    }
  }
  return Object.freeze({ ...terms, hash: contentHash(terms) });
}
