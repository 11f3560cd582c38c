import { exp } from "#num";
import { type Right, checkOption } from "./black-scholes.ts";
import { cumulative, density } from "./mills.ts";
import { logMoneyness } from "./normalised-black.ts";

/** Prices and first Greeks of a row of options, defined as in `Greeks`. */
export interface OptionRow {
  readonly price: Float64Array;
  readonly delta: Float64Array;
  readonly gamma: Float64Array;
  readonly vega: Float64Array;
  readonly theta: Float64Array;
}

/**
 * One option seen from a row of simulated paths, each with its own spot and volatility: `blackScholesGreeks` for
 * many at once, with one logarithm and one exponential each. Far out-of-the-money prices are accurate to 1e-15 of
 * the forward rather than of themselves. Throws `RangeError` for negative inputs or rows of unequal length.
 */
export function blackScholesRow(
  right: Right,
  spot: Float64Array,
  strike: number,
  tau: number,
  vol: Float64Array,
  rate: number,
  carry: number = rate,
): OptionRow {
  const n = spot.length;
  if (vol.length !== n) throw new RangeError(`${vol.length} volatilities for ${n} spots`);
  const row = {
    price: new Float64Array(n),
    delta: new Float64Array(n),
    gamma: new Float64Array(n),
    vega: new Float64Array(n),
    theta: new Float64Array(n),
  };
  const sign = right === "call" ? 1 : -1;
  const root = Math.sqrt(tau);
  const bond = strike * exp(-rate * tau);
  const growth = exp((carry - rate) * tau);
  const toForward = exp(carry * tau);
  for (let i = 0; i < n; i++) {
    const s0 = spot[i]!;
    const sigma = vol[i]!;
    checkOption(s0, strike, tau, sigma);
    const s = sigma * root;
    const x = s0 * toForward === strike ? 0 : logMoneyness(s0 * toForward, strike);
    const h = x === 0 ? 0 : x / s;
    const d1 = h + 0.5 * s;
    const bell1 = density(d1);
    // The bell at d₂ = d₁ − s follows from the one at d₁: F·φ(d₁) = K·φ(d₂).
    const bell2 = bell1 === 0 ? 0 : (bell1 * s0 * toForward) / strike;
    const delta = sign * growth * cumulative(sign * d1, bell1);
    const price = s0 * delta - sign * bond * cumulative(sign * (h - 0.5 * s), bell2);
    row.price[i] = price < 0 ? 0 : price;
    row.delta[i] = delta;
    row.gamma[i] = bell1 === 0 ? 0 : (growth * bell1) / (s0 * s);
    row.vega[i] = growth * s0 * bell1 * root;
    const decay = bell1 === 0 ? 0 : (growth * s0 * bell1 * sigma) / (2 * root);
    row.theta[i] = -decay - carry * s0 * delta + rate * price;
  }
  return row;
}
