import { log } from "#num";

/** SABR's parameters; `alpha` in units of forward^(1 − beta) a √year. */
export interface SabrModel {
  readonly alpha: number;
  readonly beta: number;
  readonly rho: number;
  readonly nu: number;
}

/**
 * Implied Black volatility of the SABR model, annualised decimal, correct to first order in tau: P. Hagan,
 * D. Kumar, A. Lesniewski, D. Woodward, "Managing smile risk", Wilmott (September 2002), formula 2.17a. Poor for
 * long maturities and very low strikes. Throws `RangeError` for parameters outside the model.
 */
export function sabrVolatility(
  forward: number,
  strike: number,
  tau: number,
  model: SabrModel,
): number {
  const { alpha, beta, rho, nu } = model;
  if (!(forward > 0 && strike > 0 && tau >= 0 && alpha > 0 && nu >= 0 && Math.abs(rho) < 1)) {
    throw new RangeError(
      `not an option or a SABR model: ${forward}, ${strike}, ${tau}, ${JSON.stringify(model)}`,
    );
  }
  const x = log(forward / strike);
  const power = (forward * strike) ** (0.5 * (1 - beta));
  const b = (1 - beta) * (1 - beta);
  const level = alpha / (power * (1 + (b * x * x) / 24 + (b * b * x ** 4) / 1920));
  const drift =
    (b * alpha * alpha) / (24 * power * power) +
    (rho * beta * nu * alpha) / (4 * power) +
    ((2 - 3 * rho * rho) * nu * nu) / 24;
  return level * skew((nu / alpha) * power * x, rho) * (1 + drift * tau);
}

/** z/χ(z), χ(z) = ln((√(1 − 2ρz + z²) + z − ρ)/(1 − ρ)); its series near zero. */
function skew(z: number, rho: number): number {
  if (!(Math.abs(z) > 1e-5)) return 1 - 0.5 * rho * z;
  return z / log((Math.sqrt(1 - 2 * rho * z + z * z) + z - rho) / (1 - rho));
}
