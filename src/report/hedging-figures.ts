import type { HedgingResult, TrialResult } from "#run";
import type { Figure } from "./figure.ts";
import { forestFigure } from "./figures/forest.ts";
import { heatMapFigure } from "./figures/heat-map.ts";
import { linesFigure } from "./figures/lines.ts";
import { barsFigure } from "./figures/bars.ts";
import { averageOf, crisisOf, methodsOf, trialsOf } from "./hedging-tables.ts";

/** Every figure of a hedging run; those of what was not run are empty. */
export function hedgingFigures(result: HedgingResult): Figure[] {
  const main = result.arms[0]!;
  return [
    regimeMap(result, main),
    ...result.arms.map((arm) => crisisForest(result, arm)),
    frontier(result, main),
    ...trainingCurves(result, main),
    distributions(result, main),
    tails(result, main),
    sensitivity(result, main),
    lambdaSweep(result, main),
    spreads(result, main),
    ...surfaces(result, main),
    ablation(result),
  ];
}

/** CVaR-95 of methods over regimes, without the probes. */
function regimeMap(result: HedgingResult, arm: string): Figure {
  const methods = methodsOf(result, arm).filter((method) => method !== "no-hedge");
  const sets = Object.keys(trialsOf(result, arm)[0]!.sets).filter(
    (set) => !/-(costs|realised|volatility|noise)$/.test(set),
  );
  return heatMapFigure({
    id: "regimes",
    title: `CVaR-95 over regimes less that of delta, arm ${arm}`,
    note: "Premiums; blue is worse than delta, brown better. No hedge is left out: it is off the scale.",
    xName: "environment",
    yName: "method",
    valueName: "CVaR-95 − delta's",
    xs: sets,
    ys: methods,
    values: methods.map((method) =>
      sets.map(
        (set) =>
          averageOf(result, { arm, method, set }, (m) => m.cvar) -
          averageOf(result, { arm, method: "delta", set }, (m) => m.cvar),
      ),
    ),
    kind: "number",
    scale: "diverging",
  });
}

function crisisForest(result: HedgingResult, arm: string): Figure {
  const set = crisisOf(result, arm);
  const rows = result.intervals.filter((i) => i.arm === arm && i.set === set && i.onDelta);
  return forestFigure({
    id: `crisis-${arm}`,
    title: `CVaR-95 saved against delta, ${arm} arm, ${set}`,
    note: "Paired 95 % intervals; right of nil is better than delta. No hedge is left out.",
    valueName: "share of delta's CVaR-95 saved, %",
    factor: 100,
    rows: rows
      .filter(({ method }) => method !== "no-hedge")
      .map(({ method, onDelta }) => ({ name: method, ...onDelta! })),
  });
}

function frontier(result: HedgingResult, arm: string): Figure {
  const set = crisisOf(result, arm);
  const methods = methodsOf(result, arm)
    .filter((method) => method !== "no-hedge")
    .map((method) => ({
      method,
      x: Math.round(100 * averageOf(result, { arm, method, set }, (m) => m.turnover)) / 100,
      y: averageOf(result, { arm, method, set }, (m) => m.cvar),
    }))
    .toSorted((a, b) => a.x - b.x);
  return linesFigure({
    id: "frontier",
    title: `Risk and turnover in ${set}`,
    note: "One point a method: units traded in an episode, CVaR-95 in premiums. Left and low is better.",
    xName: "turnover, units",
    yName: "CVaR-95, premiums",
    xs: methods.map(({ x }) => x),
    lines: methods.map(({ method, y }, i) => ({
      name: method,
      values: methods.map((_, k) => (k === i ? y : NaN)),
    })),
    points: true,
    named: true,
    height: 480,
  });
}

/** The first seed's learners of an arm. */
function learners(result: HedgingResult, arm: string): TrialResult[] {
  return trialsOf(result, arm).filter(
    ({ trial }) => trial.kind === "method" && trial.seed === result.seeds[0],
  );
}

