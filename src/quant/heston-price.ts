import { exp } from "#num";
import { type Right, blackScholesPrice, checkOption } from "./black-scholes.ts";
import { type JumpDynamics, jumpCompensator } from "./jumps.ts";
import { integrate } from "./quadrature.ts";

/** Heston's variance under the pricing measure, with Merton's jumps where given (Bates). */
export interface HestonModel {
  readonly kappa: number;
  readonly theta: number;
  readonly xi: number;
  readonly rho: number;
  readonly v0: number;
  readonly jumps?: JumpDynamics;
}

/** A complex number; immutable. */
interface Complex {
  readonly re: number;
  readonly im: number;
}

const add = (a: Complex, b: Complex): Complex => ({ re: a.re + b.re, im: a.im + b.im });
const subtract = (a: Complex, b: Complex): Complex => ({ re: a.re - b.re, im: a.im - b.im });
const scale = (a: Complex, k: number): Complex => ({ re: a.re * k, im: a.im * k });
const multiply = (a: Complex, b: Complex): Complex => ({
  re: a.re * b.re - a.im * b.im,
  im: a.re * b.im + a.im * b.re,
});
const divide = (a: Complex, b: Complex): Complex => {
  const square = b.re * b.re + b.im * b.im;
  return scale(multiply(a, { re: b.re, im: -b.im }), 1 / square);
};
const exponential = (a: Complex): Complex => {
  const size = exp(a.re);
  return { re: size * Math.cos(a.im), im: size * Math.sin(a.im) };
};
const logarithm = (a: Complex): Complex => ({
  re: Math.log(Math.hypot(a.re, a.im)),
  im: Math.atan2(a.im, a.re),
});
/** The root with non-negative real part. */
const squareRoot = (a: Complex): Complex => {
  const size = Math.hypot(a.re, a.im);
  const re = Math.sqrt(0.5 * (size + Math.abs(a.re)));
  if (re === 0) return { re: 0, im: 0 };
  const im = Math.abs(a.im) / (2 * re);
  const flip = a.im < 0 ? -1 : 1;
  return a.re >= 0 ? { re, im: flip * im } : { re: im, im: flip * re };
};

const ONE: Complex = { re: 1, im: 0 };

/**
 * ln E[exp(i·u·ln(S_tau/F))] at complex u, in the form whose logarithm stays on its main branch ("the little Heston
 * trap": H. Albrecher, P. Mayer, W. Schoutens, J. Tistaert, Wilmott (January 2007), 83–92; J. Gatheral, The
 * Volatility Surface (2006), chapter 2).
 */
function logCharacteristic(u: Complex, tau: number, model: HestonModel): Complex {
  const { kappa, theta, xi, rho, v0, jumps } = model;
  const iu: Complex = { re: -u.im, im: u.re };
  // iu + u², the weight of half the variance.
  const weight = add(iu, multiply(u, u));
  let exponent: Complex;
  if (xi > 0) {
    const beta = subtract({ re: kappa, im: 0 }, scale(iu, rho * xi));
    const d = squareRoot(add(multiply(beta, beta), scale(weight, xi * xi)));
    const minus = subtract(beta, d);
    const g = divide(minus, add(beta, d));
    const decay = exponential(scale(d, -tau));
    const below = subtract(ONE, multiply(g, decay));
    const slope = scale(divide(multiply(minus, subtract(ONE, decay)), below), v0 / (xi * xi));
    const ratio = logarithm(divide(below, subtract(ONE, g)));
    const level = subtract(scale(minus, tau), scale(ratio, 2));
    exponent = add(slope, scale(level, (kappa * theta) / (xi * xi)));
  } else {
    exponent = scale(weight, -0.5 * expectedVariance(tau, model));
  }
  if (!jumps) return exponent;
  const { intensity, jumpMean, jumpDeviation } = jumps;
  const size = exponential(
    add(scale(iu, jumpMean), scale(multiply(u, u), -0.5 * jumpDeviation * jumpDeviation)),
  );
  const jumped = scale(subtract(size, ONE), intensity * tau);
  return add(exponent, subtract(jumped, scale(iu, jumpCompensator(jumps) * tau)));
}

/** E[∫₀^tau v dt] = theta·tau + (v0 − theta)·(1 − e^(−kappa·tau))/kappa. */
export function expectedVariance(
  tau: number,
  { kappa, theta, v0 }: Pick<HestonModel, "kappa" | "theta" | "v0">,
): number {
  if (kappa * tau < 1e-8) return v0 * tau;
  return theta * tau + ((v0 - theta) * -Math.expm1(-kappa * tau)) / kappa;
}

/**
 * Price of a European option in the Heston or Bates model, in the currency of spot, to about 1e-8 of spot:
 * the Black-Scholes price at the expected variance, plus Lewis's integral of the difference of the two
 * characteristic functions on the line u − i/2 (A. Lewis, Option Valuation under Stochastic Volatility (2000),
 * chapter 2; the control variate of L. Andersen & V. Piterbarg, Interest Rate Modeling (2010), §8.4).
 * Throws `RangeError` for parameters outside the model.
 */
export function hestonPrice(
  right: Right,
  spot: number,
  strike: number,
  tau: number,
  model: HestonModel,
  rate: number,
  carry: number = rate,
): number {
  const { kappa, theta, xi, rho, v0, jumps } = model;
  checkOption(spot, strike, tau, 0);
  if (!(kappa >= 0 && theta >= 0 && xi >= 0 && v0 >= 0 && Math.abs(rho) <= 1)) {
    throw new RangeError(`not a Heston model: ${JSON.stringify(model)}`);
  }
  const jumpVariance = jumps
    ? jumps.intensity * (jumps.jumpMean ** 2 + jumps.jumpDeviation ** 2)
    : 0;
  const total = expectedVariance(tau, model) + jumpVariance * tau;
  const control = blackScholesPrice(
    right,
    spot,
    strike,
    tau,
    tau > 0 ? Math.sqrt(total / tau) : 0,
    rate,
    carry,
  );
  if (!(total > 0) || spot === 0 || strike === 0) return control;

  const forward = spot * exp(carry * tau);
  const k = Math.log(forward / strike);
  const integrand = (v: number) => {
    const value = logCharacteristic({ re: v, im: -0.5 }, tau, model);
    const gap =
      Math.exp(-0.5 * total * (v * v + 0.25)) * Math.cos(v * k) -
      Math.exp(value.re) * Math.cos(value.im + v * k);
    return gap / (v * v + 0.25);
  };
  // v = x/(1 − x)/s: the integrand varies on the scale of one over the total volatility s.
  const s = Math.sqrt(total);
  const mapped = (x: number) => integrand(x / (1 - x) / s) / ((1 - x) * (1 - x) * s);
  const integral = integrate(mapped, 0, 1, 1e-11);
  const factor = (exp(-rate * tau) * Math.sqrt(forward * strike)) / Math.PI;
  return control + factor * integral;
}
