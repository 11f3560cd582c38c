import type { Key } from "#core";
import { normals } from "#num";

/** Standard normal shocks, one a session, whose correlation with the common ones is `share`. */
export function shareShocks(source: Key, common: Float64Array, share: number): Float64Array {
  const own = Math.sqrt(1 - share * share);
  return normals(source, common.length).map((z, t) => share * common[t]! + own * z);
}
