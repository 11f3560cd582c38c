import type { HedgingResult, SelectionPoint } from "#run";
import type { Figure } from "./figure.ts";
import { frontierFigure } from "./figures/frontier.ts";
import { linesFigure } from "./figures/lines.ts";

const NOT_RUN = "The λ grid was not run.";

/** How λ moves risk on the selection seeds: a sweep, and training risk against held-out risk. */
export function lambdaFigures({ selection }: HedgingResult): Figure[] {
  return [sweep(selection), pareto(selection)];
}

/** A method's mean risks over the selection seeds at a λ. */
function meanAt(points: readonly SelectionPoint[], method: string, lambda: number) {
  const own = points.filter((p) => p.method === method && p.lambda === lambda);
  const mean = (pick: (p: SelectionPoint) => number) =>
    own.length === 0 ? NaN : own.reduce((sum, p) => sum + pick(p), 0) / own.length;
  return { inDomain: mean((p) => p.inDomain), heldOut: mean((p) => p.heldOut) };
}

function namesOf(points: readonly SelectionPoint[]) {
  return {
    methods: [...new Set(points.map(({ method }) => method))],
    lambdas: [...new Set(points.map(({ lambda }) => lambda))].toSorted((a, b) => a - b),
  };
}

function sweep(points: readonly SelectionPoint[]): Figure {
  const { methods, lambdas } = namesOf(points);
  const figure = linesFigure({
    id: "lambda",
    title: "Held-out CVaR-95 by λ",
    note: "On the environment left out of training, mean over the selection seeds; the crisis is never looked at.",
    xName: "λ",
    yName: "held-out CVaR-95, premiums",
    xs: lambdas.map(String),
    lines: methods.map((name) => ({
      name,
      values: lambdas.map((lambda) => meanAt(points, name, lambda).heldOut),
    })),
    points: true,
  });
  return figure.option === null ? { ...figure, note: NOT_RUN } : figure;
}

/** The Pareto frontier of λ: what the training environments pay for the one left out, one panel a method. */
function pareto(points: readonly SelectionPoint[]): Figure {
  const { methods, lambdas } = namesOf(points);
  const figure = frontierFigure({
    id: "pareto",
    title: "Training risk against held-out risk by λ",
    note: "Mean CVaR-95 over the selection seeds, one point a λ, labelled by it; left and low is better. The line joins those that no other λ beats on both. Axes differ between methods.",
    xName: "CVaR-95 of the training environments, premiums",
    yName: "CVaR-95 of the environment left out, premiums",
    panels: methods.map((name) => ({
      name,
      points: lambdas.map((lambda) => {
        const { inDomain, heldOut } = meanAt(points, name, lambda);
        return { name: String(lambda), x: inDomain, y: heldOut };
      }),
    })),
  });
  return figure.option === null ? { ...figure, note: NOT_RUN } : figure;
}
