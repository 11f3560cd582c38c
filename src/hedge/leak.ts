import { type Key, VolterraError } from "#core";
import { normals } from "#num";
import type { Paths } from "#quant";
import type { Environment } from "./environment.ts";
import type { Contract } from "./contract.ts";
import { type Episodes, episodesOf } from "./episodes.ts";
import type { Hedger } from "./policy.ts";

/** A position that knew its future. */
export interface Leak {
  readonly session: number;
  readonly path: number;
  readonly before: number;
  readonly after: number;
}

export interface LeakRequest {
  readonly hedger: Hedger;
  readonly paths: Paths;
  readonly environment: Environment;
  readonly contract: Contract;
  readonly key: Key;
}

/**
 * Rewrites prices and variances after a session and asks again: positions up to and including that session may not
 * move. Tried at a third, two thirds and the last of the sessions. Returns the first that moved, or null.
 */
export function findLeak(request: LeakRequest): Leak | null {
  const { hedger, paths, environment, contract, key } = request;
  const plain = hedger.hedge(episodesOf(paths, environment, contract, key)).stock;
  const { steps } = contract;
  for (const cut of [Math.floor(steps / 3), Math.floor((2 * steps) / 3), steps - 1]) {
    const changed = hedger.hedge(rewritten(request, cut)).stock;
    for (let k = 0; k < (cut + 1) * paths.paths; k++) {
      if (Object.is(plain[k], changed[k])) continue;
      const session = Math.floor(k / paths.paths);
      return { session, path: k % paths.paths, before: plain[k]!, after: changed[k]! };
    }
  }
  return null;
}

/** Throws `VolterraError("LOOK_AHEAD")` for a hedger that knows its future. */
export function refuseLeak(name: string, request: LeakRequest): void {
  const leak = findLeak(request);
  if (!leak) return;
  throw new VolterraError(
    "LOOK_AHEAD",
    `${name}: the position of session ${leak.session} moved from ${leak.before} to ${leak.after} with later prices`,
    "A position may use what is known when it is taken.",
  );
}

/** Episodes whose prices and variances after session `cut` are others. */
function rewritten({ paths, environment, contract, key }: LeakRequest, cut: number): Episodes {
  const n = paths.paths;
  const spot = paths.spot.slice();
  const variance = paths.variance.slice();
  const shocks = normals(key.fold("leak", cut), spot.length);
  for (let k = (cut + 1) * n; k < spot.length; k++) {
    spot[k]! *= 1 + 0.1 * Math.max(-3, Math.min(3, shocks[k]!));
    variance[k]! *= 2;
  }
  return episodesOf({ ...paths, spot, variance }, environment, contract, key);
}
