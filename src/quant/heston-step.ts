import { exp, log } from "#num";
import { grow, toNormals } from "./draws.ts";
import type { Tile } from "./process.ts";

/**
 * dS = drift·S·dt + √v·S·dW, dv = kappa·(theta − v)·dt + xi·√v·dB, dW·dB = rho·dt (S. Heston, Review of Financial
 * Studies 6 (1993), 327–343). Annual decimals; theta and v0 are variances.
 */
export interface HestonDynamics {
  readonly drift: number;
  readonly kappa: number;
  readonly theta: number;
  readonly xi: number;
  readonly rho: number;
}

export const HESTON_SCHEMES = ["full-truncation", "qe", "floored"] as const;

/** The step of a Heston tile; the variance is driven by the second draw, the independent part of the price by the first. */
export function hestonStep(
  dynamics: HestonDynamics,
  dt: number,
  scheme: string,
): (tile: Tile, step: number) => void {
  // Without noise of its own the variance follows its mean, where QE divides by xi.
  if (scheme === "qe" && dynamics.xi > 0) return quadraticExponential(dynamics, dt);
  return euler(dynamics, dt, scheme === "floored" ? 1e-8 : undefined);
}

/**
 * Euler in log price and variance. Full truncation: the variance may fall below zero and counts as zero (R. Lord,
 * R. Koekkoek, D. van Dijk, Quantitative Finance 10 (2010), 177–194). With a floor it is raised to it instead.
 */
function euler(
  { drift, kappa, theta, xi, rho }: HestonDynamics,
  dt: number,
  floor?: number,
): (tile: Tile, step: number) => void {
  const rest = Math.sqrt(1 - rho * rho);
  return ({ spot, variance, hidden, logReturn, draws }, step) => {
    const [own, shared] = draws.uniforms(step, 0);
    toNormals(own);
    toNormals(shared);
    for (let i = 0; i < spot.length; i++) {
      const v = variance[i]!;
      const noise = Math.sqrt(v * dt);
      const z = shared[i]!;
      logReturn[i] = (drift - 0.5 * v) * dt + noise * (rho * z + rest * own[i]!);
      const next = hidden[i]! + kappa * (theta - v) * dt + xi * noise * z;
      hidden[i] = floor === undefined ? next : Math.max(next, floor);
      variance[i] = Math.max(hidden[i]!, 0);
    }
    grow(spot, logReturn);
  };
}

/** Above this ratio of variance to squared mean the next variance is drawn with a mass at zero. */
const CRITICAL_RATIO = 1.5;

/**
 * Quadratic-exponential scheme with martingale correction and central weights: L. Andersen, "Simple and efficient
 * simulation of the Heston model", Journal of Computational Finance 11 (2008), 1–42, sections 3.2 and 4.3.
 */
function quadraticExponential(
  { drift, kappa, theta, xi, rho }: HestonDynamics,
  dt: number,
): (tile: Tile, step: number) => void {
  const decay = exp(-kappa * dt);
  const span = kappa > 0 ? (1 - decay) / kappa : dt;
  const fromVariance = xi * xi * decay * span;
  const fromMean = 0.5 * theta * xi * xi * kappa * span * span;
  const slope = rho / xi;
  const half = 0.5 * dt * (kappa * slope - 0.5);
  const k1 = half - slope;
  const k2 = half + slope;
  const k3 = 0.5 * dt * (1 - rho * rho);
  const a = k2 + 0.5 * k3;
  const plain = -slope * kappa * theta * dt;

  return ({ spot, variance, logReturn, draws }, step) => {
    const [own, shared] = draws.uniforms(step, 0);
    toNormals(own);
    // The log returns come where their normals were.
    logReturn.set(shared);
    toNormals(logReturn);
    for (let i = 0; i < spot.length; i++) {
      const v = variance[i]!;
      const mean = theta + (v - theta) * decay;
      const ratio = (v * fromVariance + fromMean) / (mean * mean);
      let next = 0;
      // ln E[exp(a·next)], which makes the discounted price a martingale; finite unless rho is large and positive.
      let growth = NaN;
      if (ratio <= CRITICAL_RATIO) {
        const twice = 2 / ratio;
        const b2 = twice - 1 + Math.sqrt(twice * (twice - 1));
        const scale = mean / (1 + b2);
        const root = Math.sqrt(b2) + logReturn[i]!;
        next = scale * root * root;
        const room = 1 - 2 * a * scale;
        if (room > 0) growth = (a * b2 * scale) / room - 0.5 * log(room);
      } else if (ratio > CRITICAL_RATIO) {
        const atZero = (ratio - 1) / (ratio + 1);
        const rate = (1 - atZero) / mean;
        const u = shared[i]!;
        next = u <= atZero ? 0 : log((1 - atZero) / (1 - u)) / rate;
        if (a < rate) growth = log(atZero + (rate * (1 - atZero)) / (rate - a));
      } else {
        // A variance of zero that stays there.
        growth = 0;
      }
      const k0 = growth === growth ? -growth - (k1 + 0.5 * k3) * v : plain;
      const noise = Math.sqrt(k3 * (v + next));
      logReturn[i] = drift * dt + k0 + k1 * v + k2 * next + noise * own[i]!;
      variance[i] = next;
    }
    grow(spot, logReturn);
  };
}

/** Says whether the variance reaches zero (W. Feller, Annals of Mathematics 54 (1951), 173–182). */
export function warnFeller({ kappa, theta, xi }: HestonDynamics): string[] {
  const pull = 2 * kappa * theta;
  if (pull >= xi * xi) return [];
  return [
    `2·kappa·theta = ${+pull.toPrecision(4)} is below xi² = ${+(xi * xi).toPrecision(4)}: the variance reaches zero (Feller)`,
  ];
}
