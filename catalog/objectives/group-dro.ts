import { defineObjective } from "#hedge";
import { exp } from "#num";

/** Step of the weights on the worst environments. */
const STEP = 0.01;

/** S. Sagawa, P. W. Koh, T. Hashimoto, P. Liang, ICLR 2020: weights grow exponentially with the risk they see. */
export default defineObjective({
  name: "group-dro",
  describe: "The risk of the worst environments, by weights that follow them",
  start: () => {
    let weights: Float64Array | undefined;
    return ({ risks }) => {
      const before = weights ?? new Float64Array(risks.length).fill(1 / risks.length);
      const grown = before.map((w, e) => Math.max(1e-6, w * exp(STEP * risks[e]!)));
      const total = grown.reduce((a, b) => a + b, 0);
      const risk = grown.map((w) => w / total);
      weights = risk;
      return { loss: risk.reduce((sum, w, e) => sum + w * risks[e]!, 0), penalty: 0, risk };
    };
  },
});
