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
  /** Said with the verdict where this does not PASS. */
  readonly otherwise?: string;
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
  /** Trials looked at before these claims were judged, and how that number is known. Without it nothing can PASS. */
  readonly priorTrials?: { readonly count: number; readonly source: string };
  readonly claims: readonly HedgeClaim[];
  readonly hash: string;
}

/** Checks, hashes and freezes the claims. Throws `VolterraError` SPEC for terms that cannot be judged. */
export function defineHedgeKillTest(terms: Omit<HedgeKillTest, "hash">): HedgeKillTest {
  const fail = (message: string): never => {
    throw new VolterraError("SPEC", `kill-test ${terms.name}: ${message}`);
  };
  for (const { name, criteria } of terms.claims) {
    if (criteria.length === 0) fail(`${name} has no criterion`);
    for (const { name: criterion, threshold } of criteria) {
      if (!Number.isFinite(threshold)) fail(`${criterion}: the threshold is ${threshold}`);
    }
  }
  const prior = terms.priorTrials;
  if (prior && !(Number.isInteger(prior.count) && prior.count >= 0 && prior.source !== "")) {
    fail("priorTrials needs a whole count and a source");
  }
  return Object.freeze({ ...terms, hash: contentHash(terms) });
}
