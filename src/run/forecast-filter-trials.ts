import { trialIdentity } from "#evidence";
import type { FilterSpec } from "./forecast-filter-spec.ts";
import { MODEL } from "./forecast-result.ts";
import type { Trial } from "./trials.ts";

/** Name of a contender's filter in tables and as a trial. */
export interface Variant {
  readonly name: string;
  readonly seed: number | null;
  readonly threshold: number | "chosen";
}

/** Every filter that is simulated: each contender at its own thresholds and at fixed ones, and each seed; none when off. */
export function variantsOf(spec: FilterSpec): Variant[] {
  if (!spec.enabled) return [];
  const names = [MODEL, ...Object.keys(spec.baselines).filter((name) => name !== "class-prior")];
  const means = names.flatMap((name) =>
    (["chosen", ...spec.thresholds] as const).map((threshold) => ({ name, seed: null, threshold })),
  );
  const seeds = spec.seeds.length > 1 ? spec.seeds : [];
  return [...means, ...seeds.map((seed) => ({ name: MODEL, seed, threshold: "chosen" as const }))];
}

/** The trial of a filter: what is learned from what, how, and what it filters. */
export function trialOfVariant(spec: FilterSpec, { name, seed, threshold }: Variant): Trial {
  const { target, features, columns, steps, model, baselines, retraining, held, balanced } = spec;
  const { probability, thresholds, mostFalse, failure, seeds, data, from, window } = spec;
  const { strategy, execution, account } = spec.strategy;
  const forecast = {
    target,
    features,
    columns,
    steps,
    retraining,
    held,
    balanced,
    probability,
    from,
    use: name === MODEL ? model : baselines[name],
    learnedFrom: window,
    thresholds: threshold === "chosen" ? { thresholds, mostFalse } : threshold,
    seeds: name === MODEL ? (seed ?? seeds) : 0,
    failure: { policy: failure.policy, maxAge: failure.maxAge, drift: failure.drift },
  };
  const id = trialIdentity({
    spec: { forecast, strategy, execution, account },
    window: spec.strategy.window,
    seed: data.source === "simulated" ? data.seed : 0,
  });
  const part = seed === null ? "" : `, seed ${seed}`;
  return { study: spec.study, id, label: `${spec.preset}: ${name}${part} at ${threshold}` };
}

/** The sleeve without a filter, and every filter. */
export function trialsOf(spec: FilterSpec): Trial[] {
  return [baseTrial(spec), ...variantsOf(spec).map((variant) => trialOfVariant(spec, variant))];
}

/** The trial of the sleeve as it is. */
export function baseTrial({ study, data, strategy: sleeve }: FilterSpec): Trial {
  const { strategy, execution, account, window } = sleeve;
  const seed = data.source === "simulated" ? data.seed : 0;
  return {
    study,
    id: trialIdentity({ spec: { strategy, execution, account }, window, seed }),
    label: "no filter",
  };
}
