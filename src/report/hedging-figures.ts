import type { HedgingResult, TrialResult } from "#run";
import type { Figure } from "./figure.ts";
import { barsFigure } from "./figures/bars.ts";
import { frontierFigure } from "./figures/frontier.ts";
import { heatMapFigure } from "./figures/heat-map.ts";
import { linesFigure } from "./figures/lines.ts";
import { rowFigure } from "./figures/row.ts";
import { armFigures, idOf } from "./hedging-arm-figures.ts";
import { lambdaFigures } from "./hedging-lambda-figures.ts";
import { averageOf, crisisOf, methodsOf, setsOf, trialsOf } from "./hedging-tables.ts";

/** Every figure of a hedging run; those of what was not run are empty. */
export function hedgingFigures(result: HedgingResult): Figure[] {
  const main = result.arms[0]!;
  return [
    ...result.arms.flatMap((arm) => armFigures(result, arm)),
    frontier(result),
    ...lambdaFigures(result),
    ...trainingCurves(result, main),
    ...sensitivity(result),
    spreads(result),
    ...surfaces(result, main),
    ablation(result),
  ];
}

/** Arms that compare all methods; the first where none does. */
function fullArms(result: HedgingResult): string[] {
  const full = result.arms.filter((arm) => {
    const own = methodsOf(result, arm);
    return result.methods.every((method) => own.includes(method));
  });
  return full.length > 0 ? full : result.arms.slice(0, 1);
}

/** Methods of an arm without the one that is off every scale. */
function hedgers(result: HedgingResult, arm: string): string[] {
  return methodsOf(result, arm).filter((method) => method !== "no-hedge");
}

function frontier(result: HedgingResult): Figure {
  return frontierFigure({
    id: "frontier",
    title: "Risk and turnover in the crisis",
    note: "One point a method, mean over seeds; left and low is better. The line joins those that no other beats on both. No hedge is left out.",
    xName: "turnover, units traded in an episode",
    yName: "CVaR-95, premiums",
    panels: fullArms(result).map((arm) => {
      const set = crisisOf(result, arm);
      return {
        name: `Arm ${arm}, ${set}`,
        points: hedgers(result, arm).map((method) => ({
          name: method,
          x: averageOf(result, { arm, method, set }, (m) => m.turnover),
          y: averageOf(result, { arm, method, set }, (m) => m.cvar),
        })),
      };
    }),
  });
}

/** The first seed's learners of an arm. */
function learners(result: HedgingResult, arm: string): TrialResult[] {
  return trialsOf(result, arm).filter(
    ({ trial }) => trial.kind === "method" && trial.seed === result.seeds[0],
  );
}

/** Of so few notes each is marked, and a single one is seen. */
const FEW = 30;

function trainingCurves(result: HedgingResult, arm: string): Figure[] {
  const pretrain = result.trials.find(
    ({ trial }) => trial.arm === arm && trial.kind === "pretrain" && trial.seed === result.seeds[0],
  );
  const irm = learners(result, arm).find(({ trial }) => trial.method === "irm-v1");
  const notes = [...(pretrain?.notes ?? []), ...(irm?.notes ?? [])];
  const names = irm?.environments ?? pretrain?.environments ?? [];
  const penalised = learners(result, arm).filter(({ notes: n }) => n.some((x) => x.penalty !== 0));
  const updates = penalised[0]?.notes.map(({ update }) => update) ?? [];
  const single = updates.length === 1;
  return [
    linesFigure({
      id: "training",
      title: `Training risk by environment: pre-training, then irm-v1 (${arm})`,
      note: "Mean CVaR-95 of the batches between two notes, in premiums, seed one.",
      xName: "update",
      yName: "risk, premiums",
      xs: axisOf(notes.map(({ update }) => update)),
      lines: names.map((name, e) => ({ name, values: notes.map(({ risks }) => risks[e]!) })),
      points: notes.length <= FEW,
    }),
    linesFigure({
      id: "penalty",
      title: "Penalties over the updates after pre-training",
      note: single
        ? "Each method's own penalty at the only note that was taken; they have no common unit."
        : "Each method's own penalty as a share of its largest, for they have no common unit; it may be negative where it is a product of two half-batches.",
      xName: "update",
      yName: single ? "penalty" : "share of the largest",
      xs: axisOf(updates),
      lines: penalised.map(({ trial, notes: n }) => ({
        name: trial.method,
        values: n.map(({ penalty }) => (single ? penalty : penalty / largestPenalty(n))),
      })),
      points: updates.length <= FEW,
    }),
  ];
}

