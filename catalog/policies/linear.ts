import { definePolicy } from "#hedge";

export default definePolicy({
  name: "linear",
  describe: "Delta plus a bounded linear function of the features and the position held, trained",
  network: { hidden: [], bound: 0.5 },
});
