import { VolterraError, contentHash, suggest } from "#core";
import { SIMULATED_SERIES, type Table, defineSource, simulateMarket } from "#market";

/** The market drawn last: a fetch asks for its series one by one. */
let drawn:
  | { readonly options: string; readonly tables: Readonly<Record<string, Table>> }
  | undefined;

export default defineSource({
  name: "simulated",
  describe: "A made-up market: options seed, from, to (1, 2004-01-02, 2024-12-31)",
  options: ["seed", "from", "to"],
  simulated: true,

  list: () => Promise.resolve(SIMULATED_SERIES),

  async deliver(series, { options: { seed, from, to } }) {
    if (!SIMULATED_SERIES.includes(series)) {
      throw new VolterraError(
        "NOT_FOUND",
        `simulated has no series "${series}"`,
        suggest(series, SIMULATED_SERIES),
      );
    }
    if (seed !== undefined && !/^\d{1,15}$/.test(seed)) {
      throw new VolterraError("USAGE", `simulated: seed is a whole number, not "${seed}"`);
    }
    const options = {
      ...(seed ? { seed: +seed } : {}),
      ...(from ? { from } : {}),
      ...(to ? { to } : {}),
    };
    const name = contentHash(options);
    if (drawn?.options !== name) drawn = { options: name, tables: simulateMarket(options) };
    return drawn.tables[series]!;
  },
});
