import { defineObjective, penalise, twoBatchPenalty } from "#hedge";

/** IRMv1 on a second head that predicts value at risk and tail mean of the remaining loss: the policy's is free. */
export default defineObjective({
  name: "head-irm",
  describe:
    "Mean risk, and a risk head whose score is stationary under rescaling in every environment",
  probe: "risk-head",
  penalised: true,
  start: () => (measured) => {
    const { penalty, slope } = twoBatchPenalty(measured.slopes);
    return penalise(measured, penalty, { slope });
  },
});
