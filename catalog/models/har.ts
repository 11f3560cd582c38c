import { VolterraError } from "#core";
import { type Core, type Samples, defineModel, readState, writeState } from "#learn";
import { leastSquares } from "#num";
import { z } from "zod";

/** Windows of the daily, weekly and monthly mean, in sessions. */
const SPANS = [1, 5, 22];

const STATE = z.object({ weights: z.array(z.number()) });

/** 1 and the means of the last 1, 5 and 22 values of each row, `[n][4]`. */
function design(rows: Samples): Float64Array {
  const out = new Float64Array(rows.times.length * (SPANS.length + 1));
  for (let row = 0; row < rows.times.length; row++) {
    const values = rows.features.subarray(row * rows.steps, (row + 1) * rows.steps);
    const at = row * (SPANS.length + 1);
    out[at] = 1;
    SPANS.forEach((span, i) => {
      out[at + 1 + i] = values.subarray(-span).reduce((sum, value) => sum + value, 0) / span;
    });
  }
  return out;
}

function core(weights: readonly number[]): Core {
  return {
    predict(rows) {
      const x = design(rows);
      return rows.target.map((_, row) =>
        weights.reduce((sum, weight, j) => sum + weight * x[row * weights.length + j]!, 0),
      );
    },
    state: () => writeState({ weights }),
    training: { weights },
  };
}

/**
 * Heterogeneous autoregression: least squares of the target on the means of the last 1, 5 and 22 values of the one
 * feature, a realised measure (Corsi, Journal of Financial Econometrics 7 (2009), 174–196). Reads sequences of at
 * least 22 days.
 */
export default defineModel({
  name: "har",
  describe: "regression on the daily, weekly and monthly mean of a realised measure",
  tasks: ["number"],
  input: "sequence",
  params: z.strictObject({}),
  minimumRows: () => 30,
  train(rows) {
    if (rows.names.length !== 1 || rows.steps < SPANS.at(-1)!) {
      throw new VolterraError(
        "SPEC",
        `model "har" reads one feature over 22 days or more, not ${rows.names.length} over ${rows.steps}`,
        "Give the realised measure alone and set `steps: 22`.",
      );
    }
    const columns = SPANS.length + 1;
    // A row of weight w counts like w rows: both sides times its root.
    const root = rows.target.map((_, row) => Math.sqrt(rows.weights?.[row] ?? 1));
    const x = design(rows).map((value, at) => value * root[Math.floor(at / columns)]!);
    const y = rows.target.map((value, row) => value * root[row]!);
    return core(Array.from(leastSquares(x, y, columns).coefficients));
  },
  restore: (state) => core(readState(state, STATE).weights),
});
