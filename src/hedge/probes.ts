import type { Key } from "#core";
import { mean, normals } from "#num";
import { type Episodes, optionAt } from "./episodes.ts";
import type { Scaling } from "./features.ts";

/** What a hedger is shown instead of the truth; P&L is reckoned on the truth. */
export const MASKS = ["realised", "volatility", "noise"] as const;
export type Mask = (typeof MASKS)[number];

/**
 * The same episodes as seen through a mask: `realised`, the trailing volatility at its training mean; `volatility`, also
 * delta, gamma and theta at the mean volatility of the start; `noise`, the trailing volatility as if its standardised
 * values were normal noise.
 */
export function maskEpisodes(episodes: Episodes, mask: Mask, scaling: Scaling, key: Key): Episodes {
  const at = scaling.features.indexOf("realised");
  if (at < 0) return episodes;
  const centre = scaling.mean[at]!;
  const { deviation } = scaling;
  const realised =
    mask === "noise"
      ? normals(key, episodes.realised.length).map((z) => centre + deviation[at]! * z)
      : new Float64Array(episodes.realised.length).fill(centre);
  if (mask !== "volatility") return { ...episodes, realised };
  const { paths: n, steps, spot, vol, tau, contract } = episodes;
  const fixed = new Float64Array(n).fill(mean(vol.subarray(0, n)));
  const [delta, gamma, theta] = [0, 1, 2].map(() => new Float64Array(steps * n));
  for (let t = 0; t < steps; t++) {
    const prices = spot.subarray(t * n, (t + 1) * n);
    const row = optionAt(prices, tau[t]!, fixed, contract);
    delta!.set(row.delta, t * n);
    gamma!.set(row.gamma, t * n);
    theta!.set(row.theta, t * n);
  }
  return { ...episodes, realised, delta: delta!, gamma: gamma!, theta: theta! };
}

/** Mean |change of the position| a deviation of each feature, from a tenth of a deviation up. */
export function sensitivities(
  hedge: (episodes: Episodes) => Float64Array,
  episodes: Episodes,
  scaling: Scaling,
): Record<string, number> {
  const plain = hedge(episodes);
  const out: Record<string, number> = {};
  scaling.features.forEach((name, f) => {
    const column = episodes[name as "delta"];
    const raw = rawStep(name, 0.1 * scaling.deviation[f]!);
    const moved = column.map((x, k) => x + raw(episodes, k));
    const seen = hedge({ ...episodes, base: episodes.base ?? episodes.delta, [name]: moved });
    let sum = 0;
    for (let k = 0; k < plain.length; k++) sum += Math.abs(seen[k]! - plain[k]!);
    out[name] = (10 * sum) / plain.length;
  });
  return out;
}

/** A step of a standardised feature in the unit of the episodes' column. */
function rawStep(name: string, step: number): (e: Episodes, k: number) => number {
  if (name === "gamma") return (e, k) => step / (0.01 * e.spot[k]!);
  if (name === "theta") return (e, k) => step * 252 * e.spot[k]!;
  return () => step;
}
