import { average, defineObjective } from "#hedge";

export default defineObjective({
  name: "erm-reg",
  describe: "ERM, strongly regularised: decay 1e-3, dropout 0.3, paths shrunk 5 % to their mean",
  training: { decay: 1e-3, dropout: 0.3, meanShare: 0.05 },
  start: () => (measured) => ({ ...average(measured.risks), penalty: 0 }),
});
