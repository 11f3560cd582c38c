import type { Objective } from "#hedge";
import type { Catalog } from "./catalog.ts";
import { nameOf } from "./hedging-arm.ts";
import type { HedgingSpec } from "./hedging-spec.ts";
import { type HedgingTrial, readTrial } from "./hedging-trial.ts";

/** One λ of one method on one selection seed; CVaR-95 in premiums. */
export interface SelectionPoint {
  readonly arm: string;
  readonly method: string;
  readonly lambda: number;
  readonly seed: number;
  /** Of the pooled training environments; of the environment left out; of the crisis, which is only ever shown. */
  readonly inDomain: number;
  readonly heldOut: number;
  readonly oracle: number;
}

export const RULES = {
  "in-domain": "inDomain",
  "leave-one-environment-out": "heldOut",
  oracle: "oracle",
} as const;
export type SelectionRule = keyof typeof RULES;

/**
 * The selection's trials on each selection seed, one environment left out a seed: every penalised method at every λ of
 * the grid; without a penalty all methods are `erm`, which stands for them at nil.
 */
export async function listSelection(
  spec: HedgingSpec,
  arm: string,
  catalog: Catalog,
): Promise<HedgingTrial[]> {
  const { environments } = spec.arms[arm]!;
  const penalised = await penalisedMethods(spec, arm, catalog);
  return spec.selectionSeeds.flatMap((seed, i) => {
    const place = { arm, seed, heldOut: nameOf(environments[i % environments.length]!) };
    const tried = penalised.flatMap((method) =>
      spec.lambdaGrid
        .filter((lambda) => lambda > 0)
        .map((lambda) => ({ ...place, method, kind: "method" as const, lambda })),
    );
    return [
      { ...place, method: "pretrain", kind: "pretrain", lambda: 0 },
      { ...place, method: "erm", kind: "method", lambda: 0 },
      ...tried,
    ];
  });
}

async function penalisedMethods(
  spec: HedgingSpec,
  arm: string,
  catalog: Catalog,
): Promise<string[]> {
  const methods = spec.arms[arm]!.methods ?? spec.methods;
  const penalised = await Promise.all(
    methods.map(async (name) => (await catalog.load<Objective>("objectives", name)).penalised),
  );
  return methods.filter((_, i) => penalised[i]);
}

/** What finished selection trials found; `erm` counts for every penalised method at nil. */
export function selectionPoints(
  root: string,
  spec: HedgingSpec,
  jobs: readonly { readonly id: string; readonly trial: HedgingTrial }[],
): SelectionPoint[] {
  const methods = [
    ...new Set(
      jobs
        .map(({ trial }) => trial)
        .filter(({ lambda }) => lambda > 0)
        .map(({ method }) => method),
    ),
  ];
  return jobs.flatMap(({ id, trial }): SelectionPoint[] => {
    const { arm, method, lambda, seed, heldOut = "" } = trial;
    const found = trial.kind === "method" ? readTrial(root, id) : null;
    if (!found) return [];
    const crisis = nameOf(spec.arms[arm]!.tests[0]!);
    const of = (set: string) => found.sets[set]!.cvar;
    const risks = { inDomain: of("training"), heldOut: of(heldOut), oracle: of(crisis) };
    return (lambda > 0 ? [method] : methods).map((name) => ({
      arm,
      method: name,
      lambda,
      seed,
      ...risks,
    }));
  });
}

/** λ of every method that was tried, by a rule; of the others as given. */
export function chosenLambdas(
  spec: HedgingSpec,
  points: readonly SelectionPoint[],
  rule: SelectionRule,
): Record<string, number> {
  const methods = [...new Set(points.map(({ method }) => method))];
  const chosen = methods.map((method) => [method, chooseLambda(points, method, rule)!]);
  return { ...spec.lambda, ...Object.fromEntries(chosen) };
}

/** The λ with the lowest mean risk by a rule; the smallest of equals. */
export function chooseLambda(
  points: readonly SelectionPoint[],
  method: string,
  rule: SelectionRule,
): number | null {
  const own = points.filter((point) => point.method === method);
  const lambdas = [...new Set(own.map(({ lambda }) => lambda))].toSorted((a, b) => a - b);
  let best: { lambda: number; risk: number } | null = null;
  for (const lambda of lambdas) {
    const at = own.filter((point) => point.lambda === lambda);
    const risk = at.reduce((sum, point) => sum + point[RULES[rule]], 0) / at.length;
    if (!best || risk < best.risk) best = { lambda, risk };
  }
  return best?.lambda ?? null;
}
