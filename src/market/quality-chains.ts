import { columnsOf, faultyRows, type QualityRule } from "./quality-rule.ts";
import { daysOf, numbersOf } from "./table.ts";

/** Whether option quotes can be true. */
export const CHAIN_RULES: readonly QualityRule[] = [
  {
    code: "CHAIN_NEGATIVE_QUOTE",
    severity: "critical",
    describe: "a negative quote or a strike of zero or less",
    kinds: ["chain"],
    check: (inspection) => {
      const quotes = columnsOf(inspection, ["last", "bid", "ask"]);
      const strike = numbersOf(inspection.table, "strike");
      return faultyRows(inspection, "a negative quote or strike", (row) => {
        return strike[row]! <= 0 || quotes.some((cells) => cells[row]! < 0);
      });
    },
  },
  {
    code: "CHAIN_EXPIRED",
    severity: "critical",
    describe: "a quote of an option after its expiration",
    kinds: ["chain"],
    check: (inspection) => {
      const expiration = daysOf(inspection.table, "expiration");
      return faultyRows(inspection, "quoted after expiration", (row) => {
        return expiration[row]! < inspection.days[row]!;
      });
    },
  },
  {
    code: "CHAIN_CROSSED",
    severity: "error",
    describe: "a bid above the ask",
    kinds: ["chain"],
    check: (inspection) => {
      const bid = numbersOf(inspection.table, "bid");
      const ask = numbersOf(inspection.table, "ask");
      return faultyRows(inspection, "a bid above the ask", (row) => {
        return bid[row]! >= 0 && ask[row]! >= 0 && bid[row]! > ask[row]!;
      });
    },
  },
];
