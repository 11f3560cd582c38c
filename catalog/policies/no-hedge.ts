import { definePolicy } from "#hedge";

export default definePolicy({
  name: "no-hedge",
  describe: "The option is sold and left alone",
  rule: ({ delta }) => ({ stock: new Float64Array(delta.length) }),
});
