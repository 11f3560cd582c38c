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

/** The selection's trials: every penalised method and λ on each selection seed, one environment left out a seed. */
export async function listSelection(
  spec: HedgingSpec,
  arm: string,
  catalog: Catalog,
): Promise<HedgingTrial[]> {
  const { environments } = spec.arms[arm]!;
  const trials: HedgingTrial[] = [];
  for (const [i, seed] of spec.selectionSeeds.entries()) {
    const heldOut = nameOf(environments[i % environments.length]!);
    trials.push({ arm, method: "pretrain", kind: "pretrain", lambda: 0, seed, heldOut });
    for (const method of spec.methods) {
      const { penalised } = await catalog.load<Objective>("objectives", method);
      if (!penalised) continue;
      for (const lambda of spec.lambdaGrid) {
        trials.push({ arm, method, kind: "method", lambda, seed, heldOut });
      }
    }
  }
  return trials;
}

/** What finished selection trials found. */
export function selectionPoints(
  root: string,
  spec: HedgingSpec,
  jobs: readonly { readonly id: string; readonly trial: HedgingTrial }[],
): SelectionPoint[] {
  return jobs.flatMap(({ id, trial }): SelectionPoint[] => {
    const { arm, method, lambda, seed, heldOut = "" } = trial;
    const found = trial.kind === "method" ? readTrial(root, id) : null;
    if (!found) return [];
    const crisis = nameOf(spec.arms[arm]!.tests[0]!);
    const of = (set: string) => found.sets[set]!.cvar;
    const risks = { inDomain: of("training"), heldOut: of(heldOut), oracle: of(crisis) };
    return [{ arm, method, lambda, seed, ...risks }];
  });
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