/** A single update is a name: an axis of numbers would have no length. */
function axisOf(updates: readonly number[]): readonly number[] | readonly string[] {
  return updates.length === 1 ? updates.map(String) : updates;
}

function largestPenalty(notes: TrialResult["notes"]): number {
  return Math.max(...notes.map(({ penalty }) => Math.abs(penalty)));
}

/** Sensitivities in the first arm, and in those that see other features. */
function sensitivity(result: HedgingResult): Figure[] {
  const featuresOf = (arm: string) => [
    ...new Set(learners(result, arm).flatMap((trial) => Object.keys(trial.sensitivity))),
  ];
  const first = featuresOf(result.arms[0]!).join();
  return result.arms
    .filter((arm, i) => i === 0 || featuresOf(arm).join() !== first)
    .map((arm) => {
      const features = featuresOf(arm);
      return barsFigure({
        id: idOf("sensitivity", arm),
        title: `Arm ${arm}: sensitivity of the position to each feature`,
        note: "Mean |change of the position| a standard deviation of the feature, in the arm's crisis, seed one; the base delta held. The position held, which is fed back as it is, is not moved.",
        xName: "feature",
        yName: "units a deviation",
        xs: features,
        groups: learners(result, arm).map(({ trial, sensitivity: s }) => ({
          name: trial.method,
          values: features.map((f) => s[f] ?? NaN),
        })),
      });
    });
}

/** Costs of the crisis as they are and stressed, of the arms that were probed. */
function spreads(result: HedgingResult): Figure {
  const arms = fullArms(result).filter((arm) =>
    setsOf(result, arm).includes(`${crisisOf(result, arm)}-costs`),
  );
  const figure = rowFigure({
    id: "spreads",
    title: "CVaR-95 in the crisis at costs × 1 and × 1.5",
    note: "Mean over seeds, hedgers as trained; the steeper, the more costs hurt. No hedge is left out.",
    height: 360,
    figures: arms.map((arm) => {
      const set = crisisOf(result, arm);
      return linesFigure({
        id: "arm",
        title: `Arm ${arm}, ${set}`,
        note: "",
        xName: "costs",
        yName: "CVaR-95, premiums",
        xs: ["× 1", "× 1.5"],
        lines: hedgers(result, arm).map((method) => ({
          name: method,
          values: [set, `${set}-costs`].map((which) =>
            averageOf(result, { arm, method, set: which }, (m) => m.cvar),
          ),
        })),
        points: true,
      });
    }),
  });
  return figure.option === null ? { ...figure, note: "No crisis was probed." } : figure;
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
  const figure = barsFigure({
    id: "ablation",
    title: "irm-v1's gain on ERM as environments are added",
    note: "Share of ERM's CVaR-95 saved, %, paired 95 % intervals: volatility, then jumps, then liquidity (all six).",
    xName: "training environments",
    yName: "gain, %",
    xs: arms,
    groups: (arms.length > 1 ? groups : []).map(({ name, rows }) => ({
      name,
      values: rows.map((r) => 100 * r.estimate),
      low: rows.map((r) => 100 * r.low),
      high: rows.map((r) => 100 * r.high),
    })),
  });
  return figure.option === null ? { ...figure, note: "The ablation was not run." } : figure;
}
