import { Command } from "commander";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type ProbeAnswers, probeOptions } from "../../src/cli/probe-option.ts";

/** What a command with the options answers. */
function ask(...given: string[]): ProbeAnswers {
  const command = new Command();
  for (const option of probeOptions()) command.addOption(option);
  return command.parse(given, { from: "user" }).opts<ProbeAnswers>();
}

afterEach(() => vi.unstubAllEnvs());

describe("the probes of a hedging study", () => {
  it.each([
    ["HEDGE_DEBUG_PROBE", "hedgeProbe"],
    ["HIRM_DEBUG_PROBE", "hirmProbe"],
  ] as const)("%s is off for nothing, 0 and false, else on", (variable, answer) => {
    for (const off of ["", "0", "false", "FALSE"]) {
      vi.stubEnv(variable, off);
      expect(ask()[answer]).toBe(false);
    }
    vi.stubEnv(variable, "1");
    expect(ask()[answer]).toBe(true);
  });

  it("are off unless asked for", () => {
    for (const name of ["HEDGE_DEBUG_PROBE", "HIRM_DEBUG_PROBE"]) vi.stubEnv(name, undefined);
    expect(ask()).toEqual({});
    expect(ask("--probe")).toEqual({ probe: true });
  });
});
