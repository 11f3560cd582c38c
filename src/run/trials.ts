import { calendar, fromParts, lastAtOrBefore } from "#core";
import {
  countTrials,
  type KillTest,
  type LedgerRecord,
  type Metrics,
  type MonthlyReturn,
  type ReturnSeries,
  trialIdentity,
} from "#evidence";
import type { TrialCount } from "./evaluation.ts";
import type { Ledger } from "./ledger.ts";
import type { Spec } from "./spec.ts";

/** A trial: what was tried, named by what defines it. */
export interface Trial {
  readonly study: string;
  readonly id: string;
  readonly label: string;
}

/** The ledger's family: studies of one name on real data share one; simulated evaluations go to one of their own. */
export function ledgerFamily(spec: Spec): string {
  return spec.data.source === "simulated" ? `${spec.study}-simulated` : spec.study;
}

/**
 * The trial of a spec: strategy, execution, capital, window and the simulated market's seed. How it is measured
 * (bootstrap, benchmarks, sub-periods) and what it is called do not make another trial, nor does a new commit.
 */
export function trialOf(spec: Spec, label = spec.preset): Trial {
  const { strategy, execution, account, window, data } = spec;
  const seed = data.source === "simulated" ? data.seed : 0;
  const id = trialIdentity({ spec: { strategy, execution, account }, window, seed });
  return { study: spec.study, id, label };
}

/** What is written before a trial is evaluated. */
export function intentOf({ study, id, label }: Trial): LedgerRecord {
  return { kind: "intent", study, trial: id, label };
}

/** What is written after: the figures that rank trials, and monthly returns for those that come later. */
export function resultOf(
  { study, id }: Trial,
  { sharpe, cagr, volatility, maxDrawdown, n }: Metrics,
  monthly: readonly MonthlyReturn[],
): LedgerRecord {
  const shown = { sharpe, cagr, volatility, maxDrawdown, n };
  const metrics = Object.entries(shown).map(
    ([name, x]) => [name, Number.isFinite(x) ? x : null] as const,
  );
  return {
    kind: "result",
    study,
    trial: id,
    metrics: Object.fromEntries(metrics),
    monthly: {
      months: monthly.map(({ year, month }) => 12 * year + month - 1),
      returns: monthly.map((m) => m.return),
    },
  };
}

/** The contracts that a study is judged by, fixed in the ledger before its data are read; those there stay. */
export function contractRecords(
  ledger: Ledger,
  study: string,
  tests: readonly KillTest[],
): LedgerRecord[] {
  const known = new Set(
    ledger.entries().flatMap((entry) => (entry.kind === "contract" ? [entry.contract] : [])),
  );
  return tests
    .filter(({ hash }) => !known.has(hash))
    .map(({ hash }) => ({ kind: "contract", study, contract: hash }));
}

/** Intents of the trials that the ledger does not hold yet. */
export function newIntents(ledger: Ledger, trials: readonly Trial[]): LedgerRecord[] {
  const known = new Set(countTrials(ledger.entries()).trials);
  return trials.filter(({ id }) => !known.has(id)).map(intentOf);
}

/** Identities of the trials whose result the ledger holds. */
export function finishedTrials(ledger: Ledger): Set<string> {
  return new Set(
    ledger.entries().flatMap((entry) => (entry.kind === "result" ? [entry.trial] : [])),
  );
}

/** The last session of a month given as 12 · year + month − 1. */
function monthEnd(month: number): number {
  const { sessions } = calendar("nyse");
  const next = fromParts(Math.floor((month + 1) / 12), ((month + 1) % 12) + 1, 1);
  return sessions[lastAtOrBefore(sessions, next - 1)]!;
}

/**
 * The trials of a ledger as a verdict counts them. Where the ledger holds no others, `own` streams stand as they are;
 * else every trial stands with its monthly returns, so that all lie on one grid.
 */
export function countLedgerTrials(
  ledger: Ledger,
  own: ReadonlyMap<string, ReturnSeries>,
): TrialCount {
  const entries = ledger.entries();
  const { recorded, trials } = countTrials(entries);
  if (trials.every((trial) => own.has(trial))) return { recorded, streams: [...own.values()] };
  const streams = new Map<string, ReturnSeries>();
  for (const entry of entries) {
    if (entry.kind !== "result" || !entry.monthly) continue;
    streams.set(entry.trial, {
      days: Int32Array.from(entry.monthly.months, monthEnd),
      returns: Float64Array.from(entry.monthly.returns),
    });
  }
  return { recorded, streams: [...streams.values()] };
}
