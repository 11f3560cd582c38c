import { average, defineObjective } from "#hedge";

export default defineObjective({
  name: "erm",
  describe: "The mean of the environments' risks: deep hedging as it is",
  start: () => (measured) => ({ ...average(measured.risks), penalty: 0 }),
});
