import { exp } from "#num";
import { type Right, blackScholesPrice } from "./black-scholes.ts";
import { type JumpDynamics, jumpCompensator } from "./jumps.ts";

/** Geometric Brownian motion with lognormal jumps, under the pricing measure. */
export interface MertonModel extends JumpDynamics {
  readonly vol: number;
}

/**
 * Price of a European option in Merton's jump-diffusion model: Black-Scholes prices averaged over the number of
 * jumps (R. Merton, Journal of Financial Economics 3 (1976), 125–144, formula 16). n jumps add n·jumpDeviation² to
 * the variance and n·(jumpMean + ½·jumpDeviation²) to the growth. The series ends where what is left of the
 * Poisson weights cannot change the sum.
 */
export function mertonPrice(
  right: Right,
  spot: number,
  strike: number,
  tau: number,
  model: MertonModel,
  rate: number,
  carry: number = rate,
): number {
  const { vol, intensity, jumpMean, jumpDeviation } = model;
  if (tau === 0) return blackScholesPrice(right, spot, strike, 0, vol, rate, carry);
  const expected = intensity * tau;
  const growth = jumpMean + 0.5 * jumpDeviation * jumpDeviation;
  const base = carry - jumpCompensator(model);
  let price = 0;
  let weight = exp(-expected);
  // Twelve deviations beyond the mean, and at least thirty terms for a small mean.
  const last = Math.ceil(expected + 12 * Math.sqrt(expected) + 30);
  for (let n = 0; n <= last; n++) {
    const deviation = Math.sqrt(vol * vol + (n * jumpDeviation * jumpDeviation) / tau);
    const drift = base + (n * growth) / tau;
    price += weight * blackScholesPrice(right, spot, strike, tau, deviation, rate, drift);
    weight *= expected / (n + 1);
  }
  return price;
}
