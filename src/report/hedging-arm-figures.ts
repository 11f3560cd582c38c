import type { HedgingResult } from "#run";
import type { Figure } from "./figure.ts";
import { forestFigure } from "./figures/forest.ts";
import { heatMapFigure } from "./figures/heat-map.ts";
import { linesFigure } from "./figures/lines.ts";
import { rowFigure } from "./figures/row.ts";
import { stripFigure } from "./figures/strip.ts";
import { averageOf, crisisOf, methodsOf, setsOf, trialsOf } from "./hedging-tables.ts";

/** What is drawn of each arm: its crisis in one row, its regimes, and its raw windows where it has them. */
export function armFigures(result: HedgingResult, arm: string): Figure[] {
  return [crisisRow(result, arm), regimeMap(result, arm), ...rawWindows(result, arm)];
}

/** An id from names that a study chose freely. */
export function idOf(...names: readonly string[]): string {
  return names
    .join("-")
    .toLowerCase()
    .replace(/[^a-z0-9-]/g, "-");
}

/** Methods whose distributions are drawn, where an arm has them: each keeps its colour. */
const SHOWN = ["irm-v1", "erm", "delta", "group-dro", "head-irm"];

/** Gains on delta, distributions of P&L and their tails. */
function crisisRow(result: HedgingResult, arm: string): Figure {
  const set = crisisOf(result, arm);
  const gains = result.intervals
    .filter((i) => i.arm === arm && i.set === set && i.onDelta && i.method !== "no-hedge")
    .map(({ method, onDelta }) => ({ name: method, ...onDelta! }));
  const found = result.quantiles[`${arm} ${set}`] ?? {};
  const shown = SHOWN.filter((method) => found[method]);
  const tail = result.probabilities.filter((p) => p <= 0.1).length;
  const diagonal = (found["erm"] ?? []).slice(0, tail).map((x) => Math.round(1e3 * x) / 1e3);
  const words = { note: "" };
  return rowFigure({
    id: idOf("crisis", arm),
    title: `Arm ${arm}: ${set}`,
    note:
      "Left: paired 95 % intervals; right of nil is better than delta, no hedge is left out. " +
      "Middle: quantiles over all paths and seeds. Right: quantiles up to 10 %; a line above that of erm loses less at the same probability.",
    height: Math.max(330, 66 + 28 * gains.length + 56),
    figures: [
      forestFigure({
        ...words,
        id: "forest",
        title: "CVaR-95 saved against delta",
        valueName: "share of delta's CVaR-95, %",
        factor: 100,
        rows: gains,
      }),
      linesFigure({
        ...words,
        id: "distributions",
        title: "Distribution of P&L",
        xName: "probability",
        yName: "P&L, premiums",
        xs: result.probabilities,
        lines: shown.map((name) => ({ name, values: found[name]! })),
      }),
      linesFigure({
        ...words,
        id: "tails",
        title: "Tails against ERM's",
        xName: "ERM's quantile, premiums",
        yName: "the method's quantile, premiums",
        xs: diagonal,
        lines:
          diagonal.length > 0
            ? shown.map((name) => ({
                name,
                values: name === "erm" ? diagonal : found[name]!.slice(0, tail),
              }))
            : [],
      }),
    ],
  });
}

/** CVaR-95 of methods over regimes less that of delta, without probes and raw windows. */
function regimeMap(result: HedgingResult, arm: string): Figure {
  const methods = methodsOf(result, arm).filter((m) => m !== "no-hedge" && m !== "delta");
  const sets = setsOf(result, arm).filter(
    (set) => !/-(costs|realised|volatility|noise)$/.test(set),
  );
  const cvar = (method: string, set: string) =>
    averageOf(result, { arm, method, set }, (m) => m.cvar);
  const values = methods.map((method) => sets.map((set) => cvar(method, set) - cvar("delta", set)));
  const learnt = values
    .filter((_, i) => !result.baselines.includes(methods[i]!))
    .flat()
    .filter(Number.isFinite);
  const far = Math.max(...learnt.map(Math.abs), 1e-3);
  return heatMapFigure({
    id: idOf("regimes", arm),
    title: `Arm ${arm}: CVaR-95 over regimes less that of delta`,
    note: "Premiums; blue is worse than delta, brown better. Colours end at the largest difference of a learner, so that a baseline does not take the scale. No hedge is left out.",
    xName: "environment",
    yName: "method",
    valueName: "CVaR-95 − delta's",
    xs: sets,
    ys: methods,
    values,
    kind: "number",
    scale: "diverging",
    ...(learnt.length > 0 && { range: [-far, far] as const }),
  });
}

/** P&L of the windows that happened, as far as the quantiles of a result hold them. */
function rawWindows(result: HedgingResult, arm: string): Figure[] {
  return result.raw.flatMap((set) => {
    const found = result.quantiles[`${arm} ${set}`];
    if (!found) return [];
    const n = trialsOf(result, arm).find(({ sets }) => sets[set])!.sets[set]!.paths;
    const held = new Set(result.probabilities.map((p) => Math.floor(p * n))).size;
    const points =
      result.seeds.length > 1
        ? `Points are ${result.probabilities.length} quantiles over windows and seeds.`
        : held < n
          ? `Points are the ${held} that lie at the quantiles of a result.`
          : "";
    return [
      stripFigure({
        id: idOf("raw", arm, set),
        title: `Arm ${arm}: P&L in the raw windows of one episode, ${set}`,
        note: `n = ${n} windows of one episode, which overlap: too few for a tail or an interval. ${points}`,
        valueName: "P&L, premiums",
        rows: Object.entries(found).map(([name, values]) => ({
          name,
          values: [...new Set(values)],
        })),
      }),
    ];
  });
}
