import { contentHash, toNumber, VolterraError } from "#core";
import type { Statistic } from "./statistic.ts";
import type { Window } from "./series.ts";

export type Outcome = "PASS" | "KILL" | "NOT PROVEN";

/** One thing a claim must show. */
export interface Criterion {
  readonly name: string;
  readonly statistic: CriterionStatistic;
  /** Name of a benchmark stream of the evidence; differences and improvements need one. */
  readonly benchmark?: string;
  /** In the statistic's own unit: an annual Sharpe ratio, a decimal return, a drawdown below zero. */
  readonly threshold: number;
  /** The side of the threshold on which the claim holds; above unless said. */
  readonly direction?: "above" | "below";
  readonly window: Window;
  /** The multiple of trading costs the stream has paid. */
  readonly costs: 1 | 2;
}

/**
 * What a criterion can be about: a statistic of the stream; `sharpe-excess`, its Sharpe ratio over cash; or the
 * stream's statistic minus the benchmark's on the same days (`drawdown-improvement`: of the signed drawdowns, so
 * that a shallower one is above zero; `win-rate-difference`: of both streams' returns over cash).
 */
export type CriterionStatistic = Statistic | "sharpe-excess" | keyof typeof DIFFERENCES;

const DIFFERENCES = {
  "sharpe-difference": "sharpe",
  "cagr-difference": "cagr",
  "mean-difference": "mean",
  "hit-rate-difference": "hit-rate",
  "drawdown-improvement": "max-drawdown",
  "win-rate-difference": "win-rate",
} as const satisfies Record<string, Statistic>;

/** The statistic underneath, what it is taken of, and whether that is the return over cash. */
export function resolveStatistic(name: CriterionStatistic): {
  readonly statistic: Statistic;
  readonly of: "stream" | "difference";
  readonly overCash: boolean;
} {
  if (name === "sharpe-excess") return { statistic: "sharpe", of: "stream", overCash: true };
  if (name in DIFFERENCES) {
    const statistic = DIFFERENCES[name as keyof typeof DIFFERENCES];
    return { statistic, of: "difference", overCash: statistic === "win-rate" };
  }
  return { statistic: name as Statistic, of: "stream", overCash: false };
}

/** What a contract fixes before the data are read. */
export interface KillTestTerms {
  readonly name: string;
  readonly claim: string;
  /** Where the claim was made. */
  readonly source: string;
  readonly criteria: readonly Criterion[];
  /** Trials made before the ledger began, and how that number is known. Without it nothing can PASS. */
  readonly priorTrials?: { readonly count: number; readonly source: string };
  /** Size of each one-sided test; 0.05 unless said. */
  readonly alpha?: number;
  /** How the choice among trials is paid for; StepM unless said. */
  readonly selection?: "stepm" | "deflated-sharpe";
}

export interface KillTest extends KillTestTerms {
  readonly alpha: number;
  readonly selection: "stepm" | "deflated-sharpe";
  /** SHA-256 of the terms: what the ledger records before the run. */
  readonly hash: string;
}

/** Checks, completes, hashes and freezes a contract. Throws `VolterraError` SPEC for terms that cannot be judged. */
export function defineKillTest(terms: KillTestTerms): KillTest {
  const fail = (message: string, hint = ""): never => {
    throw new VolterraError("SPEC", `kill-test ${terms.name}: ${message}`, hint);
  };
  const alpha = terms.alpha ?? 0.05;
  const selection = terms.selection ?? "stepm";
  if (!(alpha > 0 && alpha < 0.5)) fail(`alpha is ${alpha}`, "It is a share between 0 and 0.5.");
  if (terms.criteria.length === 0) fail("it has no criterion");
  for (const c of terms.criteria) {
    if (!Number.isFinite(c.threshold)) fail(`${c.name}: the threshold is ${c.threshold}`);
    const { start, end } = c.window;
    if (toNumber(start) > toNumber(end)) {
      const hint = "Swap start and end, or look for a slip in one of the years.";
      fail(`${c.name}: the window is reversed: it starts ${start} and ends ${end}`, hint);
    }
    if (resolveStatistic(c.statistic).of === "difference" && c.benchmark === undefined) {
      fail(`${c.name}: ${c.statistic} needs a benchmark`);
    }
  }
  const names = new Set(terms.criteria.map((c) => c.name));
  if (names.size < terms.criteria.length) fail("two criteria share a name");
  const prior = terms.priorTrials;
  if (prior && !(Number.isInteger(prior.count) && prior.count >= 0 && prior.source !== "")) {
    fail("priorTrials needs a whole count and a source");
  }
  const complete = { ...terms, alpha, selection };
  return Object.freeze({ ...complete, hash: contentHash(complete) });
}
