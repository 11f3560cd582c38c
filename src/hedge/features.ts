import { suggest, VolterraError } from "#core";
import type { Episodes } from "./episodes.ts";

/** A feature of a policy: element k of the episodes, sanely scaled before it is standardised. */
interface FeatureDefinition {
  readonly describe: string;
  /** Whether the document holds it to be invariant; the rest is spurious. */
  readonly invariant: boolean;
  value(episodes: Episodes, k: number): number;
}

/** The position held is a feature of every policy beside these, as it is. */
export const FEATURES: Readonly<Record<string, FeatureDefinition>> = {
  delta: { describe: "∂V/∂S", invariant: true, value: (e, k) => e.delta[k]! },
  gamma: {
    describe: "change of delta for one per cent of spot",
    invariant: true,
    value: (e, k) => 0.01 * e.gamma[k]! * e.spot[k]!,
  },
  theta: {
    describe: "a day's decay as a share of spot",
    invariant: true,
    value: (e, k) => e.theta[k]! / (252 * e.spot[k]!),
  },
  tau: {
    describe: "years to expiry",
    invariant: true,
    value: (e, k) => e.tau[Math.floor(k / e.paths)]!,
  },
  realised: {
    describe: "trailing realised volatility",
    invariant: false,
    value: (e, k) => e.realised[k]!,
  },
  signal: {
    describe: "control: a truly invariant feature",
    invariant: true,
    value: (e, k) => e.signal[k]!,
  },
  decoy: {
    describe: "control: a truly spurious feature",
    invariant: false,
    value: (e, k) => e.decoy[k]!,
  },
};

/** Features with the mean and deviation of the training environments. */
export interface Scaling {
  readonly features: readonly string[];
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

/** Farthest a standardised feature may be from its mean: gamma has no bound near expiry. */
const FARTHEST = 5;

/** Means and deviations over episodes of all training environments alike. */
export function fitScaling(features: readonly string[], episodes: readonly Episodes[]): Scaling {
  checkFeatures(features);
  const moments = features.map((name) => {
    const { value } = FEATURES[name]!;
    let [count, sum, squares] = [0, 0, 0];
    for (const e of episodes) {
      for (let k = 0; k < e.delta.length; k++) sum += value(e, k);
      count += e.delta.length;
    }
    const mean = sum / count;
    for (const e of episodes) {
      for (let k = 0; k < e.delta.length; k++) squares += (value(e, k) - mean) ** 2;
    }
    return { mean, deviation: Math.max(1e-6, Math.sqrt(squares / count)) };
  });
  return {
    features,
    mean: moments.map((m) => m.mean),
    deviation: moments.map((m) => m.deviation),
  };
}

/** The standardised features of element k, written to `out` from `at` on. */
export function writeFeatures(
  scaling: Scaling,
): (e: Episodes, k: number, out: Float32Array, at: number) => void {
  const values = scaling.features.map((name) => FEATURES[name]!.value);
  const { mean: means, deviation } = scaling;
  return (e, k, out, at) => {
    for (let f = 0; f < values.length; f++) {
      const z = (values[f]!(e, k) - means[f]!) / deviation[f]!;
      out[at + f] = Math.min(FARTHEST, Math.max(-FARTHEST, z));
    }
  };
}

/** Throws `VolterraError("SPEC")` for a feature that does not exist. */
export function checkFeatures(features: readonly string[]): void {
  for (const name of features) {
    if (name in FEATURES) continue;
    throw new VolterraError(
      "SPEC",
      `no hedging feature "${name}"`,
      suggest(name, Object.keys(FEATURES)),
    );
  }
}
