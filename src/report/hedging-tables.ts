import {
  chooseLambda,
  type HedgingResult,
  RULES,
  type SelectionRule,
  type SetMetrics,
  type TrialResult,
} from "#run";
import { count, fixed, percent } from "./format.ts";
import type { Table } from "./table.ts";

type Cell = Table["rows"][number][number];

/** Trials of an arm without the pre-trainings. */
export function trialsOf(result: HedgingResult, arm: string): TrialResult[] {
  return result.trials.filter(({ trial }) => trial.arm === arm && trial.kind !== "pretrain");
}

/** Methods of an arm, baselines first. */
export function methodsOf(result: HedgingResult, arm: string): string[] {
  return [...new Set(trialsOf(result, arm).map(({ trial }) => trial.method))];
}

/** A figure of a method on a set, averaged over seeds; NaN where it was not run. */
export function averageOf(
  result: HedgingResult,
  at: { arm: string; method: string; set: string },
  pick: (metrics: SetMetrics) => number,
): number {
  const found = trialsOf(result, at.arm)
    .filter(({ trial }) => trial.method === at.method)
    .flatMap(({ sets }) => (sets[at.set] ? [pick(sets[at.set]!)] : []));
  return found.length === 0 ? NaN : found.reduce((a, b) => a + b, 0) / found.length;
}

/** Sets of an arm whose tail means something: without the few raw windows of one episode. */
export function setsOf(result: HedgingResult, arm: string): string[] {
  const sets = Object.keys(trialsOf(result, arm)[0]?.sets ?? {});
  return sets.filter((set) => !result.raw.includes(set));
}

/** The test that an arm is about: its crisis. */
export function crisisOf(result: HedgingResult, arm: string): string {
  const sets = setsOf(result, arm);
  return ["crisis", "covid", "flipped"].find((set) => sets.includes(set)) ?? "training";
}

/** Every criterion with what was measured; shares in percent, money in premiums. */
export function claimTable({ verdicts }: HedgingResult): Table {
  const rows = verdicts.flatMap(({ claim, criteria }) =>
    criteria.map((judged): Cell[] => {
      const { criterion, measured, minimumDetectableEffect: effect, power, outcome } = judged;
      const isShare = /improvement|turnover/.test(criterion.comparison.kind);
      const show = (value: number) => (isShare ? percent(value) : fixed(value, 3));
      return [
        claim.name,
        criterion.name,
        ...(measured
          ? [
              show(measured.estimate),
              isShare
                ? interval(measured)
                : between(fixed(measured.low, 3), fixed(measured.high, 3)),
            ]
          : [null, null]),
        `${criterion.direction === "below" ? "<" : ">"}\u00a0${show(criterion.threshold)}`,
        measured && effect !== null ? show(effect) : null,
        power,
        measured ? judged.pFor : null,
        measured ? judged.pAgainst : null,
        measured ? outcome : "not run",
      ];
    }),
  );
  return {
    title: "Criteria",
    note: "Shares in percent, differences of P&L and of CVaR-95 in premiums. Bounds are one-sided at 95 %, paired on common paths (and seeds where there are more than one); p-values corrected by Holm within a claim. MDE: smallest true value that these data find four times in five. Power: chance that the bound clears if the truth were the estimate. Both before Holm.",
    columns: [
      { name: "Claim" },
      { name: "Criterion" },
      { name: "Estimate", kind: "number" },
      { name: "Bounds", kind: "number" },
      { name: "Must be", kind: "number" },
      { name: "MDE", kind: "number" },
      { name: "Power", kind: "percent" },
      { name: "p for", kind: "probability" },
      { name: "p against", kind: "probability" },
      { name: "Outcome" },
    ],
    rows,
  };
}

/** What the verdicts rest on beside the criteria, and what would decide those that are open. */
export function decisionTable({ verdicts }: HedgingResult): Table {
  return {
    title: "What else was found, and what would decide",
    note: "",
    columns: [{ name: "Claim" }, { name: "" }],
    rows: verdicts.flatMap(({ claim, criteria, reasons, whatWouldDecide }) =>
      [...reasons.slice(criteria.length), ...whatWouldDecide].map((text) => [claim.name, text]),
    ),
  };
}

