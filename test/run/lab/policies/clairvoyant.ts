import { definePolicy } from "#hedge";

/** A planted leak: the whole share where the next session's price is higher, none where it is lower. */
export default definePolicy({
  name: "clairvoyant",
  describe: "for tests: it knows the next return",
  rule: ({ spot, delta, paths }) => ({
    stock: delta.map((_, k) => (spot[k + paths]! > spot[k]! ? 1 : 0)),
  }),
});
