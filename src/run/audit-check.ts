import { type DayNumber, toDay } from "#core";

/** What is done to the future: it ends, it turns to garbage, or it goes missing. */
export type Treatment = "prefix" | "garbage" | "missing";

/** A value that changed when nothing but its future did. */
export interface Leak {
  /** What changed, where a check looks at several things: `fills`, `vix.close`. */
  readonly what: string;
  /** The first day whose value depends on later ones; null where `what` says which session of a made-up path. */
  readonly day: DayNumber | null;
  /** The last day that was left as it came. */
  readonly cut: DayNumber | null;
  readonly how: Treatment | "afternoon" | "blindfold" | "rule" | "rewritten";
  /** The value with the future as it came, and without. */
  readonly before: number | string;
  readonly after: number | string;
}

/** One thing that was audited. */
export interface Check {
  readonly kind:
    | "calendar"
    | "column"
    | "feature"
    | "target"
    | "model"
    | "policy"
    | "strategy"
    | "fill"
    | "study";
  readonly name: string;
  /** How it was tried, in a few words. */
  readonly method: string;
  /** At how many days. */
  readonly cuts: number;
  readonly leak: Leak | null;
}

/** A leak in one line, for tables and messages. */
export function leakText({ what, day, cut, how, before, after }: Leak): string {
  const on = day === null ? "" : ` on ${toDay(day)}`;
  const at = cut === null ? "" : `, cut at ${toDay(cut)}`;
  return `${what}${on}: ${before} → ${after} (${how}${at})`;
}

/** First index below `end` at which two rows of values differ, NaN being equal to itself; −1 where none does. */
export function firstDifference(
  before: ArrayLike<number | string>,
  after: ArrayLike<number | string>,
  end: number,
): number {
  for (let i = 0; i < end; i++) if (!Object.is(before[i], after[i])) return i;
  return -1;
}

/** `count` whole numbers from `from` to `to`, both included, evenly spread; all of them where they are fewer. */
export function spread(from: number, to: number, count: number): number[] {
  const n = Math.min(count, to - from + 1);
  if (n <= 1) return n === 1 ? [to] : [];
  return Array.from({ length: n }, (_, i) => from + Math.round((i * (to - from)) / (n - 1)));
}