function trainingCurves(result: HedgingResult, arm: string): Figure[] {
  const pretrain = result.trials.find(
    ({ trial }) => trial.arm === arm && trial.kind === "pretrain" && trial.seed === result.seeds[0],
  );
  const irm = learners(result, arm).find(({ trial }) => trial.method === "irm-v1");
  const notes = [...(pretrain?.notes ?? []), ...(irm?.notes ?? [])];
  const names = irm?.environments ?? pretrain?.environments ?? [];
  const penalised = learners(result, arm).filter(({ notes: n }) => n.some((x) => x.penalty !== 0));
  const updates = penalised[0]?.notes.map(({ update }) => update) ?? [];
  return [
    linesFigure({
      id: "training",
      title: `Training risk by environment: pre-training, then irm-v1 (${arm})`,
      note: "Mean CVaR-95 of the batches between two notes, in premiums, seed one.",
      xName: "update",
      yName: "risk, premiums",
      xs: notes.map(({ update }) => update),
      lines: names.map((name, e) => ({ name, values: notes.map(({ risks }) => risks[e]!) })),
    }),
    linesFigure({
      id: "penalty",
      title: "Penalties over the updates after pre-training",
      note: "Each method's own penalty as a share of its largest, for they have no common unit; it may be negative where it is a product of two half-batches.",
      xName: "update",
      yName: "share of the largest",
      xs: updates,
      lines: penalised.map(({ trial, notes: n }) => ({
        name: trial.method,
        values: n.map(({ penalty }) => penalty / largestPenalty(n)),
      })),
    }),
  ];
}

function largestPenalty(notes: TrialResult["notes"]): number {
  return Math.max(...notes.map(({ penalty }) => Math.abs(penalty)));
}

function distributions(result: HedgingResult, arm: string): Figure {
  const set = crisisOf(result, arm);
  const found = result.quantiles[`${arm} ${set}`] ?? {};
  const shown = ["delta", "erm", "irm-v1", "group-dro"].filter((m) => found[m]);
  return linesFigure({
    id: "distributions",
    title: `Distribution of P&L given ${set}`,
    note: "Quantiles over all paths and seeds, in premiums.",
    xName: "probability",
    yName: "P&L, premiums",
    xs: result.probabilities,
    lines: shown.map((name) => ({ name, values: found[name]! })),
  });
}

function tails(result: HedgingResult, arm: string): Figure {
  const set = crisisOf(result, arm);
  const found = result.quantiles[`${arm} ${set}`] ?? {};
  const count = result.probabilities.filter((p) => p <= 0.1).length;
  const xs = (found["erm"] ?? []).slice(0, count).map((x) => Math.round(1e3 * x) / 1e3);
  const names = ["irm-v1", "head-irm", "group-dro", "delta"].filter((m) => found[m]);
  return linesFigure({
    id: "tails",
    title: `Tails against ERM's, ${set}: quantiles up to 10 %`,
    note: "A line above that of erm, the diagonal, loses less at the same probability.",
    xName: "ERM's quantile of P&L, premiums",
    yName: "the method's quantile",
    xs,
    lines: [
      ...names.map((name) => ({ name, values: found[name]!.slice(0, count) })),
      { name: "erm", values: xs },
    ],
    points: true,
    height: 380,
  });
}

function sensitivity(result: HedgingResult, arm: string): Figure {
  const trials = learners(result, arm);
  const features = Object.keys(trials[0]?.sensitivity ?? {});
  return barsFigure({
    id: "sensitivity",
    title: "Sensitivity of the position to each feature",
    note: "Mean |change of the position| a standard deviation of the feature, in the arm's crisis, seed one; the base delta held, time not moved.",
    xName: "feature",
    yName: "units a deviation",
    xs: features,
    groups: trials.map(({ trial, sensitivity: s }) => ({
      name: trial.method,
      values: features.map((f) => s[f] ?? NaN),
    })),
  });
}

