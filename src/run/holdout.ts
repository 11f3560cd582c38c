import { contentHash, type Day, toDay, toNumber, VolterraError } from "#core";
import type { LedgerRecord } from "#evidence";
import type { Ledger } from "./ledger.ts";
import type { Spec } from "./spec.ts";
import { trialOf } from "./trials.ts";

/** The seal that a ledger holds: whatever specs say later, the earliest day and the fewest peeks of any of them. */
export interface Seal {
  /** First sealed day. */
  readonly start: Day;
  readonly peeks: number;
  /** Marks of the distinct looks into it, in order. */
  readonly looks: readonly string[];
}

/** What specs say of a hold-out and the ledger does not know yet. */
export function sealRecords(ledger: Ledger, specs: readonly Spec[]): LedgerRecord[] {
  const known = new Set(
    ledger.entries().flatMap((entry) => (entry.kind === "seal" ? [sealText(entry)] : [])),
  );
  return specs.flatMap(({ study, holdout }): LedgerRecord[] => {
    if (!holdout || known.has(sealText(holdout))) return [];
    known.add(sealText(holdout));
    return [{ kind: "seal", study, ...holdout }];
  });
}

function sealText({ start, peeks }: { readonly start: Day; readonly peeks: number }): string {
  return `from ${start} on, peeks ${peeks}`;
}

/** The seal that holds; undefined where no spec ever stated one. */
export function sealOf(ledger: Ledger): Seal | undefined {
  const entries = ledger.entries();
  const stated = entries.flatMap((entry) => (entry.kind === "seal" ? [entry] : []));
  const start = stated.map((seal) => seal.start).toSorted()[0];
  if (start === undefined) return undefined;
  const looks = entries.flatMap((entry) =>
    entry.kind === "peek" && entry.window.end >= start ? [entry.reason.split(":")[0]!] : [],
  );
  return { start, peeks: Math.min(...stated.map((s) => s.peeks)), looks: [...new Set(looks)] };
}

/** The last day that is not sealed. */
function eveOf({ start }: Seal): Day {
  return toDay(toNumber(start) - 1);
}

/** What a run looks at: its trial, and whatever else it simulates beside it. */
function markOf(spec: Spec): string {
  const { benchmarks, sensitivity } = spec;
  return contentHash({ trial: trialOf(spec).id, benchmarks, sensitivity }).slice(0, 12);
}

/**
 * The last day that a run may read, and the peek to be recorded before it does. A window that reaches into the hold-out
 * is refused unless a peek is spent on it, with a reason; a look that was paid for costs nothing again. The seal is the
 * ledger's: `sealRecords` go there first. Throws `VolterraError("LOOK_AHEAD")`.
 */
export function unseal(
  spec: Spec,
  ledger: Ledger,
  reason: string | undefined,
): { readonly to?: Day; readonly peek: readonly LedgerRecord[] } {
  const { study, window } = spec;
  const seal = sealOf(ledger);
  if (!seal) return { peek: [] };
  const eve = eveOf(seal);
  if (window.end <= eve) return { to: eve, peek: [] };
  const mark = markOf(spec);
  if (seal.looks.slice(0, seal.peeks).includes(mark)) return { to: window.end, peek: [] };
  const isSpent = seal.looks.length >= seal.peeks;
  if (isSpent || reason === undefined) {
    const otherwise = isSpent
      ? "What has been seen cannot be unseen: only later data can decide more."
      : 'Or spend a peek on it: --peek "why".';
    throw sealedError(spec, seal, otherwise);
  }
  const opened = { start: seal.start, end: window.end };
  return {
    to: window.end,
    peek: [{ kind: "peek", study, window: opened, reason: `${mark}: ${reason}` }],
  };
}

/** The last day that a sweep may read; it opens no hold-out. Throws `VolterraError("LOOK_AHEAD")`. */
export function keepSealed(specs: readonly Spec[], ledger: Ledger): Day | undefined {
  const seal = sealOf(ledger);
  if (!seal) return undefined;
  const inside = specs.find(({ window }) => window.end >= seal.start);
  if (inside) throw sealedError(inside, seal, "A sweep opens no hold-out.");
  return eveOf(seal);
}

/** Why a window that reaches into the hold-out is refused. */
function sealedError(spec: Spec, seal: Seal, otherwise: string): VolterraError {
  const { start, end } = spec.window;
  const text =
    `the window ${start} … ${end} reaches into the hold-out sealed from ${seal.start} on ` +
    `(${peeksText(seal)})${differenceText(spec, seal)}`;
  return new VolterraError("LOOK_AHEAD", text, `End it by ${eveOf(seal)}. ${otherwise}`);
}

/** The seal in words, for the readers of a result. */
export function sealNote(spec: Spec, seal: Seal): string {
  const looked =
    spec.window.end < seal.start
      ? "this run read nothing of it"
      : "this run looked into it, at no preset but this one";
  const difference = differenceText(spec, seal);
  return `Hold-out sealed from ${seal.start} on: ${peeksText(seal)}; ${looked}${difference}.`;
}

function peeksText({ peeks, looks }: Seal): string {
  const left = Math.max(0, peeks - looks.length);
  return `${looks.length} of ${peeks} ${peeks === 1 ? "peek" : "peeks"} spent, ${left} left`;
}

/** How a spec differs from the seal that holds. */
function differenceText({ holdout }: Spec, seal: Seal): string {
  if (holdout && sealText(holdout) === sealText(seal)) return "";
  const now = holdout ? sealText(holdout) : "no hold-out";
  return `; the ledger's seal wins over what the study says now: ${now}`;
}