/** N ≥ recorded + declared: the method runs of this result and its λ grid, and those looked at before. */
export function trialCount({ trials, selection, verdicts }: HedgingResult) {
  const grid = new Set(
    selection.map(({ arm, method, lambda, seed }) =>
      // Without a penalty all methods are one trial.
      [arm, seed, ...(lambda > 0 ? [method, lambda] : [])].join(),
    ),
  );
  const recorded = grid.size + trials.filter(({ trial }) => trial.kind === "method").length;
  const declared = verdicts[0]?.declared ?? null;
  const known = declared === null ? "none declared" : `${count(declared.count)} declared`;
  return {
    value: `N ≥ ${count(recorded + (declared?.count ?? 0))}`,
    note: `${count(recorded)} trained here, ${known}`,
    source: declared?.source ?? "",
  };
}

/** CVaR-95 with intervals and gains on the arm's crisis. */
export function methodTable(result: HedgingResult, arm: string): Table {
  const set = crisisOf(result, arm);
  const real = set === "covid";
  const rows = methodsOf(result, arm).map((method): Cell[] => {
    const found = result.intervals.find(
      (i) => i.arm === arm && i.set === set && i.method === method,
    );
    const at = { arm, method, set };
    return [
      method,
      found?.cvar.estimate ?? null,
      found?.cvar.low ?? null,
      found?.cvar.high ?? null,
      averageOf(result, at, (m) => m.cvar100),
      averageOf(result, at, (m) => m.mean),
      averageOf(result, at, (m) => m.turnover),
      found?.onErm?.estimate ?? null,
      interval(found?.onErm),
      found?.onDelta?.estimate ?? null,
      interval(found?.onDelta),
    ];
  });
  return {
    title: `Arm ${arm}: CVaR-95 in ${set}`,
    note: `Losses in premiums, after costs; 95 % intervals from a bootstrap of ${real ? "resampled paths of ONE episode" : "paths"}${result.seeds.length > 1 ? " and seeds" : ""}. Gains: share of CVaR-95 saved, paired.`,
    columns: [
      { name: "Method" },
      { name: "CVaR-95", kind: "number" },
      { name: "low", kind: "number" },
      { name: "high", kind: "number" },
      { name: "per 100 of spot", kind: "ratio" },
      { name: "Mean P&L", kind: "number" },
      { name: "Turnover", kind: "ratio" },
      { name: "Gain on ERM", kind: "signedPercent" },
      { name: "95 %" },
      { name: "Gain on delta", kind: "signedPercent" },
      { name: "95 %" },
    ],
    rows,
  };
}

/** −4.5 … 1.5%, in one unbroken piece; whole percents where they are hundreds. */
function interval(range: { low: number; high: number } | null | undefined): string | null {
  if (!range) return null;
  const decimals = Math.max(Math.abs(range.low), Math.abs(range.high)) < 1 ? 1 : 0;
  return between(fixed(100 * range.low, decimals), percent(range.high, decimals));
}

function between(low: string, high: string): string {
  return `${low}\u00a0…\u00a0${high}`;
}

/** CVaR-95 of every method in every environment of an arm. */
export function environmentTable(result: HedgingResult, arm: string): Table {
  const methods = methodsOf(result, arm);
  const sets = setsOf(result, arm);
  return {
    title: `Arm ${arm}: CVaR-95 in premiums`,
    note: "Means over seeds. A suffix names a probe: costs × 1.5, trailing volatility masked (realised), volatility masked everywhere (volatility), noise in its place (noise).",
    columns: [{ name: "Set" }, ...methods.map((name) => ({ name, kind: "number" as const }))],
    rows: sets.map((set) => [
      set,
      ...methods.map((method) => averageOf(result, { arm, method, set }, (m) => m.cvar)),
    ]),
  };
}