/** CVaR-95 out of the training environments by λ, where several were run. */
function lambdaSweep(result: HedgingResult, arm: string): Figure {
  const set = crisisOf(result, arm);
  const points = result.selection.filter((s) => s.arm === arm);
  const lambdas = [...new Set(points.map(({ lambda }) => lambda))].toSorted((a, b) => a - b);
  const methods = [...new Set(points.map(({ method }) => method))];
  const at = (method: string, lambda: number) => {
    const found = points.filter((p) => p.method === method && p.lambda === lambda);
    return found.length === 0 ? NaN : found.reduce((sum, p) => sum + p.heldOut, 0) / found.length;
  };
  return linesFigure({
    id: "lambda",
    title: `Held-out CVaR-95 by λ, arm ${arm}`,
    note:
      lambdas.length > 0
        ? `On the selection seeds, the environment left out of training; ${set} is never looked at.`
        : "The grid was not run.",
    xName: "λ",
    yName: "held-out CVaR-95, premiums",
    xs: lambdas.map(String),
    lines: methods.map((name) => ({ name, values: lambdas.map((l) => at(name, l)) })),
    points: true,
  });
}

function spreads(result: HedgingResult, arm: string): Figure {
  const set = crisisOf(result, arm);
  const methods = methodsOf(result, arm).filter((m) => m !== "no-hedge");
  const at = (which: string) =>
    methods.map((method) => averageOf(result, { arm, method, set: which }, (m) => m.cvar));
  return barsFigure({
    id: "spreads",
    title: `CVaR-95 in ${set} at costs × 1 and × 1.5`,
    note: "Premiums; hedgers as trained.",
    xName: "method",
    yName: "CVaR-95, premiums",
    xs: methods,
    groups: [
      { name: "costs × 1", values: at(set) },
      { name: "costs × 1.5", values: at(`${set}-costs`) },
    ],
  });
}

/** Hedge ratio over moneyness and time beside delta. */
function surfaces(result: HedgingResult, arm: string): Figure[] {
  return ["delta", "erm", "irm-v1"].flatMap((method) => {
    const found = trialsOf(result, arm).find(({ trial }) => trial.method === method)?.surface;
    if (!found) return [];
    const delta = trialsOf(result, arm).find(({ trial }) => trial.method === "delta")?.surface;
    const beside = method !== "delta" && delta;
    return [
      heatMapFigure({
        id: `surface-${method}`,
        title: beside ? `Hedge ratio of ${method} less delta` : "Hedge ratio of delta",
        note: "Mean over paths in a box; grey where fewer than twenty came by.",
        xName: "from session",
        yName: "spot over strike",
        valueName: beside ? "position − delta" : "units",
        xs: found.sessions.map(String),
        ys: found.moneyness.map(String),
        values: found.values.map((row, i) =>
          row.map((x, j) => (x ?? NaN) - (beside ? (delta.values[i]![j] ?? NaN) : 0)),
        ),
        kind: "ratio",
        scale: beside ? "diverging" : "sequential",
      }),
    ];
  });
}

/** Volatility → + jumps → + liquidity: IRM's gain on ERM. */
function ablation(result: HedgingResult): Figure {
  const arms = ["volatility", "volatility-jumps", "synthetic"].filter((a) =>
    result.arms.includes(a),
  );
  const of = (set: string) =>
    arms.map((arm) => {
      const found = result.intervals.find(
        (i) => i.arm === arm && i.set === set && i.method === "irm-v1",
      );
      return found?.onErm ?? { estimate: NaN, low: NaN, high: NaN };
    });
  const groups = ["crisis", "covid"].map((set) => ({ name: set, rows: of(set) }));
  return barsFigure({
    id: "ablation",
    title: "irm-v1's gain on ERM as environments are added",
    note: "Share of ERM's CVaR-95 saved, %, paired 95 % intervals: volatility, then jumps, then liquidity (all six).",
    xName: "training environments",
    yName: "gain, %",
    xs: arms,
    groups: groups.map(({ name, rows }) => ({
      name,
      values: rows.map((r) => 100 * r.estimate),
      low: rows.map((r) => 100 * r.low),
      high: rows.map((r) => 100 * r.high),
    })),
  });
}
