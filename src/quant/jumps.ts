import { VolterraError } from "#core";
import { exp } from "#num";
import { toNormals } from "./draws.ts";
import type { Tile } from "./process.ts";

/**
 * Lognormal jumps at Poisson times (R. Merton, Journal of Financial Economics 3 (1976), 125–144): `intensity` jumps
 * a year, each multiplying the price by e^Y, Y normal with mean `jumpMean` and deviation `jumpDeviation`.
 */
export interface JumpDynamics {
  readonly intensity: number;
  readonly jumpMean: number;
  readonly jumpDeviation: number;
}

/** Expected growth a year from jumps, intensity·(E[e^Y] − 1): subtracted from the drift so that jumps add none. */
export function jumpCompensator({ intensity, jumpMean, jumpDeviation }: JumpDynamics): number {
  return intensity * (exp(jumpMean + 0.5 * jumpDeviation * jumpDeviation) - 1);
}

/** Most jumps expected in one step: beyond, the inversion of the Poisson distribution would underflow. */
const MOST_JUMPS = 100;

/**
 * Multiplies the prices of a tile by the jumps of a step; exact in distribution at any step. Throws `VolterraError`
 * ("SPEC") where more than a hundred jumps are expected in one step.
 */
export function jumpStep(jumps: JumpDynamics, dt: number): (tile: Tile, step: number) => void {
  const { intensity, jumpMean, jumpDeviation } = jumps;
  const expected = intensity * dt;
  if (expected > MOST_JUMPS) {
    throw new VolterraError(
      "SPEC",
      `${intensity} jumps a year are ${expected} in one step of ${dt} years`,
      `Take at most ${MOST_JUMPS} a step; frequent small jumps are a diffusion.`,
    );
  }
  const none = exp(-expected);
  return ({ spot, draws }, step) => {
    const [arrivals, sizes] = draws.uniforms(step, 1);
    toNormals(sizes);
    for (let i = 0; i < spot.length; i++) {
      const u = arrivals[i]!;
      if (u < none) continue;
      let probability = none;
      let cumulative = none;
      let count = 0;
      while (u >= cumulative && probability > 0) {
        count++;
        probability *= expected / count;
        cumulative += probability;
      }
      spot[i]! *= exp(count * jumpMean + Math.sqrt(count) * jumpDeviation * sizes[i]!);
    }
  };
}
