import { z } from "zod";
import type { Core } from "./model.ts";
import { readState, writeState } from "./state.ts";

const STATE = z.object({ shares: z.array(z.number()) });

/** The same probabilities for every row. */
export function constantShares(shares: readonly number[]): Core {
  return {
    predict: (rows) =>
      new Float64Array(rows.times.length * shares.length).map(
        (_, at) => shares[at % shares.length]!,
      ),
    state: () => writeState({ shares }),
    training: { shares },
  };
}

/** Constant probabilities read back. */
export function restoreShares(state: Uint8Array): Core {
  return constantShares(readState(state, STATE).shares);
}
