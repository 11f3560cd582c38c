import type { Key } from "#core";
import {
  contractHistory,
  countTrials,
  type Evidence,
  judge,
  type KillTest,
  largestDeclaration,
  type Verdict,
} from "#evidence";
import type { Ledger } from "./ledger.ts";
import type { Trial } from "./trials.ts";

/** A trial before its contract. */
export interface Case {
  readonly ledger: Ledger;
  readonly trial: Trial;
  readonly killTest: KillTest;
  /** Hashes of the contracts that judge this trial together, this one among them. */
  readonly together: readonly string[];
}

/** Judges a trial by a contract, with what the ledger remembers of both, and writes there how it ended. */
export async function judgeTrial(
  { ledger, trial, killTest, together }: Case,
  evidence: Evidence,
  source: Key,
): Promise<Verdict> {
  const asked = { trial: trial.id, contract: killTest.hash };
  const contracts = contractHistory(ledger.entries(), { ...asked, together });
  const verdict = judge(killTest, { ...evidence, contracts }, source);
  const { outcome } = verdict;
  const last = ledger
    .entries()
    .findLast((e) => e.kind === "verdict" && e.trial === trial.id && e.contract === killTest.hash);
  if (last?.kind !== "verdict" || last.outcome !== outcome) {
    await ledger.append([{ kind: "verdict", study: trial.study, ...asked, outcome }]);
  }
  return verdict;
}

/**
 * What a study's verdicts depend on beside its specs, data and code. Its own contracts and declarations must be there;
 * its own verdicts change nothing of it.
 */
export function ledgerStanding(
  ledger: Ledger,
  trials: readonly Trial[],
  tests: readonly KillTest[],
): object {
  const entries = ledger.entries();
  const together = tests.map(({ hash }) => hash);
  return {
    recorded: countTrials(entries).recorded,
    declared: largestDeclaration(entries)?.count ?? null,
    contracts: trials.flatMap(({ id }) =>
      together.map((contract) => contractHistory(entries, { trial: id, contract, together })),
    ),
  };
}
