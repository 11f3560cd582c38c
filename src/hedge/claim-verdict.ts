import type { Key } from "#core";
import { holm, minimumDetectableEffect, type OneSidedTest, powerAt } from "#evidence";
import { normalQuantile } from "#num";
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
  /** Smallest true value that these data find four times in five: (z₁₋α + z₀.₈) standard errors past the threshold. */
  readonly minimumDetectableEffect: number | null;
  /** Chance that its bound clears if the true value were the estimate. */
  readonly power: number | null;
  readonly outcome: HedgeOutcome;
}

export interface JudgedClaim {
  readonly claim: HedgeClaim;
  readonly outcome: HedgeOutcome;
  readonly seeds: number;
  /** Trials looked at before, as the contract declares them. */
  readonly declared: NonNullable<HedgeKillTest["priorTrials"]> | null;
  readonly criteria: readonly JudgedCriterion[];
  /** One a criterion, in their order, then what else speaks for the outcome. */
  readonly reasons: readonly string[];
  /** What would decide, for NOT PROVEN. */
  readonly whatWouldDecide: readonly string[];
}

/** Numbers a path of a method on a set, by seed; `null` where that was not run. */
export type Samples = (
  what: "pnl" | "turnover",
  arm: string,
  method: string,
  set: string,
) => Sample | null;

/**
 * Judges every claim. PASS: every criterion clears on as many seeds as the contract asks for, and it declares the trials
 * looked at before. KILL: some criterion fails, on enough seeds for that. Otherwise NOT PROVEN.
 */
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
      ...reachOf(criterion, measured[i]?.compared ?? null, test),
      outcome: clears ? "PASS" : fails ? "KILL" : "NOT PROVEN",
    };
  });
  const seeds = Math.min(...measured.map((m) => m?.seeds ?? 0));
  const declared = test.priorTrials ?? null;
  const outcome = criteria.some((c) => c.outcome === "KILL")
    ? "KILL"
    : declared && criteria.every((c) => c.outcome === "PASS")
      ? "PASS"
      : "NOT PROVEN";
  const reasons = [
    ...criteria.map((judged, i) => explain(judged, measured[i]?.seeds ?? 0)),
    ...criteria.flatMap(({ criterion, outcome: own }) =>
      criterion.otherwise && own !== "PASS" ? [criterion.otherwise] : [],
    ),
    ...(seeds < test.seeds
      ? [`${seedsText(seeds)}: PASS needs ${test.seeds}, KILL ${test.seedsToKill}`]
      : []),
    ...(declared ? [] : ["no prior trials are declared: N is known only from below"]),
  ];
  const declaration = declared
    ? []
    : ["a declaration of the trials looked at before, with its source"];
  const open = criteria.flatMap((judged, i) =>
    judged.outcome === "NOT PROVEN"
      ? [
          {
            name: judged.criterion.name,
            text: whatWouldDecide(judged, test, measured[i]?.seeds ?? 0),
          },
        ]
      : [],
  );
  return {
    claim,
    outcome,
    seeds,
    declared,
    criteria,
    reasons,
    whatWouldDecide: outcome === "NOT PROVEN" ? [...declaration, ...together(open)] : [],
  };
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

/** A criterion as a test that rejects upwards: signs are turned for "below". */
function testOf(
  { threshold, direction }: HedgeCriterion,
  { standardError }: Compared,
  { alpha }: HedgeKillTest,
): { sign: 1 | -1; test: OneSidedTest } {
  const sign = direction === "above" ? 1 : -1;
  const criticalValue = normalQuantile(1 - alpha);
  return { sign, test: { threshold: sign * threshold, standardError, criticalValue } };
}

function reachOf(criterion: HedgeCriterion, measured: Compared | null, contract: HedgeKillTest) {
  if (!measured) return { minimumDetectableEffect: null, power: null };
  const { sign, test } = testOf(criterion, measured, contract);
  return {
    minimumDetectableEffect: sign * minimumDetectableEffect(test),
    power: powerAt(test, sign * measured.estimate),
  };
}

/** The criterion in a sentence, with what these data find at all where they do not decide. */
function explain({ criterion, measured, ...judged }: JudgedCriterion, seeds: number): string {
  const { name, comparison, threshold, direction } = criterion;
  if (!measured) return `${name}: not run`;
  const [shown, unit] = unitOf(comparison);
  const { pFor, pAgainst, outcome, minimumDetectableEffect: effect, power } = judged;
  const data = seeds === 1 ? "the paths of one seed" : "these data";
  const reach =
    outcome === "NOT PROVEN"
      ? `; ${data} find only a true value ${direction} ${shown(effect!)} ${unit} four times in five, ` +
        `and the estimate, were it true, in ${Math.round(100 * power!)} % of cases`
      : "";
  return (
    `${name}: ${shown(measured.estimate)} [${shown(measured.low)}, ${shown(measured.high)}] against ` +
    `${shown(threshold)} ${unit}, p ${figure(pFor)} for, ${figure(pAgainst)} against (Holm): ${outcome}${reach}`
  );
}

/** What would decide a criterion that is not proven: seeds at this estimate and spread, or a run. */
function whatWouldDecide(
  { criterion, measured }: JudgedCriterion,
  contract: HedgeKillTest,
  seeds: number,
): string {
  const { method, versus, comparison } = criterion;
  if (!measured)
    return `a run of ${method} and ${versus} in arm ${comparison.arm} on ${comparison.set}`;
  if (seeds < 2) {
    return (
      `${contract.seeds} seeds, which PASS asks for, or ${contract.seedsToKill} for a KILL: ` +
      `one seed does not show how far seeds lie apart`
    );
  }
  // The standard error falls as 1/√seeds, so that an estimate which stays where it is clears, or fails, at some number.
  const { sign, test } = testOf(criterion, measured, contract);
  const distance = sign * measured.estimate - test.threshold;
  if (distance === 0)
    return "nothing: the estimate is at the threshold, where no number of seeds decides";
  const factor = ((test.criticalValue * test.standardError) / distance) ** 2;
  const needed = Math.max(seeds + 1, Math.ceil(seeds * factor));
  const [asked, word] = distance > 0 ? [contract.seeds, "PASS"] : [contract.seedsToKill, "KILL"];
  return needed <= asked
    ? `${asked} seeds, which ${word} asks for`
    : `about ${needed} seeds at this estimate and spread, for a ${word}`;
}

/** Criteria that the same would decide share a line; one that would decide all of them needs no names. */
function together(open: readonly { readonly name: string; readonly text: string }[]): string[] {
  const texts = [...new Set(open.map(({ text }) => text))];
  if (texts.length === 1) return texts;
  return texts.map((text) => {
    const names = open.filter((one) => one.text === text).map(({ name }) => name);
    return `${text}: ${names.join("; ")}`;
  });
}

function seedsText(seeds: number): string {
  return seeds === 1 ? "one seed" : `${seeds} seeds`;
}

/** Shares in percent, money in premiums. */
function unitOf({ kind }: Comparison): [shown: (value: number) => string, unit: string] {
  return kind === "improvement" || kind === "turnover"
    ? [(value) => figure(100 * value), "%"]
    : [figure, "premiums"];
}

/** Three significant digits. */
function figure(x: number): string {
  return String(Number(x.toPrecision(3)));
}
