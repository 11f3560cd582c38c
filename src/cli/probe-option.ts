import { Option } from "commander";

/** `--probe`, and the variables of the environment that ask for the same; the second is the document's name. */
export function probeOptions(): Option[] {
  return [
    new Option(
      "--probe",
      "log the first steps of each environment (hedging); also HEDGE_DEBUG_PROBE=1",
    ),
    new Option("--hedge-probe <on>").env("HEDGE_DEBUG_PROBE").argParser(isOn).hideHelp(),
    new Option("--hirm-probe <on>").env("HIRM_DEBUG_PROBE").argParser(isOn).hideHelp(),
  ];
}

/** What `probeOptions` leave in the options of a command. */
export interface ProbeAnswers {
  readonly probe?: boolean;
  readonly hedgeProbe?: boolean;
  readonly hirmProbe?: boolean;
}

/** False for nothing, 0 and false. */
function isOn(text: string): boolean {
  return !["", "0", "false"].includes(text.trim().toLowerCase());
}
