/**
 * European options in the generalised Black-Scholes-Merton model, with the field's order of arguments
 * `(spot, strike, tau, vol, rate, carry)`: spot and strike in one currency, tau in years, vol, rate and carry as
 * annual decimals. `carry` is the cost of carry b: rate − dividend yield for a stock or an index (so `rate`, the
 * default, without dividends), 0 for a futures price, rate − foreign rate for a currency.
 *
 * Source: E. G. Haug, The Complete Guide to Option Pricing Formulas, 2nd ed. (2007), chapters 1 and 2.
 */
import { exp } from "#num";
import { cumulative, density } from "./mills.ts";
import { logMoneyness, normalisedBlack } from "./normalised-black.ts";

export type Right = "call" | "put";

/** A price and its derivatives; times in years, volatility and rates in decimals (nothing per day or per point). */
export interface Greeks {
  readonly price: number;
  /** ∂V/∂spot. */
  readonly delta: number;
  /** ∂²V/∂spot². */
  readonly gamma: number;
  /** ∂V/∂vol. */
  readonly vega: number;
  /** −∂V/∂tau: the change a year as time passes. */
  readonly theta: number;
  /** ∂V/∂rate with the dividend yield, rate − carry, held. */
  readonly rho: number;
  /** ∂V/∂carry with the rate held. */
  readonly carryRho: number;
  /** ∂²V/∂spot∂vol. */
  readonly vanna: number;
  /** ∂²V/∂vol². */
  readonly volga: number;
  /** −∂²V/∂spot∂tau: the change of delta a year as time passes. */
  readonly charm: number;
  /** ∂³V/∂spot³. */
  readonly speed: number;
  /** ∂³V/∂spot²∂vol. */
  readonly zomma: number;
  /** ∂V/∂strike. */
  readonly dualDelta: number;
  /** ∂²V/∂strike²: the discounted risk-neutral density at the strike. */
  readonly dualGamma: number;
}

/** Throws `RangeError` for a negative spot, strike, tau or vol; NaN passes, as missing. */
export function checkOption(spot: number, strike: number, tau: number, vol: number): void {
  if (spot < 0 || strike < 0 || tau < 0 || vol < 0) {
    throw new RangeError(
      `spot, strike, tau and vol are not negative: ${spot}, ${strike}, ${tau}, ${vol}`,
    );
  }
}

/**
 * Undiscounted value of an option on a forward with total volatility s = vol·√tau: the part in the money plus the
 * out-of-the-money option, so that parity is exact and the wings keep their relative accuracy.
 */
export function undiscountedBlack(
  right: Right,
  forward: number,
  strike: number,
  s: number,
): number {
  const intrinsic = right === "call" ? forward - strike : strike - forward;
  const inside = intrinsic > 0 ? intrinsic : 0;
  if (forward === 0 || strike === 0) return inside;
  const x = -Math.abs(logMoneyness(forward, strike));
  return inside + Math.sqrt(forward) * Math.sqrt(strike) * normalisedBlack(x, s);
}

/**
 * Price of a European option, in the currency of spot:
 * e^(−rate·tau)·[F·Φ(d₁) − K·Φ(d₂)] for a call, F = spot·e^(carry·tau), d₁,₂ = ln(F/K)/s ± s/2, s = vol·√tau.
 * At tau = 0 or vol = 0 it is the discounted intrinsic value of the forward.
 * Throws `RangeError` for a negative spot, strike, tau or vol; NaN gives NaN.
 */
export function blackScholesPrice(
  right: Right,
  spot: number,
  strike: number,
  tau: number,
  vol: number,
  rate: number,
  carry: number = rate,
): number {
  checkOption(spot, strike, tau, vol);
  const forward = spot * exp(carry * tau);
  return exp(-rate * tau) * undiscountedBlack(right, forward, strike, vol * Math.sqrt(tau));
}

/**
 * Price and Greeks of a European option (`Greeks` has the definitions). At tau = 0 or vol = 0 they are the limits:
 * delta is a step (one half at the forward), gamma and its kin are 0 away from the forward and infinite at it.
 * Throws `RangeError` for a negative spot, strike, tau or vol; NaN gives NaN.
 */
export function blackScholesGreeks(
  right: Right,
  spot: number,
  strike: number,
  tau: number,
  vol: number,
  rate: number,
  carry: number = rate,
): Greeks {
  checkOption(spot, strike, tau, vol);
  const root = Math.sqrt(tau);
  const s = vol * root;
  const forward = spot * exp(carry * tau);
  const discount = exp(-rate * tau);
  const sign = right === "call" ? 1 : -1;
  const price = discount * undiscountedBlack(right, forward, strike, s);

  const x = forward === strike ? 0 : logMoneyness(forward, strike);
  const h = x === 0 ? 0 : x / s;
  const d1 = h + 0.5 * s;
  const d2 = h - 0.5 * s;
  const inside1 = sign * cumulative(sign * d1);
  const inside2 = sign * cumulative(sign * d2);
  const bell = density(d1);
  /** A factor of the bell curve: 0 where the bell has vanished, though the other factor be infinite. */
  const belled = (factor: number) => (bell === 0 ? 0 : bell * factor);

  /** ∂forward/∂spot, discounted. */
  const growth = discount * exp(carry * tau);
  const delta = growth * inside1;
  const gamma = belled(growth / (spot * s));
  const vega = belled(growth * spot * root);
  const dualDelta = -discount * inside2;
  const carryRho = tau * spot * delta;
  const decay = belled((growth * spot * vol) / (2 * root));
  return {
    price,
    delta,
    gamma,
    vega,
    theta: -decay - carry * spot * delta + rate * price,
    rho: tau * strike * discount * inside2,
    carryRho,
    vanna: belled((-growth * d2) / vol),
    volga: belled((growth * spot * root * d1 * d2) / vol),
    charm: (rate - carry) * delta - belled(growth * (carry / s - d2 / (2 * tau))),
    speed: belled((-growth / (spot * spot * s)) * (d1 / s + 1)),
    zomma: belled((growth / (spot * s)) * ((d1 * d2 - 1) / vol)),
    dualDelta,
    dualGamma: belled((growth * spot) / (strike * strike * s)),
  };
}
