import { defineObjective, penalise, twoBatchPenalty } from "#hedge";

/**
 * M. Arjovsky, L. Bottou, I. Gulrajani, D. Lopez-Paz, arXiv 1907.02893 (2019), equation IRMv1: the squared derivative of
 * each environment's risk by a scalar w = 1 on the learned residual, estimated without bias by two half-batches.
 */
export default defineObjective({
  name: "irm-v1",
  describe: "Mean risk plus λ times the squared derivative of each risk by a scale of the residual",
  probe: "residual",
  penalised: true,
  start: () => (measured) => {
    const { penalty, slope } = twoBatchPenalty(measured.slopes);
    return penalise(measured, penalty, { slope });
  },
});
