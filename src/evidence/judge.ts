import type { Key } from "#core";
import { judgeCriterion, type CriterionResult } from "./criterion.ts";
import type { Evidence } from "./evidence.ts";
import type { KillTest, Outcome } from "./kill-test.ts";
import { figure, whatWouldDecide, written } from "./prospects.ts";

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
  /** Of the first criterion. */
  readonly deflatedSharpe: number;
  readonly criteria: readonly CriterionResult[];
  readonly reasons: readonly string[];
  /** What would decide, for NOT PROVEN. */
  readonly whatWouldDecide: readonly string[];
}

/**
 * Judges evidence by a contract. PASS: the one-sided 1 − α lower bound of every criterion clears its threshold, the
 * choice among all N trials paid for. KILL: the upper bound of some criterion fails its. Otherwise NOT PROVEN; also
 * where nobody declared prior trials, a window is not covered, or another contract ended KILL on the same trial before.
 *
 * Bounds come from the stationary block bootstrap (Politis–White length; a benchmark resampled on the same days).
 * The choice is paid for by the resampled maximum over all trials' streams (StepM), a trial without a stream counting
 * as an independent one; valid however the candidate was picked. With `selection: "deflated-sharpe"` bounds are those
 * of one trial and every criterion also needs a deflated Sharpe ratio of 1 − α.
 *
 * Throws `VolterraError` where the evidence cannot be judged: no stream at a criterion's cost level, no benchmark of
 * its name or a day it lacks (DATA), no return in a window (EMPTY_WINDOW), too few returns or a flat stream (DATA).
 */
export function judge(killTest: KillTest, evidence: Evidence, key: Key): Verdict {
  const streams = evidence.trials.streams ?? [];
  const recorded = Math.max(1, evidence.trials.recorded, streams.length);
  const { declared, remembered } = declaredOf(killTest, evidence);
  const total = recorded + (declared ?? 0);
  const judged = killTest.criteria.map((criterion) =>
    judgeCriterion(criterion, {
      killTest,
      evidence,
      streams,
      total,
      key: key.fold(criterion.name),
    }),
  );
  const results = judged.map((j) => j.result);
  const uncovered = killTest.criteria.filter((_, i) => !judged[i]!.covered);
  const gaps = [...new Set(uncovered.map(({ window }) => `${window.start} … ${window.end}`))];
  const reasons = [
    ...results.map((r) => explain(r, killTest)),
    ...(total > 1 ? [`the bounds pay for a choice among at least ${total} trials`] : []),
    ...remembered,
    ...gaps.map((window) => `the data do not cover ${window}`),
    ...(declared === null ? ["no prior trials are declared: N is known only from below"] : []),
    ...otherContracts(evidence),
  ];
  const replaces = (evidence.contracts?.killed ?? []).length > 0;
  const mayPass = declared !== null && uncovered.length === 0 && !replaces;
  const outcome = results.some((r) => r.outcome === "KILL")
    ? "KILL"
    : mayPass && results.every((r) => r.outcome === "PASS")
      ? "PASS"
      : "NOT PROVEN";
  return Object.freeze({
    outcome,
    killTest: killTest.name,
    hash: killTest.hash,
    alpha: killTest.alpha,
    trials: {
      recorded,
      declared,
      atLeast: total,
      effective: judged[0]!.effective,
    },
    deflatedSharpe: results[0]!.deflatedSharpe,
    criteria: results,
    reasons,
    whatWouldDecide:
      outcome === "NOT PROVEN"
        ? [
            ...(declared === null
              ? ["a declaration of the trials made before, with its source"]
              : []),
            ...(replaces ? ["returns that no contract has judged, by one fixed before"] : []),
            ...gaps.map((window) => `returns in the whole of ${window}`),
            ...results
              .filter((r) => r.outcome === "NOT PROVEN")
              .map((r) => whatWouldDecide(r, killTest)),
          ]
        : [],
  });
}

/** The largest number of prior trials ever told of, null where there is none, and why it is larger than what is said now. */
function declaredOf(
  { priorTrials }: KillTest,
  { trials }: Evidence,
): { declared: number | null; remembered: readonly string[] } {
  const said = [priorTrials?.count, trials.declared].filter((count) => count !== undefined);
  const now = said.length > 0 ? Math.max(...said) : null;
  const before = trials.remembered;
  if (!before || before.count <= (now ?? -1)) return { declared: now, remembered: [] };
  const where = `${before.count} prior trials were declared in line ${before.line} of the ledger (${before.source})`;
  return {
    declared: before.count,
    remembered: [`${where}, ${now ?? "none"} now: the larger number holds`],
  };
}

/** What a reader must know of the other contracts of the ledger. */
function otherContracts({ contracts }: Evidence): string[] {
  if (!contracts) return [];
  const { place, count, killed } = contracts;
  return [
    ...(count > 1 ? [`contract ${place} of ${count} in this family`] : []),
    ...killed.map(
      ({ contract, line, verdict }) =>
        `contract ${contract.slice(0, 10)} (line ${line} of the ledger) ended KILL on this trial (line ${verdict}): ` +
        "another contract does not undo that",
    ),
  ];
}

/** One sentence on a criterion. */
function explain(result: CriterionResult, killTest: KillTest): string {
  const { criterion, outcome, estimate, lower, upper } = result;
  const below = criterion.direction === "below";
  const [side, bound] = (outcome === "KILL") === below ? ["lower", lower] : ["upper", upper];
  const relation =
    outcome === "NOT PROVEN" ? "does not clear" : outcome === "KILL" ? "fails" : "clears";
  const deflated =
    killTest.selection === "deflated-sharpe"
      ? `, deflated Sharpe ratio ${figure(result.deflatedSharpe)}`
      : "";
  const show = (value: number) => written(value, criterion);
  return (
    `${criterion.name}: ${show(estimate)}, ${side} bound ${show(bound)} ${relation} ` +
    `${show(criterion.threshold)}${deflated}`
  );
}
