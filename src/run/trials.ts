import { calendar, fromParts, lastAtOrBefore } from "#core";
import {
  countTrials,
  type Declaration,
  type Evidence,
  type KillTest,
  largestDeclaration,
  type LedgerRecord,
  type Metrics,
  type MonthlyReturn,
  type Origin,
  type ReturnSeries,
  trialIdentity,
} from "#evidence";
import type { Catalog } from "./catalog.ts";
import type { Ledger } from "./ledger.ts";
import { fillTraded } from "./portfolio.ts";
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
 * A spec whose parameters are all there, so that what leaves a default out and what names it are one trial. Rejects with
 * `VolterraError` for an unknown strategy or parameter.
 */
export async function fillSpec(catalog: Catalog, spec: Spec): Promise<Spec> {
  return Object.freeze({ ...spec, strategy: await fillTraded(catalog, spec.strategy) });
}

/**
 * The trial of a spec that `fillSpec` made: strategy, execution, capital, window and the simulated market's seed. How it is measured
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

/** A result as it is written today: with its origin. */
type Result = Extract<LedgerRecord, { readonly kind: "result" }>;

/** What is written after: the figures that rank trials, and monthly returns for those that come later. */
export function resultOf(
  { study, id }: Trial,
  { sharpe, cagr, volatility, maxDrawdown, n }: Metrics,
  monthly: readonly MonthlyReturn[],
  { snapshot, code }: Origin,
): Result {
  const shown = { sharpe, cagr, volatility, maxDrawdown, n };
  const metrics = Object.entries(shown).map(
    ([name, x]) => [name, Number.isFinite(x) ? x : null] as const,
  );
  return {
    kind: "result",
    study,
    trial: id,
    snapshot,
    code,
    metrics: Object.fromEntries(metrics),
    monthly: {
      months: monthly.map(({ year, month }) => 12 * year + month - 1),
      returns: monthly.map((m) => m.return),
    },
  };
}

/**
 * The contracts that a study is judged by, and the trials that they declare, fixed in the ledger before its data are
 * read; those there stay.
 */
export function contractRecords(
  ledger: Ledger,
  study: string,
  tests: readonly KillTest[],
): LedgerRecord[] {
  const known = new Set(
    ledger.entries().flatMap((entry) => (entry.kind === "contract" ? [entry.contract] : [])),
  );
  const fresh = tests.filter(({ hash }) => !known.has(hash));
  const told = tests.flatMap(({ priorTrials }) => priorTrials ?? []);
  return [
    ...fresh.map(({ hash }) => ({ kind: "contract" as const, study, contract: hash })),
    ...declarationRecords(ledger, study, told),
  ];
}

/** Declarations that the ledger does not hold yet. */
export function declarationRecords(
  ledger: Ledger,
  study: string,
  told: readonly Pick<Declaration, "count" | "source">[],
): LedgerRecord[] {
  const fresh: Extract<LedgerRecord, { readonly kind: "declaration" }>[] = [];
  const known = ledger.entries().filter((entry) => entry.kind === "declaration");
  for (const { count, source } of told) {
    const isKnown = [...known, ...fresh].some((d) => d.count === count && d.source === source);
    if (!isKnown) fresh.push({ kind: "declaration", study, count, source });
  }
  return fresh;
}

/** Intents of the trials that the ledger does not hold yet. */
export function newIntents(ledger: Ledger, trials: readonly Trial[]): LedgerRecord[] {
  const known = new Set(countTrials(ledger.entries()).trials);
  return trials.filter(({ id }) => !known.has(id)).map(intentOf);
}

/** Trials whose last result is of these data and this code, with its metrics: those that need no evaluation. */
export function finishedTrials(
  ledger: Ledger,
  { snapshot, code }: Origin,
): Map<string, Result["metrics"]> {
  const finished = new Map<string, Result["metrics"]>();
  for (const entry of ledger.entries()) {
    if (entry.kind !== "result") continue;
    if (entry.snapshot === snapshot && entry.code === code)
      finished.set(entry.trial, entry.metrics);
    else finished.delete(entry.trial);
  }
  return finished;
}

/** The last session of a month given as 12 · year + month − 1. */
function monthEnd(month: number): number {
  const { sessions } = calendar("nyse");
  const next = fromParts(Math.floor((month + 1) / 12), ((month + 1) % 12) + 1, 1);
  return sessions[lastAtOrBefore(sessions, next - 1)]!;
}

/** What the verdicts are told about the trials beside this one. */
export type TrialCount = Evidence["trials"];

/**
 * The trials of a ledger as a verdict counts them, with the most that was ever declared beside them. Where the ledger
 * holds no others, `own` streams stand as they are; else every trial stands with the monthly returns of its last result,
 * so that all lie on one grid.
 */
export function countLedgerTrials(
  ledger: Ledger,
  own: ReadonlyMap<string, ReturnSeries>,
): TrialCount {
  const entries = ledger.entries();
  const { recorded, trials } = countTrials(entries);
  const known = { recorded, remembered: largestDeclaration(entries) };
  if (trials.every((trial) => own.has(trial))) return { ...known, streams: [...own.values()] };
  const streams = new Map<string, ReturnSeries>();
  for (const entry of entries) {
    if (entry.kind !== "result" || !entry.monthly) continue;
    streams.set(entry.trial, {
      days: Int32Array.from(entry.monthly.months, monthEnd),
      returns: Float64Array.from(entry.monthly.returns),
    });
  }
  return { ...known, streams: [...streams.values()] };
}
