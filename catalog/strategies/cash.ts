import { defineStrategy, WAIT } from "#trade";

/** Nothing: what an account earns by the interest of its execution alone. */
export default defineStrategy({
  name: "cash",
  describe: "no position ever; the interest on cash",
  params: {},
  instruments: () => [],
  features: () => ({}),
  start: () => ({}),
  decide: () => WAIT,
});
