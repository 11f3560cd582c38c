import { grow, toNormals } from "./draws.ts";
import type { Tile } from "./process.ts";

/** The step of dS = drift·S·dt + vol·S·dW, exact at any length. */
export function diffusionStep(
  drift: number,
  vol: number,
  dt: number,
): (tile: Tile, step: number) => void {
  const mean = (drift - 0.5 * vol * vol) * dt;
  const deviation = vol * Math.sqrt(dt);
  return ({ spot, logReturn, draws }, step) => {
    const normal = toNormals(draws.uniforms(step, 0)[0]);
    for (let i = 0; i < spot.length; i++) logReturn[i] = mean + deviation * normal[i]!;
    grow(spot, logReturn);
  };
}
