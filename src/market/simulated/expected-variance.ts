import { REGIMES, type VarianceDynamics } from "./parameters.ts";

/** Fast and slow variance (annualised) and regime at the close of a session. */
export interface VarianceState {
  readonly fast: Float64Array;
  readonly slow: Float64Array;
  readonly regime: Uint8Array;
}

/** E[mean variance over `window` sessions that begin after `ahead` more] = a·fast + b·slow + c[regime]. */
export interface Expectation {
  readonly window: number;
  readonly a: Float64Array;
  readonly b: Float64Array;
  /** `c[ahead · REGIMES + regime]`. */
  readonly c: Float64Array;
}

/**
 * Exact expectation of future variance for `ahead` = 0 … `furthest`: the dynamics are linear in fast, slow and
 * the regime's indicator, and every shock multiplies by a factor of mean one.
 *   slow′ = slow + κs (level[regime′] − slow),  fast′ = fast + κf (lift · slow′ − fast)
 */
export function expectVariance(
  dynamics: VarianceDynamics,
  window: number,
  furthest: number,
): Expectation {
  const n = furthest + window;
  const { transition, level, slow: ks, fast: kf, lift } = dynamics;
  // The same recursion forward for one unit of each part of the state.
  const fastOfFast = new Float64Array(n);
  const fastOfSlow = new Float64Array(n);
  const fastOfRegime = new Float64Array(n * REGIMES);
  let slowOfSlow = 1;
  fastOfFast[0] = 1;
  for (let h = 1; h < n; h++) {
    slowOfSlow *= 1 - ks;
    fastOfFast[h] = (1 - kf) * fastOfFast[h - 1]!;
    fastOfSlow[h] = (1 - kf) * fastOfSlow[h - 1]! + kf * lift * slowOfSlow;
  }
  for (let regime = 0; regime < REGIMES; regime++) {
    let chance: number[] = transition[regime]!.map((_, j) => (j === regime ? 1 : 0));
    let slow = 0;
    for (let h = 1; h < n; h++) {
      chance = chance.map((_, j) => chance.reduce((sum, p, i) => sum + p * transition[i]![j]!, 0));
      const target = chance.reduce((sum, p, j) => sum + p * level[j]!, 0);
      slow += ks * (target - slow);
      const before = fastOfRegime[(h - 1) * REGIMES + regime]!;
      fastOfRegime[h * REGIMES + regime] = before + kf * (lift * slow - before);
    }
  }
  const averaged = (values: Float64Array, stride: number) => {
    const out = new Float64Array((furthest + 1) * stride);
    for (let i = 0; i < out.length; i++) {
      let sum = 0;
      for (let k = 0; k < window; k++) sum += values[i + k * stride]!;
      out[i] = sum / window;
    }
    return out;
  };
  return {
    window,
    a: averaged(fastOfFast, 1),
    b: averaged(fastOfSlow, 1),
    c: averaged(fastOfRegime, REGIMES),
  };
}

/** The expectation on session `t`, `ahead` sessions on. */
export function expectedAt(
  { a, b, c }: Expectation,
  state: VarianceState,
  t: number,
  ahead = 0,
): number {
  return (
    a[ahead]! * state.fast[t]! + b[ahead]! * state.slow[t]! + c[ahead * REGIMES + state.regime[t]!]!
  );
}
