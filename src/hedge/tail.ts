import { VolterraError } from "#core";

/** Tail of the risk that is reported: the worst twentieth. */
export const TAIL = 0.05;
/** Fewest episodes in a tail that a mean of it means anything with. */
const FEWEST = 10;

/** Mean loss of the worst ⌊share · n⌋ paths, positive for losses. */
export function tailLoss(pnl: Float64Array, share = TAIL): number {
  const sorted = pnl.toSorted();
  const worst = Math.max(1, Math.floor(share * pnl.length));
  let sum = 0;
  for (let i = 0; i < worst; i++) sum += sorted[i]!;
  return -sum / worst;
}

/** Throws `VolterraError("SPEC")` where `paths` episodes leave too few in the tail. */
export function checkTail(what: string, paths: number): void {
  if (TAIL * paths >= FEWEST) return;
  throw new VolterraError(
    "SPEC",
    `${what}: ${paths} episodes leave ${Math.floor(TAIL * paths)} in a tail of ${100 * TAIL} %`,
    `Ask for at least ${Math.ceil(FEWEST / TAIL)}.`,
  );
}