/** Rise of CVaR-95 under each probe, in premiums. */
export function probeTable(result: HedgingResult): Table {
  const rows = result.arms.flatMap((arm) => {
    const set = crisisOf(result, arm);
    return methodsOf(result, arm).flatMap((method): Cell[][] => {
      const base = averageOf(result, { arm, method, set }, (m) => m.cvar);
      const rises = ["costs", "realised", "volatility", "noise"].map(
        (probe) => averageOf(result, { arm, method, set: `${set}-${probe}` }, (m) => m.cvar) - base,
      );
      return rises.some(Number.isFinite) ? [[arm, method, base, ...rises]] : [];
    });
  });
  return {
    title: "What a probe costs",
    note: "Rise of CVaR-95 in the arm's crisis, in premiums, without retraining.",
    columns: [
      { name: "Arm" },
      { name: "Method" },
      { name: "CVaR-95", kind: "number" },
      { name: "costs × 1.5", kind: "number" },
      { name: "mask r", kind: "number" },
      { name: "mask all volatility", kind: "number" },
      { name: "noise for r", kind: "number" },
    ],
    rows,
  };
}

export function diagnosticsTable(result: HedgingResult): Table {
  const rows = result.arms.flatMap((arm) =>
    trialsOf(result, arm)
      .filter(({ trial, diagnostics }) => diagnostics !== null && trial.seed === result.seeds[0])
      .map(({ trial, diagnostics: d }) => [
        arm,
        trial.method,
        d!.c1,
        d!.c2,
        d!.c3,
        d!.isi,
        d!.generalisationGap,
        d!.worstGroup,
        d!.riskVariation,
        d!.efficiency,
        d!.tradeRatio,
        d!.sensitivityIndex,
      ]),
  );
  return {
    title: "Diagnostics",
    note: "Of the first seed. C1 risks alike, C2 gradients alike, C3 gradient lengths alike, ISI their mean; IG largest less smallest test risk, WG worst quarter, VR variation, ER mean P&L over CVaR, TR |trade| over |position|, MSI sensitivity to invariant over spurious features.",
    columns: ["Arm", "Method"]
      .map((name) => ({ name }) as Table["columns"][number])
      .concat(
        ["C1", "C2", "C3", "ISI", "IG", "WG", "VR", "ER", "TR", "MSI"].map((name) => ({
          name,
          kind: "number" as const,
        })),
      ),
    rows,
  };
}

/** What was run. */
export function coverageTable(result: HedgingResult): Table {
  const methods = [...new Set(result.trials.map(({ trial }) => trial.method))];
  return {
    title: "Coverage",
    note: "Seeds run by arm and method.",
    columns: [{ name: "Arm" }, ...methods.map((name) => ({ name, kind: "count" as const }))],
    rows: result.arms.map((arm) => [
      arm,
      ...methods.map(
        (method) =>
          result.trials.filter(({ trial }) => trial.arm === arm && trial.method === method).length,
      ),
    ]),
  };
}

/** λ by each rule, where the grid was run. */
export function selectionTable(result: HedgingResult): Table {
  const { select, selection, lambda } = result;
  const methods = [...new Set(selection.map(({ method }) => method))];
  const rules = Object.keys(RULES) as SelectionRule[];
  const rule =
    select === "given"
      ? "λ was given; the grid shows what each rule would take."
      : `${select} decides.`;
  return {
    title: "λ by rule",
    note: `On the selection seeds alone. ${rule} Left out of training: ${leftOut(result)}. Oracle looks at the crisis and is only ever shown.`,
    columns: [
      { name: "Method" },
      ...rules.map((name) => ({ name, kind: "number" as const })),
      { name: "taken", kind: "number" },
    ],
    rows: methods.map((method) => [
      method,
      ...[
        ...rules.map((name) => chooseLambda(selection, method, name)),
        lambda[method] ?? null,
      ].map((chosen) => (chosen === null ? null : String(chosen))),
    ]),
  };
}

/** The environment that each selection seed left out: the i-th of the arm on the i-th seed, as they were listed. */
function leftOut(result: HedgingResult): string {
  const { selection } = result;
  const { environments } = trialsOf(result, selection[0]!.arm)[0]!;
  return [...new Set(selection.map(({ seed }) => seed))]
    .map((seed, i) => `${environments[i % environments.length]} on seed ${seed}`)
    .join(", ");
}
