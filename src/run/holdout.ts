import { type Day, toDay, toNumber, VolterraError } from "#core";
import type { Ledger } from "./ledger.ts";
import type { Spec } from "./spec.ts";
import { trialOf } from "./trials.ts";

/**
 * The last day that a run may read. A window that reaches into a sealed hold-out is refused unless a peek is spent on
 * it, with a reason, in the ledger; there are only so many. Rejects with `VolterraError("LOOK_AHEAD")`.
 */
export async function unseal(
  spec: Spec,
  ledger: Ledger,
  reason: string | undefined,
): Promise<Day | undefined> {
  const { study, window, holdout } = spec;
  if (!holdout) return undefined;
  const eve = toDay(toNumber(holdout.start) - 1);
  if (toNumber(window.end) < toNumber(holdout.start)) return eve;
  const spent = ledger
    .entries()
    .flatMap((entry) => (entry.kind === "peek" ? [entry] : []))
    .filter((peek) => peek.window.start === holdout.start);
  // Looking again at what the same trial has seen costs nothing.
  const mark = `${trialOf(spec).id.slice(0, 12)}: `;
  if (spent.some((peek) => peek.reason.startsWith(mark))) return undefined;
  if (reason === undefined) {
    throw new VolterraError(
      "LOOK_AHEAD",
      `the window ends ${window.end}, inside the hold-out sealed from ${holdout.start} on`,
      `End it by ${eve}, or spend one of the ${holdout.peeks - spent.length} peeks left: --peek "why".`,
    );
  }
  if (spent.length >= holdout.peeks) {
    throw new VolterraError(
      "LOOK_AHEAD",
      `the hold-out from ${holdout.start} on has been looked at ${spent.length} times`,
      "What has been seen cannot be unseen: only later data can decide now.",
    );
  }
  const opened = { start: holdout.start, end: window.end };
  await ledger.append([{ kind: "peek", study, window: opened, reason: mark + reason }]);
  return undefined;
}
