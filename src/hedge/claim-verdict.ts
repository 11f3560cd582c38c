import type { Key } from "#core";
import { holm } from "#evidence";
import type { Comparison, HedgeClaim, HedgeCriterion, HedgeKillTest } from "./claim.ts";
import { type Compared, type Sample, compare } from "./comparison.ts";

export type HedgeOutcome = "PASS" | "KILL" | "NOT PROVEN";

/** A criterion, measured; `null` where a trial it needs was not run. */
export interface JudgedCriterion {
  readonly criterion: HedgeCriterion;
  readonly measured: Compared | null;
  /** p-values corrected by Holm over the criteria of the claim, for the claim and against it. */
  readonly pFor: number;
  readonly pAgainst: number;
  readonly outcome: HedgeOutcome;
}

export interface JudgedClaim {
  readonly claim: HedgeClaim;
  readonly outcome: HedgeOutcome;
  readonly seeds: number;
  readonly criteria: readonly JudgedCriterion[];
  readonly reasons: readonly string[];
}

/** Numbers a path of a method on a set, by seed; `null` where that was not run. */
export type Samples = (
  what: "pnl" | "turnover",
  arm: string,
  method: string,
  set: string,
) => Sample | null;

/** Judges every claim. Fewer seeds than the contract asks for can neither PASS nor KILL. */
export function judgeClaims(test: HedgeKillTest, samples: Samples, key: Key): JudgedClaim[] {
  return test.claims.map((claim) => judgeClaim(claim, test, samples, key.fold(claim.name)));
}

function judgeClaim(
  claim: HedgeClaim,
  test: HedgeKillTest,
  samples: Samples,
  key: Key,
): JudgedClaim {
  const measured = claim.criteria.map((criterion) => measure(criterion, test, samples, key));
  const p = (side: "for" | "against") =>
    holm(
      measured.map((m, i) => {
        if (!m) return 1;
        const above = claim.criteria[i]!.direction === "above";
        return above === (side === "for") ? m.compared.pAbove : m.compared.pBelow;
      }),
    );
  const [pFor, pAgainst] = [p("for"), p("against")];
  const criteria = claim.criteria.map((criterion, i): JudgedCriterion => {
    const seeds = measured[i]?.seeds ?? 0;
    const clears = pFor[i]! <= test.alpha && seeds >= test.seeds;
    const fails = pAgainst[i]! <= test.alpha && seeds >= test.seedsToKill;
    return {
      criterion,
      measured: measured[i]?.compared ?? null,
      pFor: pFor[i]!,
      pAgainst: pAgainst[i]!,
      outcome: clears ? "PASS" : fails ? "KILL" : "NOT PROVEN",
    };
  });
  const seeds = Math.min(...measured.map((m) => m?.seeds ?? 0));
  const reasons = criteria.map(explain);
  if (seeds < test.seeds) {
    reasons.push(`${seeds} seeds: PASS needs ${test.seeds}, KILL ${test.seedsToKill}`);
  }
  const outcome = criteria.every((c) => c.outcome === "PASS")
    ? "PASS"
    : criteria.some((c) => c.outcome === "KILL")
      ? "KILL"
      : "NOT PROVEN";
  return { claim, outcome, seeds, criteria, reasons };
}

function measure(
  { method, versus, comparison, threshold }: HedgeCriterion,
  { alpha }: HedgeKillTest,
  samples: Samples,
  key: Key,
): { compared: Compared; seeds: number } | null {
  const { arm, set } = comparison;
  const what = comparison.kind === "turnover" ? "turnover" : "pnl";
  const wanted = [
    samples(what, arm, method, set),
    samples(what, arm, versus, set),
    ...(comparison.kind === "degradation"
      ? [method, versus].map((m) => samples(what, arm, m, comparison.from))
      : []),
  ];
  if (wanted.some((sample) => sample === null)) return null;
  const found = wanted as Sample[];
  const options = { key: key.fold(comparison.kind, arm, set), threshold, alpha };
  return { compared: compare(found, statisticOf(comparison), options), seeds: found[0]!.length };
}

type Statistic = (tails: readonly number[], means: readonly number[]) => number;

function statisticOf({ kind }: Comparison): Statistic {
  switch (kind) {
    case "improvement":
      return ([a, b]) => 1 - a! / b!;
    case "degradation":
      return ([a, b, fromA, fromB]) => b! - fromB! - (a! - fromA!);
    case "turnover":
      return (_, [a, b]) => a! / b! - 1;
    case "mean":
      return (_, [a, b]) => a! - b!;
  }
}

function explain({ criterion, measured, pFor, pAgainst, outcome }: JudgedCriterion): string {
  if (!measured) return `${criterion.name}: not run`;
  const { estimate, low, high } = measured;
  return (
    `${criterion.name}: ${figure(estimate)} [${figure(low)}, ${figure(high)}] against ${figure(criterion.threshold)}, ` +
    `p ${figure(pFor)} for, ${figure(pAgainst)} against (Holm): ${outcome}`
  );
}

/** Three significant digits. */
function figure(x: number): string {
  return String(Number(x.toPrecision(3)));
}
