import { type Key } from "#core";
import { exp, normals } from "#num";
import type { CorePath } from "./core-path.ts";
import { type Expectation, expectVariance, expectedAt } from "./expected-variance.ts";
import { PRICED, PRICING, VVIX } from "./parameters.ts";

/** Sessions in 1, 9, 30 and 93 calendar days. */
const WINDOW = { vix1d: 1, vix9d: 6, vix: 21, vix3m: 64 } as const;
/** A contract is listed at most this many sessions before it settles. */
export const FURTHEST = 210;

/** Volatility as priced at each close, in points. */
export interface Implied {
  readonly vix: Float64Array;
  readonly vix1d: Float64Array;
  readonly vix9d: Float64Array;
  readonly vix3m: Float64Array;
  readonly vvix: Float64Array;
  /** Price in points, at the close of session `t`, of a contract that settles `ahead` sessions later. */
  future(t: number, ahead: number): number;
}

/**
 * VIX = 100 √(premium · E[mean variance of the next 21 sessions]) · e^d, E under the priced dynamics and d the
 * demand for options, autoregressive. VIX1D, VIX9D and VIX3M are the same of 1, 6 and 64 sessions; that of one session
 * also has noise of its own, drawn afresh each day. A contract on VIX costs
 *   F(h) = 100 √(premium · E[mean variance of the 21 sessions after h]) · e^(d φʰ − s²(h)/2),
 * s²(h) the variance of log VIX over h sessions, scaled by VVIX² (the square root is concave). F(0) = VIX.
 */
export function priceVolatility(source: Key, path: CorePath): Implied {
  const n = path.fast.length;
  const next = expectVariance(PRICED, WINDOW.vix1d, 0);
  const near = expectVariance(PRICED, WINDOW.vix9d, 0);
  const month = expectVariance(PRICED, WINDOW.vix, FURTHEST);
  const quarter = expectVariance(PRICED, WINDOW.vix3m, 0);
  const demand = autoregress(normals(source.fold("demand"), n));
  const agenda = normals(source.fold("agenda"), n);
  const fading = powers(PRICING.persistence, FURTHEST);
  const convexity = concavity(FURTHEST);
  const points = (e: Expectation, t: number, ahead: number, tilt: number) =>
    100 * Math.sqrt(PRICING.premium * expectedAt(e, path, t, ahead)) * exp(tilt);
  const series = (value: (t: number) => number) =>
    Float64Array.from({ length: n }, (_, t) => value(t));
  const vvix = series((t) => VVIX.level * exp(path.vvix[t]!));
  return {
    // What the next session has in store differs from day to day, and nothing of it stays.
    vix1d: series((t) => {
      const fresh = PRICING.agenda * agenda[t]! - 0.5 * PRICING.agenda * PRICING.agenda;
      return points(next, t, 0, 1.3 * demand[t]! + fresh);
    }),
    // The nearest options feel demand most.
    vix9d: series((t) => PRICING.near * points(near, t, 0, 1.3 * demand[t]!)),
    vix: series((t) => points(month, t, 0, demand[t]!)),
    vix3m: series((t) => PRICING.far * points(quarter, t, 0, 0.6 * demand[t]!)),
    vvix,
    future(t, ahead) {
      const usual = vvix[t]! / VVIX.level;
      const uncertain = convexity[ahead]! * usual * usual;
      return points(month, t, ahead, demand[t]! * fading[ahead]! - 0.5 * uncertain);
    },
  };
}

/** x′ = φ x + √(1 − φ²) σ z: deviation σ at every session. */
function autoregress(z: Float64Array): Float64Array {
  const { demand: deviation, persistence } = PRICING;
  const fresh = deviation * Math.sqrt(1 - persistence * persistence);
  const out = new Float64Array(z.length);
  for (let t = 0; t < z.length; t++) out[t] = persistence * (t ? out[t - 1]! : 0) + fresh * z[t]!;
  return out;
}

function powers(base: number, n: number): Float64Array {
  const out = new Float64Array(n + 1).fill(1);
  for (let h = 1; h <= n; h++) out[h] = out[h - 1]! * base;
  return out;
}

/** Variance of log VIX over h sessions. */
function concavity(n: number): Float64Array {
  const { deviation, reversion } = PRICING;
  const kept = (1 - reversion) * (1 - reversion);
  const out = new Float64Array(n + 1);
  for (let h = 1; h <= n; h++) out[h] = deviation * deviation + kept * out[h - 1]!;
  return out;
}
