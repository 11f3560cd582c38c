/**
 * European options on a futures price: F. Black, "The pricing of commodity contracts", Journal of Financial
 * Economics 3 (1976), 167–179. Arguments `(forward, strike, tau, vol, rate)`, tau in years, the others as annual
 * decimals; the futures price needs no carry.
 */
import { type Greeks, type Right, blackScholesGreeks, blackScholesPrice } from "./black-scholes.ts";

/**
 * Price in the units of the futures price: e^(−rate·tau)·[F·Φ(d₁) − K·Φ(d₂)] for a call.
 * Throws `RangeError` for a negative forward, strike, tau or vol; NaN gives NaN.
 */
export function black76Price(
  right: Right,
  forward: number,
  strike: number,
  tau: number,
  vol: number,
  rate: number,
): number {
  return blackScholesPrice(right, forward, strike, tau, vol, rate, 0);
}

/**
 * Price and Greeks with respect to the futures price. `rho` is −tau·price: the rate enters through discounting
 * alone. Throws and passes NaN like `black76Price`.
 */
export function black76Greeks(
  right: Right,
  forward: number,
  strike: number,
  tau: number,
  vol: number,
  rate: number,
): Greeks {
  const greeks = blackScholesGreeks(right, forward, strike, tau, vol, rate, 0);
  return { ...greeks, rho: -tau * greeks.price };
}
