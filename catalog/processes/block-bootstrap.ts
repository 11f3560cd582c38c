import { VolterraError } from "#core";
import { type History, defineProcess } from "#quant";
import { z } from "zod";

/**
 * Stationary bootstrap of a real series: blocks of consecutive periods, geometric lengths of mean `block`, wrapped
 * at the end (D. Politis, J. Romano, Journal of the American Statistical Association 89 (1994), 1303–1313).
 * Returns and variances of a period stay together; a path starts after a period drawn uniformly, at its variance.
 */
export default defineProcess({
  name: "block-bootstrap",
  describe: "Returns of a real series, with its variance, drawn in blocks of random length",
  params: z.strictObject({
    /** Mean length of a block, in steps. */
    block: z.number().min(1).default(20),
  }),
  schemes: ["stationary"],
  start: ({ params, history }) => {
    const { returns, variance: known } = checkHistory(history);
    const n = returns.length;
    const restart = 1 / params.block;
    return {
      begin({ variance, hidden, draws }) {
        const [place] = draws.uniforms(0, 1);
        for (let i = 0; i < hidden.length; i++) {
          hidden[i] = Math.floor(place[i]! * n);
          variance[i] = known ? known[hidden[i]!]! : NaN;
        }
      },
      advance({ spot, variance, hidden, draws }, step) {
        const [choice, place] = draws.uniforms(step, 0);
        for (let i = 0; i < spot.length; i++) {
          const afresh = choice[i]! < restart;
          const period = afresh ? Math.floor(place[i]! * n) : (hidden[i]! + 1) % n;
          spot[i]! *= 1 + returns[period]!;
          variance[i] = known ? known[period]! : NaN;
          hidden[i] = period;
        }
      },
    };
  },
});

/** A history that can be drawn from. Throws `VolterraError` naming the first bad row. */
function checkHistory(history: History | undefined): History {
  if (!history || history.returns.length < 2) {
    throw new VolterraError(
      "SPEC",
      `process "block-bootstrap" has ${history?.returns.length ?? 0} returns to draw from`,
      "Give the `history` of a real series, at least two returns.",
    );
  }
  const { returns, variance } = history;
  const badReturn = returns.findIndex((r) => !(r > -1 && r < Infinity));
  if (badReturn >= 0) {
    throw new VolterraError("DATA", `return ${badReturn} of the history is ${returns[badReturn]}`);
  }
  if (!variance) return history;
  if (variance.length !== returns.length) {
    throw new RangeError(`${variance.length} variances beside ${returns.length} returns`);
  }
  const badVariance = variance.findIndex((v) => !(v >= 0 && v < Infinity));
  if (badVariance >= 0) {
    throw new VolterraError(
      "DATA",
      `variance ${badVariance} of the history is ${variance[badVariance]}`,
    );
  }
  return history;
}
