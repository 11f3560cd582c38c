import { average, defineObjective, penalise } from "#hedge";

/** D. Krueger et al., ICML 2021: the variance of the environments' risks is the penalty. */
export default defineObjective({
  name: "v-rex",
  describe: "Mean risk plus λ times the variance of the environments' risks",
  penalised: true,
  start: () => (measured) => {
    const { risks } = measured;
    const n = risks.length;
    const { loss: mean } = average(risks);
    const risk = risks.map((r) => (2 * (r - mean)) / n);
    const penalty = risks.reduce((sum, r) => sum + (r - mean) ** 2, 0) / n;
    return penalise(measured, penalty, { risk });
  },
});
