import { describe, expect, it } from "vitest";
import { suggest, VolterraError } from "#core";

describe("an error of the user or the data", () => {
  it("carries exit code and status by its code", () => {
    const missing = new VolterraError("NOT_FOUND", "no study", "Did you mean vrp-erp?");
    expect([missing.exitCode, missing.status, missing.hint]).toEqual([
      1,
      404,
      "Did you mean vrp-erp?",
    ]);
    expect(new VolterraError("HALTED", "stopped").exitCode).toBe(2);
    expect(new VolterraError("INTERRUPTED", "stopped").exitCode).toBe(130);
  });

  it("keeps its cause", () => {
    const cause = new Error("disk");
    expect(new VolterraError("DISK", "cannot write", "", { cause }).cause).toBe(cause);
  });
});

describe("a suggestion", () => {
  const known = ["vix", "vvix", "vix3m", "spy", "vx_contracts"];
  it.each([
    ["vvixx", "vvix"],
    ["SPY", "spy"],
    ["yps", "spy"],
    ["vx_contract", "vx_contracts"],
    ["vx_cnotracts", "vx_contracts"],
  ])("for %s is %s", (name, expected) => {
    expect(suggest(name, known)).toBe(`Did you mean "${expected}"?`);
  });

  it("lists what there is where nothing is near", () => {
    expect(suggest("completely-else", known)).toBe("Known: vix, vvix, vix3m, spy, vx_contracts.");
    expect(suggest("x", [])).toBe("There are none yet.");
  });
});
